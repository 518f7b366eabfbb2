import type { TestProject } from 'vitest/node';
import { startControlPlane } from './world/control-plane.ts';
import { startMoto } from './world/moto.ts';
import type {} from './world/real-world.ts'; // declares what is provided

/** Starts the real world once, before the first e2e file, and returns what stops it after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop: stopMoto, ...moto } = await timed('moto', () => startMoto(report));
  try {
    const { stop: stopControlPlane, ...running } = await timed('kube-apiserver', () => startControlPlane(report));
    const { restartApiServer: _, compactEtcd: __, ...controlPlane } = running; // functions cannot be handed over
    project.provide('moto', moto);
    project.provide('controlPlane', controlPlane);
    return async () => {
      await Promise.all([stopMoto(), stopControlPlane()]);
    };
  } catch (error) {
    await stopMoto();
    throw error;
  }
}

async function timed<T extends { readonly url: string }>(what: string, start: () => Promise<T>): Promise<T> {
  const startedMs = Date.now();
  const started = await start();
  report(`${what} answers at ${started.url} after ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  return started;
}

function report(line: string): void {
  console.log(`[e2e] ${line}`);
}
