import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type EmbeddedKube, startKubeServer } from '../../src/dev/kube/start-kube-server.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import type { KubeObject } from '../../src/kube/kube-object.ts';
import { plainConnection } from '../support/plain-connection.ts';

const ROOT = new URL('../../', import.meta.url);
const WIDGETS = { group: 'example.dev', version: 'v1', plural: 'widgets', namespace: 'default' };
const signal = AbortSignal.timeout(50_000);

let folder: string;
let kube: EmbeddedKube;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runtime-page-'));
  kube = await startKubeServer({ port: 0, crds: [WIDGET_CRD], validate: () => [], clock: systemClock });
});
afterEach(async () => {
  await kube.stop();
  await rm(folder, { recursive: true });
});

test('the program on the page about the runtime is well typed, reconciles, and gives up its lease when told to stop', async () => {
  const file = await writeProgram();
  await execa('npx', ['tsc', '--project', file.project], { cwd: fileURLToPath(ROOT) });
  const connection = plainConnection(kube.url);
  const client = new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'test' });
  const widget = { apiVersion: 'example.dev/v1', kind: 'Widget', metadata: { name: 'one' }, spec: { side: 3 } };
  await client.create(WIDGETS, widget, signal);
  const program = execa(process.execPath, [file.program], { env: { KUBECONFIG: file.kubeconfig } });
  const areas: (number | undefined)[] = [];
  for await (const event of client.watch<WidgetObject>(WIDGETS, { sendInitialEvents: true }, signal)) {
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') continue;
    areas.push(event.object.status?.area);
    if (areas.at(-1) !== undefined) break;
  }
  program.kill('SIGTERM');
  expect(await program).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  expect(areas.at(-1)).toBe(9);
  expect(kube.objects('leases')).toMatchObject([{ metadata: { name: 'widgets' }, spec: { holderIdentity: '' } }]);
  await connection.close();
});

interface WidgetObject extends KubeObject {
  readonly status?: { readonly area: number };
}

/** The first program of the page as a file outside of the repository, with what it takes to check and to run it. */
async function writeProgram(): Promise<{ program: string; project: string; kubeconfig: string }> {
  const page = await readFile(new URL('docs/runtime.md', ROOT), 'utf8');
  const [, text = ''] = /^```ts\n([\s\S]*?)^```/m.exec(page) ?? [];
  const write = async (name: string, content: string) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const here = fileURLToPath(ROOT);
  const program = await write('program.mts', text.replaceAll("'../src/", `'${here}src/`));
  const types = { typeRoots: [join(here, 'node_modules', '@types')], types: ['node'] };
  const config = {
    extends: join(here, 'tsconfig.json'),
    compilerOptions: types,
    include: [program], // and what it imports: the runtime stands alone
  };
  const cluster = { name: 'one', cluster: { server: kube.url } };
  const context = { name: 'one', context: { cluster: 'one', user: 'one' } };
  const kubeconfig = { 'current-context': 'one', contexts: [context], clusters: [cluster], users: [{ name: 'one' }] };
  return {
    program,
    project: await write('tsconfig.json', JSON.stringify(config)),
    kubeconfig: await write('kubeconfig', JSON.stringify(kubeconfig)),
  };
}

const WIDGET_CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.dev' },
  spec: {
    group: 'example.dev',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { side: { type: 'integer' } } },
              status: { type: 'object', properties: { area: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};
