import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { actionsOf } from '../support/aws-actions.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
});
afterEach(() => world.stop());

describe('a new AppAccess', () => {
  test('has its role after two AWS calls and two Kubernetes writes', async () => {
    await world.startController();
    const before = writesOf(world);
    await world.apply('uploader', SPEC);
    const ready = await world.untilReady('uploader');
    expect(actionsOf(world.aws)).toEqual(['CreateRole', 'PutRolePolicy']);
    expect(writesOf(world) - before).toBe(3); // the user's own apply, the finalizer, the status
    const [role] = world.aws.snapshot().roles;
    expect(ready.status?.role).toMatchObject({ name: role?.name, arn: role?.arn, id: role?.id });
    expect(role?.path).toBe('/appaccess/demo/default/');
    expect(Object.keys(role?.inlinePolicies ?? {})).toEqual(['appaccess']);
  });

  test('is Ready although the answer to CreateRole was lost', async () => {
    await world.startController();
    world.aws.failNext('CreateRole', { kind: 'LostAnswer' });
    await world.apply('uploader', SPEC);
    await world.untilReady('uploader');
    expect(world.aws.snapshot().roles).toHaveLength(1);
  });

  test('is Ready although AWS throttles and fails meanwhile', async () => {
    await world.startController();
    world.aws.failNext('CreateRole', { kind: 'Throttling' });
    world.aws.failNext('PutRolePolicy', { kind: 'ServerError' });
    await world.apply('uploader', SPEC);
    await world.untilReady('uploader');
  });

  test('says which call AWS denied, and changes nothing', async () => {
    await world.startController();
    world.aws.failNext('CreateRole', { kind: 'AccessDenied' }, 10);
    await world.apply('uploader', SPEC);
    const refused = await world.untilReason('uploader', 'AccessDenied');
    expect(messageOf(refused)).toContain('iam:CreateRole');
    expect(world.aws.snapshot().roles).toEqual([]);
  });

  test('that compiles to what nobody gets is refused before the first AWS call', async () => {
    await world.startController();
    await world.apply('admin', {
      ...SPEC,
      grants: [{ statement: { effect: 'Allow', actions: ['iam:PassRole'], resources: ['*'] } }],
    });
    const refused = await world.untilReason('admin', 'PolicyInvalid');
    expect(messageOf(refused)).toContain('spec.grants[0].statement');
    expect(actionsOf(world.aws)).toEqual([]);
  });
});

describe('an AppAccess that stands', () => {
  beforeEach(async () => {
    await world.startController();
    await world.apply('uploader', SPEC);
    await world.untilReady('uploader');
    world.aws.resetCalls();
  });

  test('is looked at again without a write', async () => {
    const before = world.aws.snapshot();
    await world.apply('uploader', SPEC, { 'reconcile.fluxcd.io/requestedAt': 'now' });
    await world.until('uploader', ({ status }) => status?.lastHandledReconcileAt === 'now');
    expect(actionsOf(world.aws).filter((action) => !/^(Get|List|Describe)/.test(action))).toEqual([]);
    expect(world.aws.snapshot()).toEqual(before);
  });

  test('follows an edit with one write', async () => {
    await world.apply('uploader', {
      ...SPEC,
      grants: [{ s3: { bucket: 'invoices', prefix: 'other/', access: ['Write'] } }],
    });
    await world.until('uploader', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
    expect(writesAmong(actionsOf(world.aws))).toEqual(['PutRolePolicy']);
    expect(JSON.stringify(world.aws.snapshot().roles)).toContain('invoices/other/*');
  });

  test('is mended when somebody deletes its policy, and the repair is an event', async () => {
    const name = world.aws.snapshot().roles[0]?.name ?? '';
    world.aws.actAsOther('DeleteRolePolicy', { RoleName: name, PolicyName: 'appaccess' });
    await world.apply('uploader', SPEC, { 'reconcile.fluxcd.io/requestedAt': 'now' });
    await world.until('uploader', ({ status }) => status?.lastHandledReconcileAt === 'now');
    expect(Object.keys(world.aws.snapshot().roles[0]?.inlinePolicies ?? {})).toEqual(['appaccess']);
  });

  test('gets a new role when somebody deletes the old one', async () => {
    const before = world.aws.snapshot().roles[0];
    world.aws.actAsOther('DeleteRolePolicy', { RoleName: before?.name ?? '', PolicyName: 'appaccess' });
    world.aws.actAsOther('DeleteRole', { RoleName: before?.name ?? '' });
    await world.apply('uploader', SPEC, { 'reconcile.fluxcd.io/requestedAt': 'now' });
    const mended = await world.until('uploader', ({ status }) => status?.lastHandledReconcileAt === 'now');
    expect(mended.status?.role?.id).toBe(world.aws.snapshot().roles[0]?.id);
    expect(mended.status?.role?.id).not.toBe(before?.id);
  });

  test('gets a new role when somebody deletes the old one, and keeps it although the answer was lost', async () => {
    const before = world.aws.snapshot().roles[0];
    world.aws.actAsOther('DeleteRolePolicy', { RoleName: before?.name ?? '', PolicyName: 'appaccess' });
    world.aws.actAsOther('DeleteRole', { RoleName: before?.name ?? '' });
    world.aws.failNext('CreateRole', { kind: 'LostAnswer' });
    await world.passOver('uploader');
    const mended = await world.untilReady('uploader');
    expect(mended.status?.role?.id).toBe(world.aws.snapshot().roles[0]?.id);
    expect(mended.status?.role?.id).not.toBe(before?.id);
  });

  test('is not written to when somebody put another role in the place of ours', async () => {
    const before = world.aws.snapshot().roles[0];
    const RoleName = before?.name ?? '';
    world.aws.actAsOther('DeleteRolePolicy', { RoleName, PolicyName: 'appaccess' });
    world.aws.actAsOther('DeleteRole', { RoleName });
    world.aws.actAsOther('CreateRole', {
      RoleName,
      Path: before?.path ?? '',
      AssumeRolePolicyDocument: JSON.stringify(before?.trustPolicy),
      Tags: Object.entries(before?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    });
    const replaced = world.aws.snapshot();
    await world.apply('uploader', SPEC, { 'reconcile.fluxcd.io/requestedAt': 'now' });
    await world.untilReason('uploader', 'RoleReplaced');
    expect(world.aws.snapshot()).toEqual(replaced);
  });

  test('takes its role with it after three AWS calls', async () => {
    await world.remove('uploader');
    await world.untilGone('uploader');
    expect(actionsOf(world.aws)).toEqual(['GetRole', 'DeleteRolePolicy', 'DeleteRole']);
    expect(world.aws.snapshot().roles).toEqual([]);
  });

  test('takes foreign policies on its role with it', async () => {
    const RoleName = world.aws.snapshot().roles[0]?.name ?? '';
    world.aws.actAsOther('AttachRolePolicy', { RoleName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' });
    await world.remove('uploader');
    await world.untilGone('uploader');
    expect(world.aws.snapshot().roles).toEqual([]);
  });

  test('leaves its role when it says Retain, and the same AppAccess takes it back', async () => {
    await world.apply('uploader', { ...SPEC, deletionPolicy: 'Retain' });
    await world.until('uploader', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
    const id = world.aws.snapshot().roles[0]?.id;
    await world.remove('uploader');
    await world.untilGone('uploader');
    expect(world.aws.snapshot().roles[0]?.tags).toHaveProperty(['appaccess.dev/released']);
    await world.apply('uploader', SPEC);
    const back = await world.untilReady('uploader');
    expect(back.status?.role?.id).toBe(id);
    expect(world.aws.snapshot().roles[0]?.tags).not.toHaveProperty(['appaccess.dev/released']);
  });

  test('is left as it is while suspended', async () => {
    await world.apply('uploader', { ...SPEC, suspend: true });
    await world.untilReason('uploader', 'Suspended');
    expect(actionsOf(world.aws)).toEqual([]);
  });
});

describe('a role that is not ours', () => {
  test('is left as it is and named in the condition', async () => {
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
    world.aws.actAsOther('CreateRole', { RoleName: 'taken', AssumeRolePolicyDocument: trust });
    const before = world.aws.snapshot();
    await world.startController();
    await world.apply('uploader', { ...SPEC, role: { name: 'taken' } });
    const refused = await world.untilReason('uploader', 'RoleNotOwned');
    expect(messageOf(refused)).toContain('role/taken');
    expect(world.aws.snapshot()).toEqual(before);
    await world.remove('uploader');
    await world.untilGone('uploader');
    expect(world.aws.snapshot()).toEqual(before);
  });
});

describe('drift that is only to be reported', () => {
  test('stays, and the object says so and is stalled', async () => {
    await world.startController();
    await world.apply('uploader', { ...SPEC, drift: { mode: 'Report' } });
    await world.untilReady('uploader');
    const RoleName = world.aws.snapshot().roles[0]?.name ?? '';
    world.aws.actAsOther('DeleteRolePolicy', { RoleName, PolicyName: 'appaccess' });
    await world.apply('uploader', { ...SPEC, drift: { mode: 'Report' } }, { 'reconcile.fluxcd.io/requestedAt': 'now' });
    const drifted = await world.untilReason('uploader', 'DriftReported');
    expect(drifted.status).toMatchObject({
      driftCount: 1,
      drift: ['inline policy appaccess was removed'],
    });
    expect(world.aws.snapshot().roles[0]?.inlinePolicies).toEqual({});
  });
});

describe('a controller with --read-only', () => {
  test('says what it would do, writes nothing to AWS and adds no finalizer', async () => {
    await world.startController({ readOnly: true });
    await world.apply('uploader', SPEC);
    const waiting = await world.untilReason('uploader', 'ReadOnly');
    expect(messageOf(waiting)).toContain('create role');
    expect(waiting.metadata.finalizers ?? []).toEqual([]);
    expect(world.aws.snapshot().roles).toEqual([]);
  });
});

describe('a restart', () => {
  test('finds everything again by status and writes nothing', async () => {
    const first = await world.startController();
    await world.apply('uploader', SPEC);
    await world.untilReady('uploader');
    await first.stop();
    world.aws.resetCalls();
    const before = writesOf(world);
    await world.startController();
    await world.apply('other', { ...SPEC, subject: { lambda: { functionName: 'other' } } });
    await world.untilReady('other');
    expect(writesAmong(actionsOf(world.aws))).toEqual(['CreateRole', 'PutRolePolicy']);
    expect(writesOf(world) - before).toBe(3); // all of them for the other object
  });
});

function writesAmong(actions: readonly string[]): string[] {
  return actions.filter((action) => !/^(Get|List|Describe)/.test(action));
}

/** Writes to AppAccess objects that the embedded Kubernetes API has taken so far. */
function writesOf({ kube }: EmbeddedWorld): number {
  return kube
    .requests()
    .filter(
      ({ verb, resource }) => resource.startsWith('appaccesses') && /^(create|update|patch|apply|delete)$/.test(verb),
    )
    .reduce((sum, { count }) => sum + count, 0);
}

function messageOf({ status }: { status?: { conditions?: readonly { type: string; message: string }[] } }): string {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
}
