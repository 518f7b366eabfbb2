import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunningController } from '../../src/cli/controller/start-controller.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};
const TAKEN = { ...SPEC, role: { name: 'taken' } };

const EVENTS = { group: 'events.k8s.io', version: 'v1', plural: 'events', namespace: 'default' };

let world: EmbeddedWorld;
let controller: RunningController;
let passes = 0;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  controller = await world.startController();
});
afterEach(() => world.stop());

describe('an object that stands', () => {
  test('gets one event when it is made, and none from passes that find nothing to do', async () => {
    await world.apply('uploader', SPEC);
    await world.untilReady('uploader');
    for (let i = 0; i < 3; i += 1) await pass(SPEC);
    expect(await reasonsAtTheEnd()).toEqual(['Applied']);
  });

  test('gets one event for what was changed behind its back, in words that say what', async () => {
    await world.apply('uploader', SPEC);
    await world.untilReady('uploader');
    const RoleName = world.aws.snapshot().roles[0]?.name ?? '';
    const Statement = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    world.aws.actAsOther('PutRolePolicy', { RoleName, PolicyName: 'theirs', PolicyDocument });
    world.aws.actAsOther('TagRole', { RoleName, Tags: [{ Key: 'team', Value: 'red' }] });
    for (let i = 0; i < 2; i += 1) await pass(SPEC);
    expect(await eventsAtTheEnd()).toMatchObject([
      { reason: 'Applied' },
      { type: 'Warning', reason: 'PolicyRemoved', note: expect.stringContaining('deleting inline policy theirs') },
      {
        type: 'Warning',
        reason: 'DriftRepaired',
        note: 'set right what was changed in AWS: inline policy theirs was added; tag team was added',
      },
    ]);
  });
});

describe('a failure', () => {
  beforeEach(() => {
    const Statement = [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    world.aws.actAsOther('CreateRole', { RoleName: 'taken', AssumeRolePolicyDocument });
  });

  test('that repeats is told once', async () => {
    await world.apply('uploader', TAKEN);
    await world.untilReason('uploader', 'RoleNotOwned');
    for (let i = 0; i < 3; i += 1) await pass(TAKEN);
    const events = await eventsAtTheEnd();
    expect(events).toEqual([expect.objectContaining({ type: 'Warning', reason: 'RoleNotOwned' })]);
    expect(events[0]).not.toHaveProperty('series'); // an equal event would only be counted there
  });

  test('is not told again after a restart', async () => {
    await world.apply('uploader', TAKEN);
    await world.untilReason('uploader', 'RoleNotOwned');
    await controller.stop();
    controller = await world.startController();
    await pass(TAKEN);
    expect(await eventsAtTheEnd()).toEqual([expect.objectContaining({ reason: 'RoleNotOwned' })]);
  });

  test('is told again after an edit that did not help', async () => {
    await world.apply('uploader', TAKEN);
    await world.untilReason('uploader', 'RoleNotOwned');
    await world.apply('uploader', { ...TAKEN, role: { name: 'taken', description: 'mine' } });
    await world.until('uploader', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
    // Equal words within six minutes are one event with a count.
    expect(await eventsAtTheEnd()).toEqual([
      expect.objectContaining({ reason: 'RoleNotOwned', series: expect.objectContaining({ count: 2 }) }),
    ]);
  });

  test('is told once although its status could not be written at first', async () => {
    world.kube.failNext('update', 'appaccesses/status', 500, 2);
    await world.apply('uploader', TAKEN);
    await world.untilReason('uploader', 'RoleNotOwned');
    const events = await eventsAtTheEnd();
    expect(events).toEqual([expect.objectContaining({ reason: 'RoleNotOwned' })]);
    expect(events[0]).not.toHaveProperty('series');
  });

  test('that passes by itself is told once, and so is its end', async () => {
    world.aws.failNext('CreateRole', { kind: 'ServerError' }, 6); // two passes of three attempts
    await world.apply('uploader', SPEC);
    await world.untilReady('uploader');
    expect(await reasonsAtTheEnd()).toEqual(['AwsUnavailable', 'Applied', 'Succeeded']);
  });

  test('that is mended by an edit is told to be over', async () => {
    const wide = { ...SPEC, grants: [{ statement: { effect: 'Allow', actions: ['*'], resources: ['*'] } }] };
    await world.apply('uploader', wide);
    await world.untilReason('uploader', 'PolicyInvalid');
    await world.apply('uploader', SPEC);
    await world.untilReady('uploader');
    expect(await reasonsAtTheEnd()).toEqual(['PolicyInvalid', 'Applied', 'Succeeded']);
  });

  test('of many problems fits into an event, whole problems first and the others counted', async () => {
    const grant = { statement: { effect: 'Allow', actions: ['s3:GetObjekt'], resources: ['*'] } };
    await world.apply('uploader', { ...SPEC, grants: Array.from({ length: 50 }, () => grant) });
    const refused = await world.untilReason('uploader', 'PolicyInvalid');
    const [event] = await eventsAtTheEnd();
    expect(Buffer.byteLength(String(event?.note))).toBeLessThanOrEqual(1024);
    expect(event?.note).toMatch(/^spec\.grants\[0\]\.statement\.actions\[0\]: .*; spec\.grants\[1\].*; and \d+ more$/);
    const lines = refused.status?.conditions?.[0]?.message.split('\n') ?? [];
    expect(lines[1]).toMatch(/^spec\.grants\[1\]\.statement\.actions\[0\]: /);
    expect(lines.at(-1)).toBe(`and ${50 - (lines.length - 1)} more`);
  });
});

/** Asks for a pass over the object and waits for its end. */
async function pass(spec: object): Promise<void> {
  passes += 1;
  const asked = `pass ${passes}`;
  await world.apply('uploader', spec, { 'reconcile.fluxcd.io/requestedAt': asked });
  await world.until('uploader', ({ status }) => status?.lastHandledReconcileAt === asked);
}

interface WrittenEvent extends KubeObject {
  readonly reason?: string;
  readonly note?: string;
}

/** All events in the order in which they were last written, once the controller has stopped and writes no more. */
async function eventsAtTheEnd(): Promise<readonly WrittenEvent[]> {
  await controller.stop();
  const { items } = await world.client.list<WrittenEvent>(EVENTS, {}, new AbortController().signal);
  const versionOf = ({ metadata }: WrittenEvent) => Number(metadata.resourceVersion);
  return [...items].sort((a, b) => versionOf(a) - versionOf(b));
}

async function reasonsAtTheEnd() {
  return (await eventsAtTheEnd()).map(({ reason }) => reason);
}
