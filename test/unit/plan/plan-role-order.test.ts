import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../../../src/plan/actions.ts';
import { planRoleChange } from '../../../src/plan/plan-role.ts';
import { boundaryTag } from '../../../src/policy/boundary-tag.ts';
import type { DesiredRole, PolicyDocument, PolicyStatement } from '../../../src/policy/types.ts';
import { grantsOf, type RoleAccess, universeOf } from '../../support/access-model.ts';
import { desiredRole, OWNER_TAGS, observedRole } from '../../support/builders.ts';

/** What each boundary lets through; they overlap, and none holds another. */
const BOUNDARIES = { one: ['s3:A', 's3:B'], two: ['s3:B', 's3:C'], three: ['s3:C', 's3:A'] };

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

const role: fc.Arbitrary<DesiredRole> = fc
  .record({
    trust: documentOf(trustee),
    permissions: documentOf(statement),
    boundary: fc.constantFrom(undefined, 'one', 'two', 'three'),
  })
  .map(({ trust, permissions, boundary }) =>
    desiredRole({
      trust,
      inline: { appaccess: permissions },
      tags: { ...OWNER_TAGS, ...boundaryTag(boundary) },
      ...(boundary === undefined ? {} : { permissionsBoundary: boundary }),
    }),
  );

test('no action of planRoleChange leaves a state that grants what neither the old nor the new one granted', () => {
  fc.assert(
    fc.property(role, role, (before, after) => {
      const states = statesBetween(before, after);
      const universe = universeOf([...states, accessOf(after)]);
      const right = [before, after].flatMap((one) => grantsOf(accessOf(one), universe, BOUNDARIES));
      for (const state of states) {
        const excess = grantsOf(state, universe, BOUNDARIES).filter((grant) => !right.includes(grant));
        expect(excess).toEqual([]);
      }
    }),
    { numRuns: 3000 },
  );
});

test('the actions of planRoleChange end in the new state', () => {
  fc.assert(
    fc.property(role, role, (before, after) => {
      const last = statesBetween(before, after).at(-1);
      const universe = universeOf([accessOf(before), accessOf(after)]);
      const granted = last && grantsOf(last, universe, BOUNDARIES);
      expect(granted).toEqual(grantsOf(accessOf(after), universe, BOUNDARIES));
      expect(last?.boundary).toBe(after.permissionsBoundary);
    }),
  );
});

/** The old state and that after each action. */
function statesBetween(before: DesiredRole, after: DesiredRole): readonly RoleAccess[] {
  const { trust, inline, tags, permissionsBoundary } = before;
  const observed = observedRole({
    trust,
    inline,
    tags,
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
  });
  const { managed } = planRoleChange(after, observed, { permissionsBoundary, tagKeys: [], policyArns: [] });
  const states = [accessOf(before)];
  for (const action of managed) states.push(applied(action, states.at(-1) ?? accessOf(before)));
  return states;
}

function applied(action: Action, access: RoleAccess): RoleAccess {
  switch (action.kind) {
    case 'UpdateTrustPolicy':
      return { ...access, trust: action.document };
    case 'PutInlinePolicy':
      return { ...access, inline: { ...access.inline, [action.policyName]: action.document } };
    case 'DeleteInlinePolicy': {
      const { [action.policyName]: _, ...inline } = access.inline;
      return { ...access, inline };
    }
    case 'PutBoundary':
      return { ...access, boundary: action.policyArn };
    case 'DeleteBoundary':
      return { ...access, boundary: undefined };
    default:
      return access;
  }
}

function accessOf({ trust, inline, permissionsBoundary }: DesiredRole): RoleAccess {
  return { trust, inline, boundary: permissionsBoundary };
}
