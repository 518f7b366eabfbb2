import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { validateAppAccess } from '../../../src/api/validate-app-access.ts';
import { badInput, manifestText, manifestWith, VALID_SPEC } from '../../cases/bad-input.ts';

/** The manifest with `spec` as it stands in a cluster, defaults filled in. */
function applied(spec: string) {
  const parsed = parseAppAccess(load(manifestWith(spec)), { namespace: 'default' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.appAccess;
}

test('the manifest that the rows of bad input start from is valid', () => {
  expect(validateAppAccess(applied(VALID_SPEC))).toEqual([]);
});

describe('parseAppAccess or an update refuses with the field and the remedy', () => {
  const rows = badInput.filter(({ refusedBy }) => refusedBy === 'CRD');
  test.each(rows.map((row) => [row.title, row] as const))('%s', (_title, row) => {
    const object = load(manifestText(row));
    const parsed = parseAppAccess(object, { namespace: 'default' });
    const problems =
      row.was === undefined ? (parsed.ok ? [] : parsed.problems) : validateAppAccess(object, applied(row.was));
    expect(problems).toEqual([{ path: row.path, problem: expect.stringContaining(row.message) }]);
  });
});

describe('parseAppAccess accepts what only the compiler or the world can refuse', () => {
  const rows = badInput.filter(({ refusedBy }) => refusedBy === 'compile' || refusedBy === 'condition');
  test.each(rows.map((row) => [row.title, row] as const))('%s', (_title, row) => {
    expect(parseAppAccess(load(manifestText(row)), { namespace: 'default' })).toMatchObject({ ok: true });
  });
});

test('validateAppAccess asks the rules for updates only when there is an old object', () => {
  const object = applied('role: {name: uploader}');
  expect(validateAppAccess(object)).toEqual([]);
  expect(validateAppAccess(object, applied(VALID_SPEC))).toEqual([
    { path: 'spec.role.name', problem: expect.stringContaining('cannot be set, changed or removed') },
  ]);
});

test('validateAppAccess finds every problem at once, and tells them in the order of the fields', () => {
  const object = load(
    manifestWith(`subject: {lambda: {functionName: 7}, lamda: {}}
grants: [{s3: {prefix: uploads, access: [Reed]}}, {sqs: {queue: "a b", access: [Send]}, kms: {}}]
suspend: 1
colour: red`),
  );
  expect(validateAppAccess(object).map(({ path }) => path)).toEqual([
    'spec.subject.lambda.functionName',
    'spec.subject.lamda',
    'spec.grants[0].s3.prefix',
    'spec.grants[0].s3.access[0]',
    'spec.grants[0].s3.bucket',
    'spec.grants[1].sqs.queue',
    'spec.grants[1].kms.key',
    'spec.suspend',
    'spec.colour',
  ]);
});

test('validateAppAccess counts characters, not the units that JavaScript stores them in', () => {
  const spec = (length: number) =>
    `grants: [{sqs: {queue: jobs, access: [Send], conditions: {StringLike: {"aws:x": ["${'🙂'.repeat(length)}"]}}}}]`;
  expect(validateAppAccess(applied(spec(1024)))).toEqual([]);
  expect(() => applied(spec(1025))).toThrow('must have at most 1024 characters, has 1025');
});

test('validateAppAccess does not take names of JavaScript for fields', () => {
  const object = load(manifestWith('constructor: {}\n"__proto__": {}'));
  expect(validateAppAccess(object).map(({ path }) => path)).toEqual(['spec.constructor', 'spec.__proto__']);
});

test('validateAppAccess says only that a list is too long, and does not look into it', () => {
  const object = load(manifestWith('grants: []'));
  const grants = Array.from({ length: 100_000 }, () => ({ unknown: 1 }));
  expect(validateAppAccess({ ...(object as object), spec: { subject: { ec2: {} }, grants } })).toEqual([
    { path: 'spec.grants', problem: 'must have at most 50 items, has 100000' },
  ]);
});
