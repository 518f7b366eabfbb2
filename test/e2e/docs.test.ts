import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunBlock, readPage } from '../../scripts/page-blocks.ts';
import { firstProblem, runBlocks } from '../../scripts/run-blocks.ts';
import { DEFAULT_DEV_PORTS, type DevPorts, freeDevPorts, startDev, untilUp } from './world/dev-program.ts';
import { realWorld } from './world/real-world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCS = join(ROOT, 'docs');
const PAGE_LIMIT_MS = 100_000;
const { controlPlane, moto } = realWorld();

const names = (await readdir(DOCS)).filter((name) => name.endsWith('.md')).sort();
const pages = await Promise.all(
  names.map(async (name) => ({ name, ...readPage(await readFile(join(DOCS, name), 'utf8')) })),
);

let checkout = '';
let ports: DevPorts;
let dev: ReturnType<typeof startDev>;

beforeEach(async () => {
  checkout = await linkCheckout();
  ports = await freeDevPorts();
  dev = startDev(checkout, ports);
  await untilUp(dev);
});

afterEach(async () => {
  dev.kill('SIGTERM');
  await dev;
  await rm(checkout, { recursive: true, force: true });
});

describe('every command of the page does what the page says, in a world of its own', () => {
  test.each(pages.filter(({ run }) => run.length > 0))('$name', async ({ run }) => {
    const blocks = [SOURCE_ENV, ...run.map(withOwnPorts)];
    const outcomes = await runBlocks(blocks, { cwd: checkout, env: environment(), timeoutMs: PAGE_LIMIT_MS });
    expect(firstProblem(blocks, outcomes)).toBeUndefined();
  });
});

/** What docs/README.md tells everybody to do first. */
const SOURCE_ENV: RunBlock = { line: 0, script: '. .appaccess/env\n', exitCode: 0, onCluster: false };

/** The pages name the ports that `npm start` takes; here it has others. */
function withOwnPorts(block: RunBlock): RunBlock {
  const script = (['kube', 'aws', 'metrics', 'health'] as const).reduce(
    (text, what) => text.replaceAll(`:${DEFAULT_DEV_PORTS[what]}`, `:${ports[what]}`),
    block.script,
  );
  return { ...block, script };
}

/** A folder that looks like the checkout, so that what pages write does not land in it. */
async function linkCheckout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'appaccess-docs-'));
  const entries = (await readdir(ROOT)).filter((entry) => !['.git', '.appaccess'].includes(entry));
  await Promise.all(entries.map((entry) => symlink(join(ROOT, entry), join(folder, entry))));
  return folder;
}

function environment(): NodeJS.ProcessEnv {
  const { PATH = '', ...inherited } = process.env;
  return {
    ...inherited,
    PATH: [dirname(controlPlane.kubectl), dirname(moto.aws), PATH].join(':'),
    KUBECACHEDIR: join(checkout, '.appaccess', 'cache'),
    CLUSTER_KUBECONFIG: controlPlane.kubeconfigPath,
    AWS_PAGER: '',
    AWS_CONFIG_FILE: join(checkout, 'no-such-file'),
    AWS_SHARED_CREDENTIALS_FILE: join(checkout, 'no-such-file'),
  };
}
