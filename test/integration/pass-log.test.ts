import { afterEach, expect, test } from 'vitest';
import { createLogger } from '../../src/telemetry/create-logger.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const UPLOADER = {
  subject: { serviceAccount: { name: 'uploader', via: ['IRSA'] } },
  grants: [{ dynamodb: { table: 'orders', access: ['Read'] } }],
};

let world: EmbeddedWorld;

afterEach(() => world.stop());

type Line = Readonly<Record<string, unknown>>;

test('every line of a pass, down to each call, says which pass of which object it belongs to', async () => {
  world = await startEmbeddedWorld();
  const lines: Line[] = [];
  const write = (line: string) => lines.push(JSON.parse(line) as Line);
  const controller = await world.startController({ log: createLogger({ level: 'debug', format: 'json', write }) });
  await world.createServiceAccount('uploader');
  await world.apply('uploader', UPLOADER);
  await world.untilReady('uploader');
  await world.passOver('uploader');
  await controller.stop();

  const ofPasses = lines.filter(({ reconcileID }) => reconcileID !== undefined);
  for (const line of ofPasses) {
    expect(line).toMatchObject({
      controller: 'appaccess',
      controllerGroup: 'appaccess.dev',
      controllerKind: 'AppAccess',
      namespace: 'default',
      name: 'uploader',
    });
  }
  // Whose the credentials are is asked once, for all passes.
  const others = lines.filter((line) => !ofPasses.includes(line) && line.action !== 'GetCallerIdentity');
  const stray = others.map(({ msg }) => msg);
  expect(stray.filter((msg) => /pass|spec|drift|aws call|kubernetes request/.test(String(msg)))).toEqual([]);

  const create = lines.find(({ action }) => action === 'CreateRole');
  const sameAsCreate = ofPasses.filter(({ reconcileID }) => reconcileID === create?.reconcileID).map(wordsOf);
  expect(sameAsCreate).toEqual([
    'kubernetes request patch appaccesses',
    'kubernetes request get serviceaccounts',
    'aws call CreateRole',
    'aws call PutRolePolicy',
    'kubernetes request patch serviceaccounts',
    'spec applied',
    'kubernetes request update appaccesses/status',
  ]);
  expect(new Set(ofPasses.map(({ reconcileID }) => reconcileID)).size).toBeGreaterThan(1);
});

function wordsOf({ msg, action, verb, resource }: Line): string {
  return [msg, action, verb, resource].filter((word) => word !== undefined).join(' ');
}
