import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../src/api/app-access.ts';
import { type ArgoCd, setUpArgoCd } from './tools/argo-cd.ts';
import { type Flux, startFluxTool } from './tools/flux.ts';
import { helmTool } from './tools/helm.ts';
import { kubectlTool } from './tools/kubectl.ts';
import { everyTool, manifest, type Situation, situations } from './tools/situation.ts';
import type { Tool } from './tools/tool.ts';
import { type ClientsWorld, inRepository, startClientsWorld } from './world/clients-world.ts';

let world: ClientsWorld;
let flux: Flux;
let tools: readonly Tool[] = [];
let deliver: (title: string, specOf: (name: string) => object) => Promise<Situation>;

beforeAll(async () => {
  world = await startClientsWorld();
  const argoCd: ArgoCd = await setUpArgoCd(world);
  flux = await startFluxTool(world);
  tools = [kubectlTool(world), helmTool(world), flux];
  deliver = situations(world, argoCd, tools);
});
afterEach(async () => {
  world.aws.open();
  await world.startController();
});
afterAll(async () => {
  await world.stop(); // first: Flux takes part in the deletion of what it applied
  await Promise.all(tools.map((tool) => tool.stop()));
});

// Each tool delivers an object of its own, all at the same time, and Argo CD is asked about each of these.
describe('kubectl wait, helm --wait, Flux and Argo CD agree on an AppAccess', () => {
  test('that is as asked for: it is ready', async () => {
    const objects = await deliver('ready', () => uploads());
    expect(await objects.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
    expect(await objects.argoCd()).toEqual(everyTool(tools, { status: 'Healthy', message: words('must name it as') }));
  });

  test('that was just applied while no controller runs: it is waited for, and ready once one does', async () => {
    await world.stopController();
    const objects = await deliver('no-controller', () => uploads());
    await objects.expectWaiting();
    await world.startController();
    expect(await objects.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
  });

  test('that is being made while AWS is slow: it is waited for, and ready once AWS answers', async () => {
    world.aws.hold();
    const objects = await deliver('slow', () => uploads());
    await objects.expectWaiting();
    world.aws.open();
    expect(await objects.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
  });

  test('that is being made while AWS throttles: it is waited for with the reason, and ready once AWS takes calls', async () => {
    world.aws.throttle();
    const objects = await deliver('throttled', () => uploads());
    await objects.until('is told to be throttled', ready('False', 'Throttled'));
    await objects.expectWaiting('AWS throttles AWS IAM');
    world.aws.open();
    expect(await objects.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
  });

  test('that waits for a service account: it is waited for with the remedy, and ready once the account is there', async () => {
    const objects = await deliver('new-account', ordersApi);
    await objects.until('waits for its service account', ready('False', 'ServiceAccountNotFound'));
    await objects.expectWaiting('create it');
    await Promise.all(objects.names.map((name) => world.kubectl('create', 'serviceaccount', name)));
    expect(await objects.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
  });

  test('that waited two minutes for a service account: it has failed, with the remedy', async () => {
    const objects = await deliver('no-account', ordersApi);
    await objects.until('waits for its service account', ready('False', 'ServiceAccountNotFound'));
    await Promise.all(objects.names.map(letTwoMinutesPass));
    expect(await objects.verdicts()).toEqual(failedWith(`service account clients/no-account`));
    expect(await objects.argoCd()).toEqual(everyTool(tools, { status: 'Degraded', message: words('create it') }));
  });

  test('that is refused: it has failed with the field and the remedy, and is ready once it is mended', async () => {
    const objects = await deliver('refused', misspelt);
    const remedy =
      'spec.grants[0].statement.actions[0]: s3:GetObjekt: s3 has no such action; did you mean s3:GetObject?';
    expect(await objects.verdicts()).toEqual(failedWith(remedy));
    expect(await objects.argoCd()).toEqual(everyTool(tools, { status: 'Degraded', message: remedy }));

    const mended = await deliver('refused', () => uploads());
    expect(await mended.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
    expect(await mended.argoCd()).toEqual(everyTool(tools, { status: 'Healthy' }));
  });

  test('that was mended while no controller runs: its old failure is not told of the new spec', async () => {
    const objects = await deliver('mended', misspelt);
    expect(await objects.verdicts()).toEqual(everyTool(tools, { outcome: 'Failed' }));
    await world.stopController();
    const mended = await deliver('mended', () => uploads());
    await mended.expectWaiting();
    await world.startController();
    expect(await mended.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
  });

  test('that was changed and stands as ready of its old spec: it is waited for until the new one is applied', async () => {
    const objects = await deliver('changed', () => uploads());
    expect(await objects.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
    await world.stopController();
    const changed = await deliver('changed', () => uploads('other/'));
    await changed.expectWaiting();
    await world.startController();
    expect(await changed.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
  });

  test('that is suspended as it was applied: it is ready, which Argo CD shows as suspended', async () => {
    const objects = await deliver('suspended', () => uploads());
    expect(await objects.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
    const suspended = await deliver('suspended', () => ({ ...uploads(), suspend: true }));
    expect(await suspended.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
    expect(await suspended.argoCd()).toEqual(everyTool(tools, { status: 'Suspended' }));
  });

  test('that is suspended before it was ever applied: it has failed, with the remedy', async () => {
    const objects = await deliver('never-applied', () => ({ ...uploads(), suspend: true }));
    const remedy = 'suspended before this spec was applied; set spec.suspend to false to apply it';
    expect(await objects.verdicts()).toEqual(failedWith(remedy));
    expect(await objects.argoCd()).toEqual(everyTool(tools, { status: 'Degraded', message: remedy }));
  });

  test('that is being deleted: it is waited for until the role is gone', async () => {
    const objects = await deliver('deleted', () => uploads());
    expect(await objects.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
    world.aws.hold();
    const removed = await objects.remove();
    await removed.until('is being deleted', ({ metadata }) => metadata.deletionTimestamp !== undefined);
    await removed.expectWaiting();
    world.aws.open();
    expect(await removed.verdicts()).toEqual(everyTool(tools, { outcome: 'Ready' }));
    expect(await world.kubectl('get', 'appaccess', ...removed.names, '--ignore-not-found')).toBe('');
  });
});

test('the healthCheckExprs of docs/gitops.md make Flux wait, succeed and fail as it does without them', async () => {
  const tool = flux.withSpec(await healthChecks());
  await world.stopController();
  const good = await tool.deliver(manifest('checked-good', uploads()));
  await good.waitsOn();
  await world.startController();
  expect(await good.verdict).toMatchObject({ outcome: 'Ready' });
  const bad = await tool.deliver(manifest('checked-bad', misspelt()));
  expect(await bad.verdict).toEqual(failedWith('').flux);
});

async function healthChecks(): Promise<object> {
  const page = await readFile(inRepository('docs/gitops.md'), 'utf8');
  const [, block = ''] = /^```yaml\n(healthCheckExprs:[\s\S]*?)^```/m.exec(page) ?? [];
  return load(block) as object;
}

/**
 * Failed at once, not by a time-out: helm's words then were `context deadline exceeded`, Flux's `timeout waiting for`.
 * Flux names the object only; the remedy stands on that.
 */
function failedWith(remedy: string) {
  const early = expect.stringMatching(/failed early due to stalled resources: \[AppAccess\/\S+ status: 'Failed'\]/);
  return {
    kubectl: { outcome: 'Failed', message: words(remedy) },
    helm: { outcome: 'Failed', message: words(`not ready. status: Failed, message: ${remedy}`) },
    flux: { outcome: 'Failed', message: early },
  };
}

function words(text: string) {
  return expect.stringContaining(text);
}

function ready(status: string, reason: string) {
  return (appAccess: AppAccess) =>
    appAccess.status?.conditions?.some(
      (condition) => condition.type === 'Ready' && condition.status === status && condition.reason === reason,
    ) ?? false;
}

/** Moves the time since which Ready is False back, as far as the controller can tell, and asks it to look. */
async function letTwoMinutesPass(name: string): Promise<void> {
  const { status } = await world.getAppAccess(name);
  const lastTransitionTime = `${new Date(Date.now() - 180_000).toISOString().slice(0, 19)}Z`;
  const conditions = status?.conditions?.map((condition) => ({ ...condition, lastTransitionTime }));
  const patch = JSON.stringify({ status: { conditions } });
  await world.kubectl('patch', 'appaccess', name, '--subresource=status', '--type=merge', '-p', patch);
  await world.kubectl('annotate', 'appaccess', name, 'reconcile.fluxcd.io/requestedAt=now');
}

function uploads(prefix = 'uploads/'): object {
  return {
    subject: { lambda: { functionName: 'uploader' } },
    grants: [{ s3: { bucket: 'invoices', prefix, access: ['Write'] } }],
  };
}

/** Needs a service account called like the object. */
function ordersApi(name: string): object {
  return {
    subject: { serviceAccount: { name, via: ['IRSA'] } },
    grants: [{ sqs: { queue: 'orders', access: ['Send'] } }],
  };
}

function misspelt(): object {
  const statement = { effect: 'Allow', actions: ['s3:GetObjekt'], resources: ['arn:aws:s3:::invoices/*'] };
  return { subject: { lambda: { functionName: 'uploader' } }, grants: [{ statement }] };
}
