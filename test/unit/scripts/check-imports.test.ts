import { describe, expect, test } from 'vitest';
import { checkImports } from '../../../scripts/check-imports.ts';

/** Offences of a tree given as path to text. */
function offencesOf(tree: Readonly<Record<string, string>>): readonly string[] {
  return checkImports(new Map(Object.entries(tree))).offences;
}

describe('checkImports', () => {
  test('accepts imports that point downwards and counts what it saw', () => {
    const tree = {
      'src/main.ts': "import { run } from './cli/run.ts';",
      'src/cli/run.ts': "import { IAMClient } from '@aws-sdk/client-iam'; const dev = await import('../dev/world.ts');",
      'src/dev/world.ts': "export { plan } from '../plan/plan.ts'; export const home = process.env.HOME;",
      'src/plan/plan.ts': "import type { Access } from '../api/access.ts';",
      'src/api/access.ts': "import { Type } from 'typebox'; import { sha } from '../base/digest.ts';",
      'src/base/digest.ts': "import { createHash } from 'node:crypto';",
    };
    expect(checkImports(new Map(Object.entries(tree)))).toEqual({ files: 6, imports: 8, offences: [] });
  });

  test('sees nothing in an empty tree, which its caller counts as a failure', () => {
    expect(checkImports(new Map())).toEqual({ files: 0, imports: 0, offences: [] });
  });

  test.each([
    ['import type', "import type { Plan } from '../plan/plan.ts';"],
    ['export from', "export type { Plan } from '../plan/plan.ts';"],
    ['export of everything', "export * from '../plan/plan.ts';"],
    ['import for effect', "import '../plan/plan.ts';"],
    ['dynamic import', "const plan = await import('../plan/plan.ts');"],
    ['type made of an import', "let plan: import('../plan/plan.ts').Plan;"],
  ])('refuses an upward %s', (_, source) => {
    const tree = { 'src/api/access.ts': `\n${source}`, 'src/plan/plan.ts': 'export interface Plan {}' };
    expect(offencesOf(tree)).toEqual(['src/api/access.ts:2 imports ../plan/plan.ts: api may import base, not plan']);
  });

  test('refuses an import between two adapters', () => {
    const tree = { 'src/aws/gateway.ts': "import { watch } from '../kube/watch.ts';", 'src/kube/watch.ts': '' };
    expect(offencesOf(tree)).toEqual([
      'src/aws/gateway.ts:1 imports ../kube/watch.ts: aws may import plan, policy, api, base, not kube',
    ]);
  });

  test.each(['runtime', 'kube'])('refuses that %s knows the API', (folder) => {
    const tree = { [`src/${folder}/a.ts`]: "import type { A } from '../api/a.ts';", 'src/api/a.ts': '' };
    expect(offencesOf(tree)).toEqual([`src/${folder}/a.ts:1 imports ../api/a.ts: ${folder} may import base, not api`]);
  });

  test('refuses that dev imports cli, and that anything imports main', () => {
    const tree = { 'src/dev/a.ts': "import '../cli/b.ts';", 'src/cli/b.ts': "import '../main.ts';", 'src/main.ts': '' };
    const below = 'reconcile, dashboard, aws, kube, source, runtime, config, telemetry, plan, policy, api, base';
    expect(offencesOf(tree)).toEqual([
      `src/dev/a.ts:1 imports ../cli/b.ts: dev may import ${below}, not cli`,
      `src/cli/b.ts:1 imports ../main.ts: cli may import dev, ${below}, not main`,
    ]);
  });

  test.each([
    ['policy', '@aws-sdk/client-iam'],
    ['plan', 'node:fs'],
    ['plan', 'typebox'],
    ['api', 'js-yaml'],
    ['base', 'node:fs'],
    ['base', 'pino'],
    ['reconcile', '@aws-sdk/client-iam'],
    ['dashboard', '@kubernetes/client-node'],
    ['reconcile', 'node:process'],
    ['runtime', '@aws-sdk/client-iam'],
    ['kube', '@aws-sdk/client-eks'],
    ['aws', '@kubernetes/client-node'],
  ])('refuses that %s imports %s', (folder, specifier) => {
    expect(offencesOf({ [`src/${folder}/a.ts`]: `import type { X } from '${specifier}';` })).toEqual([
      `src/${folder}/a.ts:1 imports ${specifier}: ${folder} may not use this package or module`,
    ]);
  });

  test.each(['x = process.env.HOME', "x = process['env']", 'x = globalThis.process.env', 'const { env } = process'])(
    'refuses %s in reconcile',
    (statement) => {
      expect(offencesOf({ 'src/reconcile/a.ts': `\n${statement};` })).toEqual([
        'src/reconcile/a.ts:2 reads process.env: reconcile takes values only',
      ]);
    },
  );

  test('reports a cycle with all of its files, type imports included', () => {
    const tree = {
      'src/plan/a.ts': "import { b } from './b.ts';",
      'src/plan/b.ts': "import type { C } from './c.ts';",
      'src/plan/c.ts': "\n\nimport type { A } from './a.ts';",
    };
    const cycle = 'src/plan/a.ts -> src/plan/b.ts -> src/plan/c.ts -> src/plan/a.ts';
    expect(offencesOf(tree)).toEqual([`src/plan/c.ts:3 imports ./a.ts: closes the cycle ${cycle}`]);
  });

  test('counts lines by the text even after characters beyond the basic plane', () => {
    expect(offencesOf({ 'src/plan/a.ts': "const s = '🙂🙂🙂🙂🙂🙂🙂🙂';\nimport 'pino';\n\n\n\n" })).toEqual([
      'src/plan/a.ts:2 imports pino: plan may not use this package or module',
    ]);
  });

  test('refuses a relative import that leads to no file, leaves src, or does not end in .ts', () => {
    const specifiers = ['./gone.ts', '../../package.json', './b', './b.js', '/etc/x.ts'];
    const source = specifiers.map((specifier) => `import '${specifier}';`).join('\n');
    expect(offencesOf({ 'src/plan/a.ts': source, 'src/plan/b.ts': '' })).toEqual([
      'src/plan/a.ts:1 imports ./gone.ts: there is no such file in src',
      'src/plan/a.ts:2 imports ../../package.json: there is no such file in src',
      'src/plan/a.ts:3 imports ./b: a relative import ends in .ts',
      'src/plan/a.ts:4 imports ./b.js: a relative import ends in .ts',
      'src/plan/a.ts:5 imports /etc/x.ts: there is no such file in src',
    ]);
  });

  test('refuses what it cannot follow: a computed path, a folder without a layer, a source that does not parse', () => {
    const tree = { 'src/cli/a.ts': 'await import(name);', 'src/extras/b.ts': '', 'src/cli/c.ts': 'import {' };
    expect(offencesOf(tree)).toEqual([
      'src/cli/a.ts:1 imports a computed path: a path that is computed cannot be checked',
      'src/extras/b.ts:1 lies in extras: scripts/import-layers.ts gives it no layer',
      expect.stringMatching(/^src\/cli\/c\.ts:1 does not parse: /),
    ]);
  });
});
