import { execa } from 'execa';
import { runKubectl } from '../../e2e/world/commands.ts';
import { type ClientsWorld, NAMESPACE, TOOL_TIMEOUT } from '../world/clients-world.ts';
import type { Delivery, Tool, Verdict } from './tool.ts';

/**
 * `kubectl apply`, then `kubectl wait` for Ready and for Stalled at the same time: kubectl knows no failure, so whoever
 * wants to end early asks for both, and the one that comes first is its verdict.
 */
export function kubectlTool(world: ClientsWorld): Tool {
  const started: AbortController[] = [];

  const wait = (name: string, conditions: readonly string[]): Delivery => {
    const stop = new AbortController();
    started.push(stop);
    let ended = false;
    const waits = conditions.map((condition) => runWait(world, name, condition, stop.signal));
    const verdict = Promise.race(waits).finally(() => {
      ended = true;
      stop.abort();
    });
    return {
      verdict,
      async waitsOn() {
        for (const condition of conditions) {
          const { exitCode } = await runKubectl(world.controlPlane, waitArgs(name, condition, '0'));
          if (ended || exitCode === 0) throw new Error(`kubectl wait --for=${condition} has ended`);
        }
      },
    };
  };

  return {
    name: 'kubectl',
    async deliver(manifest) {
      await world.apply(manifest);
      return wait(manifest.metadata.name, ['condition=Ready', 'condition=Stalled']);
    },
    async remove(name) {
      await world.kubectl('delete', 'appaccess', name, '--wait=false');
      return wait(name, ['delete']);
    },
    async stop() {
      for (const stop of started) stop.abort();
    },
  };
}

function waitArgs(name: string, condition: string, timeout: string): string[] {
  return ['wait', `--for=${condition}`, `appaccess/${name}`, `--timeout=${timeout}`, '--namespace', NAMESPACE];
}

async function runWait(
  { controlPlane }: ClientsWorld,
  name: string,
  condition: string,
  signal: AbortSignal,
): Promise<Verdict> {
  const env = { KUBECONFIG: controlPlane.kubeconfigPath };
  const args = waitArgs(name, condition, TOOL_TIMEOUT);
  const { all } = await execa(controlPlane.kubectl, args, { env, cancelSignal: signal, all: true, reject: false });
  const outcome = condition === 'condition=Stalled' ? 'Failed' : 'Ready';
  if (!all.includes('met') && !all.includes('deleted')) return { outcome: 'Failed', message: all };
  return { outcome, message: await messageOf(controlPlane, name) };
}

/** What a person asks for next. */
async function messageOf(controlPlane: ClientsWorld['controlPlane'], name: string): Promise<string> {
  const template = 'jsonpath={.status.conditions[?(@.type=="Ready")].message}';
  const args = ['get', 'appaccess', name, '--ignore-not-found', '--namespace', NAMESPACE, '-o', template];
  return (await runKubectl(controlPlane, args)).stdout;
}
