import { join } from 'node:path';
import type { Condition } from '../../../src/api/status-schema.ts';
import { readAuditEvents } from '../../e2e/world/audit-log.ts';
import { freePorts } from '../../e2e/world/free-ports.ts';
import { writeKubeconfig } from '../../e2e/world/kubeconfig.ts';
import { type SupervisedProcess, startSupervised } from '../../e2e/world/supervised-process.ts';
import { until } from '../../e2e/world/until.ts';
import { startArtifactServer } from '../world/artifact-server.ts';
import { type ClientsWorld, NAMESPACE, TOOL_TIMEOUT } from '../world/clients-world.ts';
import type { Delivery, Tool } from './tool.ts';

const USER = 'flux';
const NO_LIMIT_OF_OURS_MS = 30 * 60_000;

interface Kustomization {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly lastAppliedRevision?: string;
    readonly lastAttemptedRevision?: string;
  };
}

/** A Flux whose Kustomizations can have more in their spec. */
export interface Flux extends Tool {
  /** The same program, for Kustomizations with `spec` in theirs. */
  withSpec(spec: object): Tool;
}

/**
 * Flux's kustomize-controller with one Kustomization an object, `wait: true`. Its source is an ExternalArtifact, whose
 * status stands for what source-controller would have fetched.
 */
export async function startFluxTool(world: ClientsWorld): Promise<Flux> {
  await world.kubectl('apply', '--server-side', '-f', world.clients.fluxManifests);
  await world.kubectl('wait', '--for=condition=Established', '--timeout=60s', '-f', world.clients.fluxManifests);
  const artifacts = await startArtifactServer(world.folder);
  const controller = await startKustomizeController(world);

  const get = async (name: string): Promise<Kustomization | undefined> => {
    const found = await world.kubectl('get', 'kustomization', name, '--ignore-not-found', '-o', 'json');
    return found === '' ? undefined : JSON.parse(found);
  };

  /** Ends with what `ended` finds; until then Flux waits on when it has looked twice more and has not ended. */
  const wait = (
    name: string,
    ended: (found: Kustomization | undefined) => Awaited<Delivery['verdict']> | undefined,
  ) => {
    const probe = async () => ended(await get(name));
    const verdict = until(`Flux is done with ${name}`, probe, { timeoutMs: NO_LIMIT_OF_OURS_MS, everyMs: 500 });
    verdict.catch(() => {}); // a test that has failed before does not ask for it
    return {
      verdict,
      async waitsOn() {
        await untilPolls(world, 2);
        const found = await probe();
        if (found !== undefined) throw new Error(`Flux has ended: ${found.outcome} ${found.message}`);
      },
    };
  };

  const toolWith = (spec: object): Tool => ({
    name: 'flux',
    async deliver(manifest) {
      const { name } = manifest.metadata;
      const artifact = await artifacts.publish(manifest);
      await world.apply(externalArtifact(name));
      const patch = JSON.stringify({ status: { artifact, conditions: [sourceReady(artifact.revision)] } });
      const status = ['--subresource=status', '--type=merge', '-p', patch];
      await world.kubectl('patch', 'externalartifact', name, ...status);
      await world.apply(kustomization(name, spec));
      return wait(name, (found) => verdictOn(found, artifact.revision));
    },
    async remove(name) {
      await world.kubectl('delete', 'kustomization', name, '--wait=false');
      return wait(name, (found) => (found === undefined ? { outcome: 'Ready', message: '' } : undefined));
    },
    async stop() {
      await controller.stop();
      await artifacts.stop();
    },
  });
  return { ...toolWith({}), withSpec: toolWith };
}

async function startKustomizeController({ clients, controlPlane, folder }: ClientsWorld): Promise<SupervisedProcess> {
  const [health = 0] = await freePorts(1);
  const controller = await startSupervised(
    clients.kustomizeController,
    [
      '--watch-all-namespaces',
      '--feature-gates=ExternalArtifact=true',
      '--metrics-addr=0',
      `--health-addr=127.0.0.1:${health}`,
    ],
    {
      logPath: join(folder, 'kustomize-controller.log'),
      env: {
        KUBECONFIG: await writeKubeconfig(controlPlane, USER, ['system:masters']),
        RUNTIME_NAMESPACE: 'default',
      },
    },
  );
  const probe = async () => {
    if (controller.hasExited()) throw new Error(await controller.describe());
    const answer = await fetch(`http://127.0.0.1:${health}/readyz`).catch(() => undefined);
    return answer?.ok === true ? true : undefined;
  };
  await until('kustomize-controller is ready', probe, { timeoutMs: 60_000, explain: controller.describe });
  return controller;
}

/** Resolves when kustomize-controller has listed the AppAccesses `count` times from now on. */
async function untilPolls({ controlPlane }: ClientsWorld, count: number): Promise<void> {
  const polls = async () => {
    const events = await readAuditEvents(controlPlane.auditLogPath, USER);
    return events.filter(
      ({ verb, objectRef }) => (verb === 'list' || verb === 'get') && objectRef?.resource === 'appaccesses',
    ).length;
  };
  const before = await polls();
  await until(`Flux has looked ${count} times`, async () => (await polls()) >= before + count || undefined, {
    timeoutMs: 60_000,
    everyMs: 500,
  });
}

function verdictOn({ status }: Kustomization = { metadata: { generation: 0 } }, revision: string) {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True' && status?.lastAppliedRevision === revision) {
    return { outcome: 'Ready', message: ready.message } as const;
  }
  if (ready?.status === 'False' && status?.lastAttemptedRevision === revision) {
    return { outcome: 'Failed', message: `${ready.reason}: ${ready.message}` } as const;
  }
  return undefined;
}

function externalArtifact(name: string): object {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'ExternalArtifact',
    metadata: { name, namespace: NAMESPACE },
    spec: {},
  };
}

function sourceReady(revision: string): Condition {
  const lastTransitionTime = new Date().toISOString();
  return { type: 'Ready', status: 'True', reason: 'Succeeded', message: `stored ${revision}`, lastTransitionTime };
}

function kustomization(name: string, spec: object): object {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      interval: '1h',
      timeout: TOOL_TIMEOUT,
      path: './',
      prune: true,
      wait: true,
      deletionPolicy: 'WaitForTermination',
      targetNamespace: NAMESPACE,
      sourceRef: { kind: 'ExternalArtifact', name },
      ...spec,
    },
  };
}
