import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inFieldOrder } from '../../../src/api/field-order.ts';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { compileAccess } from '../../../src/policy/compile-access.ts';
import { appAccess } from '../../support/builders.ts';

const problem = (path: string, text = 'x') => ({ path, problem: text });

test('problems stand in the order of their fields, whatever order they were found in', () => {
  const object = {
    kind: 'AppAccess',
    spec: {
      role: { tags: { zone: 'a', 'cost centre': 'b', 'a[0].b': 'c', a: 'd', x: 'e', ab: 'f' }, name: 'x' },
      grants: Array.from({ length: 12 }, () => ({ s3: { bucket: 'x' } })),
    },
  };
  const ordered = [
    '',
    'kind',
    'spec',
    'spec.role',
    'spec.role.tags.zone',
    'spec.role.tags[cost centre]',
    'spec.role.tags[a[0].b]',
    'spec.role.tags.a',
    'spec.role.tags.x',
    'spec.role.tags.ab',
    'spec.role.name',
    'spec.grants',
    'spec.grants[0].s3',
    'spec.grants[0].s3.bucket',
    'spec.grants[0].s3.access',
    'spec.grants[2]',
    'spec.grants[11].s3.bucket',
    'spec.subject',
    'status',
  ].map((path) => problem(path));
  fc.assert(
    fc.property(fc.shuffledSubarray(ordered, { minLength: ordered.length }), (shuffled) => {
      expect(inFieldOrder(shuffled, object)).toEqual(ordered);
    }),
  );
});

test('problems of one field keep their order', () => {
  const two = [problem('spec.a', 'first'), problem('spec.a', 'second')];
  expect(inFieldOrder(two, { spec: { a: 1 } })).toEqual(two);
});

test('what a schema and what a rule refuses are told in one order', () => {
  const { metadata, apiVersion, kind, spec } = appAccess();
  const wrong = {
    grants: [{ s3: { bucket: 'X', access: ['Get'] } }, { sqs: { queue: 1, access: ['Send'] } }],
    expire: 1,
    subject: {},
  };
  const parsed = parseAppAccess({
    spec: { ...wrong, drift: spec.drift },
    apiVersion,
    kind,
    metadata: { ...metadata, name: 1 },
  });
  expect(!parsed.ok && parsed.problems.map(({ path }) => path)).toEqual([
    'spec.grants[0].s3.bucket',
    'spec.grants[1].sqs.queue',
    'spec.expire',
    'spec.subject',
    'metadata.name',
  ]);
});

test('what the compiler refuses is told in the order of the manifest', () => {
  const managed = { managedPolicy: { arn: 'arn:aws-cn:iam::aws:policy/ReadOnlyAccess' } };
  const nothing = { statement: { effect: 'Allow' as const, actions: ['s3:Nothing'], resources: ['*'] } };
  const { spec, ...object } = appAccess({ spec: { grants: [managed, nothing, managed] } });
  const role = { permissionsBoundary: 'arn:aws-cn:iam::aws:policy/ReadOnlyAccess' };
  const settings = { partition: 'aws', accountId: '111122223333', region: 'eu-west-1', clusterName: 'demo' };
  const compiled = compileAccess({ ...object, spec: { role, ...spec } }, settings);
  expect(!compiled.ok && compiled.problems.map(({ path }) => path)).toEqual([
    'spec.role.permissionsBoundary',
    'spec.grants[0].managedPolicy.arn',
    'spec.grants[1].statement.actions[0]',
    'spec.grants[2].managedPolicy.arn',
  ]);
});
