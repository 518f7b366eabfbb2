import { readdir, readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { generateJsonSchema } from '../../../scripts/generate-json-schema.ts';
import { parseManifests } from '../../../src/cli/parse-manifests.ts';
import { badInput, manifestText, manifestWith, VALID_SPEC } from '../../cases/bad-input.ts';

const ROOT = new URL('../../../', import.meta.url);
const isValid = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(generateJsonSchema()));

/** Rows of the bad-input table that the schema takes, and why JSON Schema cannot refuse them. */
const BEYOND_JSON_SCHEMA: Readonly<Record<string, string>> = {
  'kind of subject changed later': 'a schema sees one version of the object',
  'role name set later': 'a schema sees one version of the object',
  'role name removed later': 'a schema sees one version of the object',
  'two grants of one name': 'items of a list cannot be compared by a field',
  'session shorter than an hour': 'durations cannot be counted',
  'session longer than twelve hours': 'durations cannot be counted',
};

/** The problems that ajv has with `manifest`; empty when it is valid. */
function problems(manifest: unknown): string[] {
  return isValid(manifest)
    ? []
    : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function manifestOf(text: string): unknown {
  return parseManifests('', text).manifests[0]?.object;
}

function withSpec(spec: unknown) {
  return { apiVersion: 'appaccess.dev/v1alpha1', kind: 'AppAccess', metadata: { name: 'uploader' }, spec };
}

describe('the JSON schema of the manifests accepts', async () => {
  const examples = await readdir(new URL('examples/', ROOT));
  test.each(examples)('example %s', async (name) => {
    const documents = loadAll(await readFile(new URL(`examples/${name}`, ROOT), 'utf8')) as { kind: string }[];
    expect(documents.filter(({ kind }) => kind === 'AppAccess').map(problems)).toEqual([[]]);
  });

  const cases = await readdir(new URL('test/cases/policy/', ROOT));
  test.each(cases)('the spec of case %s', async (name) => {
    const { spec } = JSON.parse(await readFile(new URL(`test/cases/policy/${name}`, ROOT), 'utf8'));
    expect(problems(withSpec(spec))).toEqual([]);
  });

  const taken = badInput.filter(({ refusedBy }) => refusedBy === 'compile' || refusedBy === 'condition');
  test.each(taken.map((row) => [row.title, row] as const))('what the CRD accepts as well: %s', (_title, row) => {
    expect(problems(manifestOf(manifestText(row)))).toEqual([]);
  });

  test('what a row of bad input starts from, and what the API server adds to it', () => {
    const manifest = manifestOf(manifestWith(VALID_SPEC)) as { metadata: object };
    const read = {
      ...manifest,
      metadata: { ...manifest.metadata, namespace: 'billing', uid: 'a', generation: 1, managedFields: [] },
      status: { observedGeneration: 1 },
    };
    expect([problems(manifest), problems(read)]).toEqual([[], []]);
  });
});

describe('the JSON schema of the manifests refuses', () => {
  const rows = badInput.filter(
    ({ refusedBy, title }) => refusedBy === 'CRD' && !Object.hasOwn(BEYOND_JSON_SCHEMA, title),
  );
  test.each(rows.map((row) => [row.title, row] as const))('%s', (_title, row) => {
    expect(problems(manifestOf(manifestText(row)))).not.toEqual([]);
  });

  test('an object of another kind or version', () => {
    const other = { ...withSpec({ subject: { ec2: {} } }), apiVersion: 'appaccess.dev/v1', kind: 'Access' };
    expect(problems(other)).toEqual(expect.arrayContaining([expect.stringContaining('/apiVersion')]));
    expect(problems(other)).toEqual(expect.arrayContaining([expect.stringContaining('/kind')]));
  });
});

test('the rows of bad input that JSON Schema cannot refuse are there, and are not refused', () => {
  const rows = badInput.filter(({ title }) => Object.hasOwn(BEYOND_JSON_SCHEMA, title));
  const refused = rows.filter((row) => problems(manifestOf(manifestText(row))).length > 0);
  expect(rows.map(({ title }) => title).sort()).toEqual(Object.keys(BEYOND_JSON_SCHEMA).sort());
  expect(refused).toEqual([]);
});
