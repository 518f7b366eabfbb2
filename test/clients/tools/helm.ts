import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { until } from '../../e2e/world/until.ts';
import { type ClientsWorld, NAMESPACE, TOOL_TIMEOUT } from '../world/clients-world.ts';
import type { Delivery, Manifest, Tool } from './tool.ts';

/** `helm install --wait`, `helm upgrade --wait` and `helm uninstall --wait` of a chart that holds the manifest. */
export function helmTool(world: ClientsWorld): Tool {
  const home = join(world.folder, 'helm');
  const installed = new Set<string>();
  const started: AbortController[] = [];

  const run = (name: string, args: readonly string[]): Delivery => {
    const stop = new AbortController();
    started.push(stop);
    const common = ['--namespace', NAMESPACE, '--wait', '--timeout', TOOL_TIMEOUT, '--debug'];
    const process_ = execa(world.clients.helm, [...args, ...common], {
      env: { KUBECONFIG: world.controlPlane.kubeconfigPath, ...homes(home) },
      cancelSignal: stop.signal,
      reject: false,
    });
    let log = '';
    process_.stderr.on('data', (data) => {
      log += data;
    });
    let ended = false;
    const verdict = process_.then(({ exitCode, stderr }) => {
      ended = true;
      return { outcome: exitCode === 0 ? ('Ready' as const) : ('Failed' as const), message: userText(stderr) };
    });
    return {
      verdict,
      async waitsOn() {
        const before = looks(log, name);
        await world.kubectl('annotate', 'appaccess', name, `example.com/look=${before}`, '--overwrite');
        await until(
          `helm looks at ${name} again`,
          async () => {
            if (ended) throw new Error(`helm has ended:\n${log}`);
            return looks(log, name) > before ? true : undefined;
          },
          { timeoutMs: 60_000, explain: async () => log },
        );
      },
    };
  };

  return {
    name: 'helm',
    async deliver(manifest) {
      const { name } = manifest.metadata;
      const chart = await writeChart(home, manifest);
      const verb = installed.has(name) ? 'upgrade' : 'install';
      installed.add(name);
      return run(name, [verb, name, chart]);
    },
    async remove(name) {
      return run(name, ['uninstall', name]);
    },
    async stop() {
      for (const stop of started) stop.abort();
    },
  };
}

/** How often helm has said that it looked at the object and goes on waiting. */
function looks(log: string, name: string): number {
  return log.split('\n').filter((line) => line.includes('waiting for resource"') && line.includes(`name=${name} `))
    .length;
}

/** Without the lines of `--debug`. */
function userText(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/level=(DEBUG|INFO)/.test(line))
    .join('\n');
}

async function writeChart(home: string, manifest: Manifest): Promise<string> {
  const { name } = manifest.metadata;
  const chart = join(home, 'charts', name);
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), JSON.stringify({ apiVersion: 'v2', name, version: '0.1.0' }));
  await writeFile(join(chart, 'templates', 'app-access.yaml'), JSON.stringify(manifest)); // JSON is YAML
  return chart;
}

function homes(home: string): Record<string, string> {
  return { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
}
