import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RoleSnapshot } from '../../../src/dev/aws/snapshot.ts';
import type { RecordedCall } from '../../../src/dev/aws/start-aws-server.ts';
import type { PolicyDocument } from '../../../src/policy/types.ts';
import { grantsOf, type RoleAccess, universeOf } from '../../support/access-model.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../../support/embedded-world.ts';
import { expectWorld } from '../../support/expected-world.ts';

const OBJECTS = 30;
const EDITS = 6;
const SEED = 20_261_125;

/** Boundaries that the embedded AWS knows, and what they stand for here: they overlap, and none of two holds the other. */
const BOUNDARIES = {
  'arn:aws:iam::aws:policy/ReadOnlyAccess': ['s3:GetObject', 'sqs:*'],
  'arn:aws:iam::aws:policy/PowerUserAccess': ['s3:*'],
  'arn:aws:iam::aws:policy/AdministratorAccess': ['*'],
};

/** Likewise of policies to attach. */
const ATTACHABLE: Readonly<Record<string, PolicyDocument>> = {
  'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess': allowed('s3:GetObject', 'arn:aws:s3:::one/*'),
  'arn:aws:iam::aws:policy/SecurityAudit': allowed('s3:PutObject', 'arn:aws:s3:::two/*'),
};
const MANAGED = { boundaries: BOUNDARIES, documents: ATTACHABLE };

const grant = fc.oneof(
  fc
    .record({ bucket: fc.constantFrom('one', 'two'), access: fc.constantFrom(['Write'], ['Delete']) })
    .map((s3) => ({ s3 })),
  fc.record({ queue: fc.constantFrom('jobs'), access: fc.constantFrom(['Send'], ['Consume']) }).map((sqs) => ({ sqs })),
  fc
    .record({
      effect: fc.constantFrom('Allow', 'Deny'),
      actions: fc.subarray(['s3:GetObject', 's3:PutObject'], { minLength: 1 }),
      resources: fc.subarray(['arn:aws:s3:::one/*', 'arn:aws:s3:::two/*'], { minLength: 1 }),
    })
    .map((statement) => ({ statement })),
  fc.constantFrom(...Object.keys(ATTACHABLE)).map((arn) => ({ managedPolicy: { arn } })),
);

const spec = fc.record({
  account: fc.constantFrom('one', 'two'),
  via: fc.constantFrom(['PodIdentity'], ['IRSA'], ['PodIdentity', 'IRSA']),
  grants: fc.array(grant, { minLength: 1, maxLength: 3 }),
  boundary: fc.constantFrom(undefined, ...Object.keys(BOUNDARIES)),
});

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  await world.startController();
});
afterEach(() => world.stop());

test('no call of an edit leaves a role that grants what neither the old nor the new spec granted', async () => {
  const names = Array.from({ length: OBJECTS }, (_, place) => `web-${place}`);
  const specs = fc.sample(spec, { seed: SEED, numRuns: OBJECTS * EDITS });
  await Promise.all(
    names.flatMap((name) => ['one', 'two'].map((account) => world.createServiceAccount(`${name}-${account}`))),
  );
  for (let edit = 0; edit < EDITS; edit++) {
    const before = rolesByName();
    world.aws.resetCalls();
    const manifests = await Promise.all(
      names.map((name, place) => {
        const { account, via, grants, boundary } = specs[edit * OBJECTS + place] ?? raise('too few specs');
        return world.apply(name, {
          subject: { serviceAccount: { name: `${name}-${account}`, via } },
          grants,
          ...(boundary === undefined ? {} : { role: { permissionsBoundary: boundary } }),
        });
      }),
    );
    await world.untilSettled(names);
    expectWorld(world, manifests);
    for (const after of world.aws.snapshot().roles) {
      const old = before.get(after.name);
      if (old !== undefined) expect(excessBetween(old, after)).toEqual([]);
    }
  }
});

/** What any state between `old` and `after` grants beyond both, by the calls that were made. */
function excessBetween(old: RoleSnapshot, after: RoleSnapshot) {
  const ends = [accessOf(old), accessOf(after)];
  const states = statesBetween(accessOf(old), after.name);
  const universe = universeOf([...ends, ...states], MANAGED);
  const right = ends.flatMap((access) => grantsOf(access, universe, MANAGED));
  return states.flatMap((state) => grantsOf(state, universe, MANAGED).filter((one) => !right.includes(one)));
}

function statesBetween(start: RoleAccess, roleName: string): readonly RoleAccess[] {
  const states = [start];
  for (const call of world.aws.calls()) {
    if (call.parameters.RoleName === roleName) states.push(applied(call, states.at(-1) ?? start));
  }
  return states;
}

function applied({ action, parameters }: RecordedCall, access: RoleAccess): RoleAccess {
  const policyName = String(parameters.PolicyName);
  switch (action) {
    case 'UpdateAssumeRolePolicy':
      return { ...access, trust: JSON.parse(String(parameters.PolicyDocument)) };
    case 'PutRolePolicy':
      return { ...access, inline: { ...access.inline, [policyName]: JSON.parse(String(parameters.PolicyDocument)) } };
    case 'DeleteRolePolicy': {
      const { [policyName]: _, ...inline } = access.inline;
      return { ...access, inline };
    }
    case 'AttachRolePolicy':
      return { ...access, attached: [...access.attached, String(parameters.PolicyArn)] };
    case 'DetachRolePolicy':
      return { ...access, attached: access.attached.filter((arn) => arn !== parameters.PolicyArn) };
    case 'PutRolePermissionsBoundary':
      return { ...access, boundary: String(parameters.PermissionsBoundary) };
    case 'DeleteRolePermissionsBoundary':
      return { ...access, boundary: undefined };
    default:
      return access;
  }
}

function accessOf(role: RoleSnapshot): RoleAccess {
  const { trustPolicy, inlinePolicies, attachedPolicyArns, permissionsBoundaryArn } = role;
  return {
    trust: trustPolicy as PolicyDocument,
    inline: inlinePolicies as RoleAccess['inline'],
    attached: attachedPolicyArns,
    boundary: permissionsBoundaryArn,
  };
}

function rolesByName(): ReadonlyMap<string, RoleSnapshot> {
  return new Map(world.aws.snapshot().roles.map((role) => [role.name, role]));
}

function allowed(Action: string, Resource: string): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] };
}

function raise(what: string): never {
  throw new Error(what);
}
