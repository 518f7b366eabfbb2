import { defineConfig } from 'vitest/config';
import { seedOf } from './test/chaos/schedule/seed.ts';

const project = (name: string, timeoutMs: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('contract', 30_000),
      project('integration', 60_000),
      // One file after another: they share one control plane and one moto, and the machines have two cores.
      {
        test: {
          ...project('e2e', 120_000).test,
          fileParallelism: false,
          globalSetup: ['test/e2e/global-setup.ts'],
        },
      },
      // Seeded faults; each file with a real world starts its own, for it breaks it.
      {
        test: {
          ...project('chaos', 480_000).test,
          fileParallelism: false,
          env: { CHAOS_SEED: String(seedOf(process.env)) }, // one for all files, so that one number brings back a run
        },
      },
      // Tools of other projects over that world, which it takes minutes to build.
      {
        test: {
          ...project('clients', 300_000).test,
          fileParallelism: false,
          globalSetup: ['test/e2e/global-setup.ts'],
        },
      },
    ],
  },
});
