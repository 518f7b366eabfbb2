import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../src/api/app-access.ts';
import { type Health, healthOf, offeredActions, type PlainObject, readYaml } from '../support/argocd/customization.ts';
import { type ArgoCd, setUpArgoCd } from './tools/argo-cd.ts';
import { type ClientsWorld, inRepository, startClientsWorld } from './world/clients-world.ts';

const { tests: healthTests } = readYaml<{ tests: { healthStatus: Health; inputPath: string }[] }>('health_test.yaml');
const { discoveryTests, actionTests } = readYaml<{
  discoveryTests: { inputPath: string }[];
  actionTests: { action: string; inputPath: string; expectedOutputPath: string }[];
}>('actions/action_test.yaml');

const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';

let world: ClientsWorld;
let argoCd: ArgoCd;

beforeAll(async () => {
  world = await startClientsWorld();
  argoCd = await setUpArgoCd(world);
});
afterAll(() => world.stop());

describe('Argo CD, with our patch on its ConfigMap, comes to what the sandbox of the unit tests comes to', () => {
  // Of a deletion it tells itself and asks no script.
  const judged = healthTests.filter(({ healthStatus, inputPath }) => !/delet/.test(inputPath) && healthStatus);
  test.each(judged)('health of $inputPath', async ({ inputPath }) => {
    const object = readYaml<PlainObject>(inputPath);
    expect(await argoCd.healthOf(object)).toEqual(healthOf(object));
  });

  test.each(discoveryTests)('actions on $inputPath', async ({ inputPath }) => {
    const object = readYaml<PlainObject>(`actions/${inputPath}`);
    const offered = Object.entries(offeredActions(object)).filter(([, { disabled }]) => !disabled);
    expect(await argoCd.actionsOn(object)).toEqual(offered.map(([name]) => name).sort());
  });

  test.each(actionTests)('$action of $inputPath', async ({ action, inputPath, expectedOutputPath }) => {
    const changed = await argoCd.perform(action, readYaml<PlainObject>(`actions/${inputPath}`));
    const expected = readYaml<{ metadata: { annotations?: object } }>(`actions/${expectedOutputPath}`);
    const { annotations } = expected.metadata;
    if (annotations === undefined) expect(changed).toEqual(expected);
    else {
      const now = { [REQUESTED_AT]: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) };
      expect(changed).toEqual({ ...expected, metadata: { ...expected.metadata, annotations: now } });
    }
  });
});

describe('an action of Argo CD on a live AppAccess', () => {
  test('reconcile makes the controller pass over it, suspend rests it and resume wakes it', async () => {
    await world.kubectl('apply', '-f', inRepository('examples/ec2-instance-profile.yaml'));
    const name = (await world.kubectl('get', 'appaccess', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
    await world.untilAppAccess(name, 'is ready', isReady);
    expect(await argoCd.actionsOn(await world.getAppAccess(name))).toEqual(['reconcile', 'suspend']);

    await perform('reconcile', name);
    const requested = (await world.getAppAccess(name)).metadata.annotations?.[REQUESTED_AT] ?? 'not set';
    await world.untilAppAccess(name, 'was passed over', ({ status }) => status?.lastHandledReconcileAt === requested);

    await perform('suspend', name);
    const suspended = await world.untilAppAccess(name, 'is suspended', isReady);
    expect(await argoCd.healthOf(suspended)).toMatchObject({ status: 'Suspended' });
    expect(await argoCd.actionsOn(suspended)).toEqual(['resume']);

    await perform('resume', name);
    const resumed = await world.untilAppAccess(name, 'is ready', isReady);
    expect(await argoCd.healthOf(resumed)).toMatchObject({ status: 'Healthy' });
  });
});

test('the component of deploy/argocd patches the ConfigMap of an installation, whatever its namespace', async () => {
  const installation = inRepository('test/clients/fixtures/argocd');
  const rendered = await world.kubectl('kustomize', installation);
  expect(rendered).toContain('namespace: delivery');
  expect(rendered).toContain('resource.customizations.health.appaccess.dev_AppAccess: |');
  expect(rendered).toContain('resource.customizations.actions.appaccess.dev_AppAccess: |');
});

/** As Argo CD does: what the action changed goes to the API server. */
async function perform(action: string, name: string): Promise<void> {
  const { metadata, spec } = (await argoCd.perform(action, await world.getAppAccess(name))) as unknown as AppAccess;
  const patch = JSON.stringify({ metadata: { annotations: metadata.annotations }, spec });
  await world.kubectl('patch', 'appaccess', name, '--type=merge', '-p', patch);
}

function isReady({ metadata, status }: AppAccess): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && status?.observedGeneration === metadata.generation;
}
