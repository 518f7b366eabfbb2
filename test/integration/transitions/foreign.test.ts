import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import { sha256Hex } from '../../../src/base/digest.ts';
import { ACCOUNT } from '../../support/builders.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../../support/embedded-world.ts';
import { expectWorld } from '../../support/expected-world.ts';
import type { WorldState } from '../../support/world-state.ts';

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const SPEC = { subject: { ec2: {} }, grants: [{ sqs: { queue: 'jobs', access: ['Consume'] } }], role: { name: 'web' } };
const BACK_DOOR = document('Allow', 'iam:*');
const LOCK = document('Deny', '*');

let world: EmbeddedWorld;
let manifest: AppAccess;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  await world.startController();
  manifest = await world.apply('web', SPEC);
  await world.untilReady('web');
});
afterEach(() => world.stop());

describe('policies and tags that others put on a role', () => {
  test('go, and each policy is told by name and digest in an event', async () => {
    attach();
    putInline('back-door', BACK_DOOR);
    as('TagRole', { Tags: [{ Key: 'team', Value: 'theirs' }] });
    await world.passOver('web');
    expectWorld(world, [manifest]);
    expect(await removals(2)).toEqual([
      `deleting inline policy back-door of role web; SHA-256 of its document in canonical JSON: ${sha256Hex(canonicalJson(BACK_DOOR))}`,
      `detaching managed policy ${READ_ONLY} from role web`,
    ]);
  });

  test('stay and are named where the spec says to report them, until it no longer does', async () => {
    manifest = await world.apply('web', { ...SPEC, drift: { unmanaged: 'Report' } });
    await world.untilSettled(['web']);
    attach();
    putInline('back-door', BACK_DOOR);
    await world.passOver('web');
    const reported = await world.untilReason('web', 'DriftReported');
    expect(reported.status?.drift).toEqual([
      'inline policy back-door was added',
      `managed policy ${READ_ONLY} was added`,
    ]);
    expectWorld(world, [manifest], {
      adjust: onRole({
        attachedPolicyArns: [READ_ONLY],
        inlinePolicies: (ours) => ({ ...ours, 'back-door': BACK_DOOR }),
      }),
    });
    manifest = await world.apply('web', SPEC);
    await world.untilReady('web');
    expectWorld(world, [manifest]);
  });

  test('are told apart from a policy that our own last spec named', async () => {
    await world.apply('web', { ...SPEC, grants: [...SPEC.grants, { managedPolicy: { arn: READ_ONLY } }] });
    await world.untilSettled(['web']);
    putInline('back-door', BACK_DOOR);
    manifest = await world.apply('web', SPEC);
    await world.untilSettled(['web']);
    expectWorld(world, [manifest]);
    expect(await removals(1)).toEqual([expect.stringContaining('back-door')]);
  });

  test('are read where they are of the account, and stay when they only deny', async () => {
    const lock = attachOwn('incident-42', LOCK);
    attachOwn('back-door', BACK_DOOR);
    await world.passOver('web');
    expectWorld(world, [manifest], { adjust: onRole({ attachedPolicyArns: [lock] }) });
    expect(await removals(1)).toEqual([
      `detaching managed policy ${lock.replace('incident-42', 'back-door')} from role web`,
    ]);
    world.aws.resetCalls();
    await world.passOver('web');
    expect(world.aws.calls().filter(({ action }) => !/^(Get|List)/.test(action))).toEqual([]);
  });

  test('stay and are named where they may not be read, while all else is mended', async () => {
    const unknown = attachOwn('unknown', BACK_DOOR);
    putInline('back-door', BACK_DOOR);
    world.aws.failAlways('GetPolicy', { kind: 'AccessDenied' });
    await world.touch('web');
    const told = await world.untilReason('web', 'AccessDenied');
    expect(readyOf(told.status)?.message).toMatch(
      /allow iam:GetPolicy for managed policy .*\/unknown .* may only deny$/,
    );
    expect(told.status?.drift).toEqual([`managed policy ${unknown} was added`]);
    expectWorld(world, [manifest], { adjust: onRole({ attachedPolicyArns: [unknown] }) });
    world.aws.clearFaults();
    await world.touch('web');
    await world.untilReady('web');
    expectWorld(world, [manifest]);
  });

  test('stay when they only take access away', async () => {
    putInline('incident-42', LOCK);
    as('TagRole', { Tags: [{ Key: 'quarantine', Value: 'incident-42' }] });
    as('PutRolePermissionsBoundary', { PermissionsBoundary: READ_ONLY });
    await world.passOver('web');
    expectWorld(world, [manifest], {
      adjust: onRole({
        permissionsBoundaryArn: READ_ONLY,
        inlinePolicies: (ours) => ({ ...ours, 'incident-42': LOCK }),
        tags: (ours) => ({ ...ours, quarantine: 'incident-42' }),
      }),
    });
  });
});

describe('a kept role that is taken back, where drift is only to be reported', () => {
  const report = { drift: { mode: 'Report', unmanaged: 'Report' } };
  const keep = async () => {
    await world.apply('web', { ...SPEC, deletionPolicy: 'Retain' });
    await world.untilSettled(['web']);
    await world.remove('web');
    await world.untilGone('web');
  };

  test('is brought to the spec, and what others put on it is named and stays', async () => {
    await keep();
    putInline('appaccess', BACK_DOOR);
    attach();
    manifest = await world.apply('web', { ...SPEC, ...report });
    const back = await world.untilReason('web', 'DriftReported');
    expect(back.status?.drift).toEqual([`managed policy ${READ_ONLY} was added`]);
    expect(back.status?.applied?.generation).toBe(1);
    expectWorld(world, [manifest], { adjust: onRole({ attachedPolicyArns: [READ_ONLY] }) });
  });

  test('is left as it is from then on, whatever is changed on it', async () => {
    await keep();
    attach();
    manifest = await world.apply('web', { ...SPEC, ...report });
    await world.untilReason('web', 'DriftReported');
    putInline('appaccess', BACK_DOOR);
    await world.passOver('web');
    const told = await world.until('web', ({ status }) => (status?.driftCount ?? 0) > 1);
    expect(told.status?.drift).toContain(`managed policy ${READ_ONLY} was added`);
    expectWorld(world, [manifest], {
      adjust: onRole({ attachedPolicyArns: [READ_ONLY], inlinePolicies: () => ({ appaccess: BACK_DOOR }) }),
    });
  });
});

test('a policy attached by a pass that failed half-way is still ours for the next spec', async () => {
  const drift = { unmanaged: 'Report' };
  world.aws.failNext('UpdateRole', { kind: 'AccessDenied' }, 100);
  const attached = { ...SPEC, drift, grants: [...SPEC.grants, { managedPolicy: { arn: READ_ONLY } }] };
  await world.apply('web', { ...attached, role: { name: 'web', description: 'next' } });
  const failed = await world.untilReason('web', 'AccessDenied');
  expect(failed.status?.role?.managedPolicyArns).toEqual([READ_ONLY]);
  manifest = await world.apply('web', { ...SPEC, drift });
  await world.untilReady('web');
  expectWorld(world, [manifest]);
});

describe('what stands in the way of a deletion', () => {
  test('policies of others are told by name and digest, and go with the role', async () => {
    attach();
    putInline('incident-42', LOCK);
    await world.remove('web');
    await world.untilGone('web');
    expectWorld(world, []);
    expect(await removals(2)).toEqual([
      `deleting inline policy incident-42 of role web; SHA-256 of its document in canonical JSON: ${sha256Hex(canonicalJson(LOCK))}`,
      `detaching managed policy ${READ_ONLY} from role web`,
    ]);
  });

  test("somebody else's instance profile is named and left alone, and the role goes once it is out of it", async () => {
    world.aws.actAsOther('CreateInstanceProfile', { InstanceProfileName: 'theirs' });
    as('AddRoleToInstanceProfile', { InstanceProfileName: 'theirs' });
    await world.remove('web');
    const blocked = await world.until('web', ({ status }) => readyOf(status)?.reason === 'RoleInUse');
    expect(readyOf(blocked.status)?.message).toContain('instance-profile/theirs');
    expect(world.aws.snapshot().instanceProfiles).toMatchObject([{ name: 'theirs', roleNames: ['web'] }]);
    as('RemoveRoleFromInstanceProfile', { InstanceProfileName: 'theirs' });
    await world.touch('web');
    await world.untilGone('web');
    expect(world.aws.snapshot()).toMatchObject({ roles: [], instanceProfiles: [{ name: 'theirs', roleNames: [] }] });
  });

  test('a deletion that is blocked lets the object go, without an AWS call, once it says Retain', async () => {
    world.aws.actAsOther('CreateInstanceProfile', { InstanceProfileName: 'theirs' });
    as('AddRoleToInstanceProfile', { InstanceProfileName: 'theirs' });
    await world.remove('web');
    await world.until('web', ({ status }) => readyOf(status)?.reason === 'RoleInUse');
    world.aws.resetCalls();
    const before = world.aws.snapshot();
    await world.apply('web', { ...SPEC, deletionPolicy: 'Retain' });
    await world.untilGone('web');
    expect(world.aws.calls()).toEqual([]);
    expect(world.aws.snapshot()).toEqual(before);
  });
});

function attach(): void {
  as('AttachRolePolicy', { PolicyArn: READ_ONLY });
}

/** Makes a policy of the account and attaches it; returns its ARN. */
function attachOwn(PolicyName: string, policy: object): string {
  const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/${PolicyName}`;
  world.aws.actAsOther('CreatePolicy', { PolicyName, PolicyDocument: JSON.stringify(policy) });
  as('AttachRolePolicy', { PolicyArn });
  return PolicyArn;
}

function putInline(PolicyName: string, policy: object): void {
  as('PutRolePolicy', { PolicyName, PolicyDocument: JSON.stringify(policy) });
}

function as(action: string, parameters: Parameters<EmbeddedWorld['aws']['actAsOther']>[1]): void {
  world.aws.actAsOther(action, { RoleName: 'web', ...parameters });
}

/** Notes of the events about policies that were removed, sorted, once there are `count`. */
async function removals(count: number): Promise<readonly string[]> {
  const events = await world.untilEvents('PolicyRemoved', count);
  return events.map(({ note }) => note).sort();
}

type Role = WorldState['roles'][number];

/** The expected state with some fields of its one role changed, by a value or by what becomes of ours. */
function onRole(change: { [Key in keyof Role]?: Role[Key] | ((ours: Role[Key]) => Role[Key]) }) {
  return (expected: WorldState): WorldState => ({
    ...expected,
    roles: expected.roles.map((role) => {
      const changed = Object.entries(change).map(([key, value]) => [
        key,
        typeof value === 'function' ? (value as (ours: unknown) => unknown)(role[key as keyof Role]) : value,
      ]);
      return { ...role, ...Object.fromEntries(changed) };
    }),
  });
}

function readyOf(status: AppAccess['status']) {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

function document(Effect: 'Allow' | 'Deny', Action: string) {
  return { Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*' }] };
}
