import { readFile, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generateManifestDoc } from '../../../scripts/generate-manifest-doc.ts';
import { annotatedManifest } from '../../../scripts/manifest-doc/annotated-manifest.ts';
import { appAccessStructure } from '../../../src/api/app-access-structure.ts';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import type { StructuralSchema } from '../../../src/api/structural-schema.ts';
import { parseManifests } from '../../../src/cli/parse-manifests.ts';
import { compileAccess } from '../../../src/policy/compile-access.ts';

const DOCS = new URL('../../../docs/', import.meta.url);
const SETTINGS = { partition: 'aws', accountId: '111122223333', region: 'eu-west-1', clusterName: 'main' };
const page = generateManifestDoc();
const spec = appAccessStructure.properties?.spec;

/** Paths of the fields that stand in a manifest with names of their own, grants and what grants share apart. */
function pathsOf(schema: StructuralSchema | undefined, path: string): string[] {
  return Object.entries(schema?.properties ?? {}).flatMap(([name, field]) => [
    `${path}.${name}`,
    ...pathsOf(field, `${path}.${name}`),
  ]);
}

test('the complete manifest of the reference compiles', () => {
  const parsed = parseAppAccess(parseManifests('', annotatedManifest).manifests[0]?.object, { namespace: 'default' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(compileAccess(parsed.appAccess, SETTINGS)).toMatchObject({ ok: true });
});

test('the complete manifest of the reference has every field of spec, role and drift', () => {
  const { object } = parseManifests('', annotatedManifest).manifests[0] ?? {};
  const { spec: given } = object as { spec: Record<string, object> };
  const fields = spec?.properties ?? {};
  expect(Object.keys(given).sort()).toEqual(Object.keys(fields).sort());
  expect(Object.keys(given.role ?? {}).sort()).toEqual(Object.keys(fields.role?.properties ?? {}).sort());
  expect(Object.keys(given.drift ?? {}).sort()).toEqual(Object.keys(fields.drift?.properties ?? {}).sort());
});

test('the reference has a section for every field of the spec and every kind of grant, and names each field of it', () => {
  const grants = Object.entries(spec?.properties?.grants?.items?.properties ?? {});
  const paths = [...pathsOf(spec, 'spec'), ...grants.map(([kind]) => `spec.grants[].${kind}`)];
  expect(paths.filter((path) => !page.includes(`# ${path}\n`))).toEqual([]);
  const unnamed = grants.flatMap(([kind, { properties = {} }]) => {
    const [, section = ''] = page.split(`\n### spec.grants[].${kind}\n`);
    const [own = ''] = section.split('\n### ');
    return Object.keys(properties).filter(
      (field) => !own.includes(`.${kind}.${field}\n`) && !own.includes(`\`${field}\``),
    );
  });
  expect(unnamed).toEqual([]);
});

test('the reference shows bounds, default, rules and what cannot be changed', () => {
  expect(page).toContain('### spec.drift.mode\n\nstring, optional, of `Repair`, `Report`, default `Repair`.\n');
  expect(page).toContain("\n* must end in '/': without it 'uploads' would also match 'uploads-secret'\n");
  expect(page).toContain('\n* role.name cannot be set, changed or removed on an existing AppAccess');
  expect(page).toContain('#### spec.grants[].s3.bucket\n\nstring, required, 3 to 63 characters.\n');
});

test('the links of the reference lead somewhere', async () => {
  const links = [...page.matchAll(/\]\(([\w-]*\.md)?(?:#([\w-]+))?\)/g)];
  const grantsPage = await readFile(new URL('grants.md', DOCS), 'utf8');
  for (const [, file, anchor] of links) {
    if (file !== undefined) expect((await stat(new URL(file, DOCS))).isFile()).toBe(true);
    if (anchor === undefined) continue;
    const headings = [...(file === undefined ? page : grantsPage).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text);
    expect(headings.map((text) => text.toLowerCase().replaceAll(' ', '-'))).toContain(anchor);
  }
  expect(links.length).toBeGreaterThan(12);
});
