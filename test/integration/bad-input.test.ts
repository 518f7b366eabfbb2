import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseManifests } from '../../src/cli/parse-manifests.ts';
import { badInput, manifestText } from '../cases/bad-input.ts';
import type { BadInput } from '../cases/bad-input-row.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** Makes the world that a row speaks of, by the row's own words. */
const GIVEN: Readonly<Record<string, (world: EmbeddedWorld) => Promise<unknown>>> = {
  'a role named uploader that was made elsewhere': async ({ aws }) =>
    aws.actAsOther('CreateRole', { RoleName: 'uploader', AssumeRolePolicyDocument: TRUST }),
  'no service account uploader in the namespace': async () => undefined,
  'a service account uploader with another eks.amazonaws.com/role-arn': (world) =>
    world.createServiceAccount('uploader', {
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/theirs',
    }),
  'a controller whose environment holds no credentials': async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nonexistent');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  },
};

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await world.stop();
});

describe('what only the world can tell becomes a condition', () => {
  test.each(rowsOf('condition'))('%s', async (_, row) => {
    await GIVEN[row.given ?? '']?.(world);
    const before = world.aws.snapshot();
    await world.startController();
    await world.apply('bad-input', specOf(row));
    const { status } = await world.untilReason('bad-input', row.reason ?? '');
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready?.message).toContain(row.message);
    const after = world.aws.snapshot();
    const foreign = ({ path }: { path: string }) => !path.startsWith('/appaccess/');
    expect(after.roles.filter(foreign)).toEqual(before.roles); // nothing beyond our own role changes
  });
});

describe('what compile refuses is a condition before the first AWS call', () => {
  test.each(rowsOf('compile'))('%s', async (_, row) => {
    await world.startController();
    await world.apply('bad-input', specOf(row));
    const { status } = await world.untilReason('bad-input', 'PolicyInvalid');
    const stalled = status?.conditions?.find(({ type }) => type === 'Stalled');
    expect(stalled?.message).toContain(row.path);
    expect(stalled?.message).toContain(row.message);
    expect(world.aws.calls()).toEqual([]);
  });
});

function rowsOf(refusedBy: BadInput['refusedBy']) {
  return badInput.filter((row) => row.refusedBy === refusedBy).map((row) => [row.title, row] as const);
}

function specOf(row: BadInput): object {
  return parseManifests('bad.yaml', manifestText(row)).manifests[0]?.object.spec as object;
}
