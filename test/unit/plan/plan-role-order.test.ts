import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../../../src/plan/actions.ts';
import type { ObservedPolicies, ObservedRole } from '../../../src/plan/observation.ts';
import { planRoleChange } from '../../../src/plan/plan-role.ts';
import { boundaryTag } from '../../../src/policy/boundary-tag.ts';
import { normalisePolicy } from '../../../src/policy/normalise-policy.ts';
import type { DesiredRole, PolicyDocument, PolicyStatement } from '../../../src/policy/types.ts';
import { grantsOf, type RoleAccess, universeOf } from '../../support/access-model.ts';
import { desiredRole, OWNER_TAGS, observedRole } from '../../support/builders.ts';

const AWS = 'arn:aws:iam::aws:policy/';
const OWN = 'arn:aws:iam::123456789012:policy/';

/** What each boundary lets through; they overlap, and none holds another. */
const boundaries = { one: ['s3:A', 's3:B'], two: ['s3:B', 's3:C'], three: ['s3:C', 's3:A'] };

const READ = `${AWS}Read`;
const WRITE = `${OWN}write`;
const QUARANTINE = `${AWS}AWSCompromisedKeyQuarantineV3`;
const GUARD = `${OWN}guard`;
const MIXED = `${OWN}mixed`;
const documents: Readonly<Record<string, PolicyDocument>> = {
  [READ]: policy(['Allow', ['s3:A', 's3:B'], ['arn:aws:s3:::one']]),
  [WRITE]: policy(['Allow', ['s3:C'], ['arn:aws:s3:::one', 'arn:aws:s3:::two']]),
  [QUARANTINE]: policy(['Deny', ['s3:A'], ['arn:aws:s3:::one', 'arn:aws:s3:::two']]),
  [GUARD]: policy(['Deny', ['s3:B'], ['arn:aws:s3:::one']]),
  [MIXED]: policy(['Allow', ['s3:A', 's3:B'], ['arn:aws:s3:::two']], ['Deny', ['s3:C'], ['arn:aws:s3:::one']]),
};
const MANAGED = { boundaries, documents };

const statement: fc.Arbitrary<PolicyStatement> = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
  Action: fc.subarray(['s3:A', 's3:B', 's3:C'], { minLength: 1 }),
  Resource: fc.subarray(['arn:aws:s3:::one', 'arn:aws:s3:::two'], { minLength: 1 }),
});

const trustee = fc
  .constantFrom('lambda.amazonaws.com', 'ec2.amazonaws.com', 'ecs-tasks.amazonaws.com')
  .map((Service): PolicyStatement => ({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }));

const documentOf = (statements: fc.Arbitrary<PolicyStatement>): fc.Arbitrary<PolicyDocument> =>
  fc.array(statements, { minLength: 1, maxLength: 3 }).map((Statement) => ({ Version: '2012-10-17', Statement }));

/** A role as specs make it, out of few values, so that two have much in common. */
const made = (attachable: readonly string[]): fc.Arbitrary<DesiredRole> =>
  fc
    .record({
      trust: documentOf(trustee),
      permissions: fc.option(documentOf(statement), { freq: 4 }),
      attached: fc.subarray([...attachable]),
      boundary: fc.constantFrom(undefined, 'one', 'two', 'three'),
    })
    .map(({ trust, permissions, attached, boundary }) =>
      desiredRole({
        trust,
        inline: permissions === null ? {} : { appaccess: permissions },
        managedPolicyArns: attached,
        tags: { ...OWNER_TAGS, ...boundaryTag(boundary) },
        ...(boundary === undefined ? {} : { permissionsBoundary: boundary }),
      }),
    );

/** Documents of policies that are to be attached are not read: only AWS's own are known to deny. */
const wanted = made([READ, WRITE, QUARANTINE]);
/** What the role may have from an earlier spec, or from somebody else. */
const found = fc.record({
  role: made([READ, WRITE, QUARANTINE, GUARD, MIXED]),
  ours: fc.subarray([READ, WRITE, QUARANTINE, GUARD, MIXED]),
  foreign: fc.option(documentOf(statement)),
});
type Found = typeof found extends fc.Arbitrary<infer Value> ? Value : never;

/** What somebody else put there and that only denies, or that the rules say to leave. */
interface Rules {
  readonly unmanaged: 'Remove' | 'Report';
}
const rules: fc.Arbitrary<Rules> = fc.record({ unmanaged: fc.constantFrom('Remove', 'Report') });

test('no action of planRoleChange leaves a state that grants what neither the old nor the new one granted', () => {
  fc.assert(
    fc.property(found, wanted, rules, (before, after, { unmanaged }) => {
      const states = statesBetween(observedOf(before), before.ours, after, unmanaged);
      expect(excessIn(states)).toEqual([]);
    }),
    { numRuns: 1500 },
  );
});

test('a role whose change was cut off after any action is changed on in the same way', () => {
  fc.assert(
    fc.property(found, wanted, rules, fc.nat({ max: 12 }), (before, after, { unmanaged }, cut) => {
      const whole = statesBetween(observedOf(before), before.ours, after, unmanaged);
      const start = whole.slice(0, Math.min(cut, whole.length - 1) + 1);
      const ours = [...before.ours, ...after.managedPolicyArns];
      const rest = statesBetween(start.at(-1) ?? observedOf(before), ours, after, unmanaged);
      expect(excessIn([...start, ...rest])).toEqual([]);
      expect(meaningOf(accessOf(rest.at(-1)))).toEqual(meaningOf(accessOf(whole.at(-1))));
    }),
    { numRuns: 1000 },
  );
});

test('the actions of planRoleChange end in the new state, with what only denies and what is to be reported', () => {
  fc.assert(
    fc.property(found, wanted, rules, (before, after, { unmanaged }) => {
      const last = statesBetween(observedOf(before), before.ours, after, unmanaged).at(-1);
      const stays = before.role.managedPolicyArns.filter(
        (arn) => !before.ours.includes(arn) && (unmanaged === 'Report' || arn === QUARANTINE || arn === GUARD),
      );
      const denies = before.foreign?.Statement.every(({ Effect }) => Effect === 'Deny') ?? false;
      const inline = before.foreign !== null && (unmanaged === 'Report' || denies) ? { foreign: before.foreign } : {};
      expect(meaningOf(accessOf(last))).toEqual(
        meaningOf({
          trust: after.trust,
          inline: { ...after.inline, ...inline },
          attached: [...new Set([...after.managedPolicyArns, ...stays])],
          boundary: after.permissionsBoundary,
        }),
      );
    }),
    { numRuns: 1000 },
  );
});

type Observed = ObservedRole & ObservedPolicies;

/** The role as it is found. */
function observedOf({ role, foreign }: Found): Observed {
  const { trust, inline, managedPolicyArns, tags, permissionsBoundary } = role;
  return observedRole({
    trust,
    inline: { ...inline, ...(foreign === null ? {} : { foreign }) },
    attached: managedPolicyArns,
    attachedDocuments: Object.fromEntries(Object.entries(documents).filter(([arn]) => arn.startsWith(OWN))),
    tags,
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
  });
}

/** `start` and the state after each action that leads to `desired`. */
function statesBetween(
  start: Observed,
  policyArns: readonly string[],
  desired: DesiredRole,
  unmanaged: Rules['unmanaged'],
): readonly Observed[] {
  const known = { permissionsBoundary: undefined, tagKeys: [], policyArns };
  const states = [start];
  for (const action of planRoleChange(desired, start, known, unmanaged).actions) {
    states.push(applied(action, states.at(-1) ?? start));
  }
  return states;
}

/** What states in between grant beyond the first and the last of them. */
function excessIn(observed: readonly Observed[]) {
  const states = observed.map(accessOf);
  const universe = universeOf(states, MANAGED);
  const right = [states.at(0), states.at(-1)].flatMap((end) => (end ? grantsOf(end, universe, MANAGED) : []));
  return states.flatMap((state) => grantsOf(state, universe, MANAGED).filter((grant) => !right.includes(grant)));
}

function applied(action: Action, role: Observed): Observed {
  switch (action.kind) {
    case 'UpdateTrustPolicy':
      return { ...role, trust: action.document };
    case 'PutInlinePolicy':
      return { ...role, inline: { ...role.inline, [action.policyName]: action.document } };
    case 'DeleteInlinePolicy': {
      const { [action.policyName]: _, ...inline } = role.inline;
      return { ...role, inline };
    }
    case 'AttachManagedPolicy':
      return { ...role, attached: [...role.attached, action.policyArn] };
    case 'DetachManagedPolicy':
      return { ...role, attached: role.attached.filter((arn) => arn !== action.policyArn) };
    case 'PutBoundary':
      return { ...role, permissionsBoundary: action.policyArn };
    case 'DeleteBoundary': {
      const { permissionsBoundary: _, ...unbound } = role;
      return unbound;
    }
    case 'TagRole':
      return { ...role, tags: { ...role.tags, ...action.tags } };
    case 'UntagRole':
      return {
        ...role,
        tags: Object.fromEntries(Object.entries(role.tags).filter(([key]) => !action.keys.includes(key))),
      };
    default:
      return role;
  }
}

function accessOf(role: Observed | undefined): RoleAccess {
  if (role === undefined) throw new Error('no state');
  return {
    trust: role.trust as PolicyDocument,
    inline: role.inline as RoleAccess['inline'],
    attached: role.attached,
    boundary: role.permissionsBoundary,
  };
}

/** `access` so that equal ones are equal values. */
function meaningOf({ trust, inline, attached, boundary }: RoleAccess) {
  const documents = Object.entries(inline).map(([name, document]) => [name, normalisePolicy(document)]);
  return {
    trust: normalisePolicy(trust),
    inline: Object.fromEntries(documents),
    attached: [...attached].sort(),
    boundary,
  };
}

function policy(...statements: readonly (readonly ['Allow' | 'Deny', readonly string[], readonly string[]])[]) {
  return {
    Version: '2012-10-17',
    Statement: statements.map(([Effect, Action, Resource]) => ({ Effect, Action, Resource })),
  };
}
