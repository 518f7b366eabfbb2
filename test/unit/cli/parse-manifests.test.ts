import { describe, expect, test } from 'vitest';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { parseManifests } from '../../../src/cli/parse-manifests.ts';
import { badInput, manifestText } from '../../cases/bad-input.ts';

const HEAD = 'apiVersion: appaccess.dev/v1alpha1\nkind: AppAccess\n';

/** What was read of `text`, the manifests as their objects. */
function read(text: string) {
  const { manifests, problems } = parseManifests('app.yaml', text);
  return { objects: manifests.map(({ object }) => object), problems };
}

function problem(line: number, path: string, text: string) {
  return { file: 'app.yaml', line, path, problem: text };
}

const TEMPLATE = 'is a template; render it first (helm template, kustomize build) and give the result';

test('parseManifests gives every AppAccess of a file with the lines of its fields', () => {
  const { manifests, problems } = parseManifests(
    'app.yaml',
    `# two apps\n---\n${HEAD}metadata:\n  name: a\nspec:\n  grants:\n    - s3:\n        bucket: b\n    - {s3: {bucket: c}}\n---\n${HEAD}metadata: {name: b}\n`,
  );
  expect(problems).toEqual([]);
  expect(manifests.map(({ file, line, object }) => ({ file, line, object }))).toEqual([
    {
      file: 'app.yaml',
      line: 3,
      object: {
        apiVersion: 'appaccess.dev/v1alpha1',
        kind: 'AppAccess',
        metadata: { name: 'a' },
        spec: { grants: [{ s3: { bucket: 'b' } }, { s3: { bucket: 'c' } }] },
      },
    },
    {
      file: 'app.yaml',
      line: 13,
      object: { apiVersion: 'appaccess.dev/v1alpha1', kind: 'AppAccess', metadata: { name: 'b' } },
    },
  ]);
  const paths = [
    'metadata.name',
    'spec.grants[0].s3.bucket',
    'spec.grants[0].s3.prefix',
    'spec.grants[1].s3',
    'spec.x',
  ];
  expect(paths.map((path) => manifests[0]?.lineOf(path))).toEqual([6, 10, 9, 11, 7]);
  expect(manifests[1]?.lineOf('spec.grants')).toBe(13);
});

test('parseManifests gives the line of a key of a map that holds dots and slashes', () => {
  const { manifests } = parseManifests(
    'a.yaml',
    `${HEAD}spec:\n  role:\n    tags:\n      team: shop\n      appaccess.dev/owner: me\n`,
  );
  expect(manifests[0]?.lineOf('spec.role.tags[appaccess.dev/owner]')).toBe(7);
});

test('parseManifests passes over objects of other kinds', () => {
  expect(read(`kind: ConfigMap\ndata: {a: "{{ x }}"}\n---\n${HEAD}`)).toEqual({
    objects: [{ apiVersion: 'appaccess.dev/v1alpha1', kind: 'AppAccess' }],
    problems: [],
  });
});

test('parseManifests takes the items of a List, and their lines', () => {
  const { manifests } = parseManifests(
    'a.yaml',
    'kind: List\nitems:\n- kind: Secret\n- kind: AppAccess\n  spec:\n    a: 1\n',
  );
  expect(manifests.map(({ line, object }) => ({ line, object }))).toEqual([
    { line: 4, object: { kind: 'AppAccess', spec: { a: 1 } } },
  ]);
  expect(manifests[0]?.lineOf('spec.a')).toBe(6);
});

test('parseManifests reads JSON, indented with tabs as well', () => {
  expect(read('{\n\t"kind": "AppAccess",\n\t"spec": {}\n}\n')).toEqual({
    objects: [{ kind: 'AppAccess', spec: {} }],
    problems: [],
  });
});

test('parseManifests refuses what YAML 1.2 reads as a string and kubectl as a boolean or a number', () => {
  const refused = (text: string) =>
    `holds ${text}, which kubectl reads as true, false or a number; put it in quotes, or write true or false`;
  expect(read('kind: AppAccess\na: [yes, "no", 1_000]\non: true\nb: {c: N}\n')).toEqual({
    objects: [],
    problems: [
      problem(2, 'a[0]', refused('yes')),
      problem(2, 'a[2]', refused('1_000')),
      problem(3, 'on', refused('on')),
      problem(4, 'b.c', refused('N')),
    ],
  });
});

test('parseManifests leaves such words alone in objects of other kinds, in quotes, and where they are part of a word', () => {
  expect(
    read('kind: ConfigMap\na: yes\n---\nkind: AppAccess\na: "on"\nb: !!str off\nc: nope\nd: 2026-01-01\n'),
  ).toEqual({
    objects: [{ kind: 'AppAccess', a: 'on', b: 'off', c: 'nope', d: '2026-01-01' }],
    problems: [],
  });
});

test('parseManifests reports every duplicate key and reads the documents beside it', () => {
  expect(read(`${HEAD}metadata:\n  name: a\n  name: b\nkind: X\n---\n${HEAD}`)).toEqual({
    objects: [{ apiVersion: 'appaccess.dev/v1alpha1', kind: 'AppAccess' }],
    problems: [
      problem(5, 'metadata.name', 'stands here for the second time; keep one of them'),
      problem(6, 'kind', 'stands here for the second time; keep one of them'),
    ],
  });
});

test('parseManifests reports each broken document of a file with its line', () => {
  expect(read(`${HEAD}spec:\n\tsuspend: true\n---\n${HEAD}spec: [\n---\nkind: "AppAccess\n`).problems).toEqual([
    problem(4, '', 'is indented with a tab, which YAML does not allow; use spaces'),
    problem(8, '', 'is not valid YAML: unexpected end of the stream within a flow collection'),
    problem(10, '', 'is not valid YAML: deficient indentation'),
  ]);
});

test.each([
  ['as a whole value', `${HEAD}spec:\n  suspend: {{ .Values.suspend }}\n`, 'spec.suspend'],
  ['as part of a value', `${HEAD}spec:\n  suspend: {{ .Values.suspend }}/\n`, ''],
  ['inside quotes', `${HEAD}spec:\n  suspend: "{{ .Values.suspend }}"\n`, 'spec.suspend'],
  ['as a control line', `${HEAD}spec:\n{{- if .Values.suspend }}\n  suspend: true\n{{- end }}\n`, ''],
])('parseManifests says of a template %s that it must be rendered first', (_where, text, path) => {
  expect(read(text)).toEqual({ objects: [], problems: [problem(4, path, TEMPLATE)] });
});

test('parseManifests expands anchors and aliases', () => {
  expect(read('kind: AppAccess\na: &x [1, {b: 2}]\nc: *x\n')).toEqual({
    objects: [{ kind: 'AppAccess', a: [1, { b: 2 }], c: [1, { b: 2 }] }],
    problems: [],
  });
});

test('parseManifests refuses an alias bomb at the alias that goes too far, without expanding it', () => {
  const lines = ['kind: AppAccess', 'a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [name, below] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair])) {
    lines.push(`${name}: &${name} [${Array(10).fill(`*${below}`).join(', ')}]`);
  }
  const { objects, problems } = read(`${lines.join('\n')}\n`);
  expect(objects).toEqual([]);
  expect(problems).toEqual([
    problem(5, 'd[7]', '*c makes the aliases of this document stand for more than 10000 values; write the values out'),
  ]);
});

test('parseManifests refuses an alias to the value that holds it', () => {
  expect(read('kind: AppAccess\na: &a [*a]\n').problems).toEqual([
    problem(2, 'a[0]', '*a names no anchor that ends before it; write the value out'),
  ]);
});

test('parseManifests refuses custom tags and takes those of the core schema', () => {
  expect(read('kind: AppAccess\na: !!str 1\nb: !vault x\nc: !!binary aGk=\n').problems).toEqual([
    problem(3, 'b', 'has the tag !vault, which Kubernetes does not know; write the plain value'),
    problem(4, 'c', 'has the tag !!binary, which Kubernetes does not know; write the plain value'),
  ]);
});

test('parseManifests refuses merge keys and keys that are no strings', () => {
  expect(read('kind: AppAccess\na: &x {b: 1}\nc:\n  <<: *x\n? [d]\n: 1\n').problems).toEqual([
    problem(4, 'c[<<]', 'is a merge key, which YAML 1.2 does not have; write the fields out'),
    problem(5, '', 'has a key that is no string; write the key out'),
  ]);
});

test.each([
  ['an empty file', ''],
  ['a file of comments', '# nothing\n'],
  ['a file of empty documents', '---\n---\n'],
])('parseManifests says of %s that it holds no document', (_what, text) => {
  expect(read(text)).toEqual({ objects: [], problems: [problem(1, '', 'holds no document')] });
});

test('parseManifests refuses documents that are no mapping or have no kind', () => {
  expect(read('- a\n---\njust words\n---\nspec: {}\n').problems).toEqual([
    problem(1, '', 'must be a mapping with apiVersion, kind, metadata and spec'),
    problem(3, '', 'must be a mapping with apiVersion, kind, metadata and spec'),
    problem(5, '', 'has no kind; an AppAccess starts with apiVersion and kind'),
  ]);
});

test('parseManifests stops at a nesting of more than 100 levels', () => {
  expect(read(`kind: AppAccess\na: ${'['.repeat(200)}${']'.repeat(200)}\n`).problems).toEqual([
    problem(2, '', 'is not valid YAML: nesting exceeded maxDepth (100)'),
  ]);
});

describe('a file is refused with the field and the remedy before there is an object', () => {
  const rows = badInput.filter(({ refusedBy }) => refusedBy === 'lint');
  test.each(rows.map((row) => [row.title, row] as const))('%s', (_title, row) => {
    const { manifests, problems } = parseManifests('app.yaml', manifestText(row));
    const found = manifests.flatMap(({ object }) => {
      const parsed = parseAppAccess(object, { namespace: 'default' });
      return parsed.ok ? [] : parsed.problems;
    });
    expect([...problems, ...found].map(({ path, problem }) => ({ path, problem }))).toEqual([
      { path: row.path, problem: expect.stringContaining(row.message) },
    ]);
  });
});
