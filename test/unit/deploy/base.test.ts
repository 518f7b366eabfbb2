import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { parseDockerfile } from '../../../scripts/image/parse-dockerfile.ts';
import { DRAIN_MS } from '../../../src/cli/controller/build-controller.ts';
import { settings, variablesOf } from '../../../src/config/settings.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFile(`${ROOT}${path}`, 'utf8');

const deployment = load(await read('deploy/base/deployment.yaml')) as {
  spec: {
    replicas: number;
    template: {
      spec: {
        terminationGracePeriodSeconds: number;
        securityContext: { runAsUser: number; runAsGroup: number };
        containers: [{ ports: { name: string; containerPort: number }[] }];
      };
    };
  };
};
const pod = deployment.spec.template.spec;

test('the pod gets longer to end than the controller lets its passes run on', () => {
  expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(DRAIN_MS + 10_000);
});

test('the ports of the pod are those where the controller listens unless told otherwise', () => {
  const { ports } = pod.containers[0];
  expect(ports.map(({ name, containerPort }) => [name, `:${containerPort}`])).toEqual([
    ['metrics', settings.metricsAddress.defaultText],
    ['health', settings.healthAddress.defaultText],
  ]);
});

test('the pod runs as the user of the image', async () => {
  const instructions = parseDockerfile(await read('Dockerfile')).flatMap((stage) => stage.instructions);
  const { runAsUser, runAsGroup } = pod.securityContext;
  expect(instructions.find(({ name }) => name === 'USER')?.value).toBe(`${runAsUser}:${runAsGroup}`);
});

test('a drain takes one of two replicas at a time, and would not be held up by a single one', async () => {
  const budget = load(await read('deploy/base/pod-disruption-budget.yaml')) as { spec: Record<string, unknown> };
  expect([deployment.spec.replicas, budget.spec.maxUnavailable, budget.spec.minAvailable]).toEqual([2, 1, undefined]);
});

test('every setting of the base and of the example is one that the controller has', async () => {
  const texts = await Promise.all(['deploy/base/settings.env', 'deploy/example/kustomization.yaml'].map(read));
  const used = texts.flatMap((text) => [...text.matchAll(/\b(APPACCESS_[A-Z_]+)=/g)].map(([, name]) => name ?? ''));
  const known = Object.values(settings).flatMap((setting) => variablesOf(setting));
  expect(used.length).toBeGreaterThan(3);
  expect(used.filter((name) => !known.includes(name))).toEqual([]);
});

test('the image is built on versions that are named', async () => {
  const bases = parseDockerfile(await read('Dockerfile')).map(({ base }) => base);
  expect(bases.filter((base) => !/:[^:]*\w[^:]*$/.test(base) || base.endsWith(':latest'))).toEqual([]);
});
