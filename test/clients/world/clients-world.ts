import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clients, ensureClients } from '../../../scripts/build-clients.ts';
import type { AppAccess } from '../../../src/api/app-access.ts';
import { type AwsGate, startAwsGate } from '../../e2e/world/aws-gate.ts';
import { runKubectl } from '../../e2e/world/commands.ts';
import type { ControlPlane } from '../../e2e/world/control-plane.ts';
import { type ControllerProcess, startControllerProcess, untilReady } from '../../e2e/world/controller-process.ts';
import { install, uninstall } from '../../e2e/world/installation.ts';
import { resetMoto } from '../../e2e/world/moto.ts';
import { realWorld } from '../../e2e/world/real-world.ts';
import { until } from '../../e2e/world/until.ts';

/** Holds all objects of the tests; no other files of this project run at the same time. */
export const NAMESPACE = 'clients';
const CLUSTER = 'clients';
const OIDC_ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF';
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Patience of every tool, so great that a test which ends by it fails by its own time limit instead. */
export const TOOL_TIMEOUT = '30m';

/** A real API server, moto behind a gate, our controller, and the programs of other projects. */
export interface ClientsWorld {
  readonly controlPlane: ControlPlane;
  readonly aws: AwsGate;
  readonly clients: Clients;
  /** For files of the tests; gone with the control plane. */
  readonly folder: string;
  /** Does nothing when it runs. */
  startController(): Promise<void>;
  stopController(): Promise<void>;
  /** Runs kubectl as an administrator, in namespace {@link NAMESPACE} unless told otherwise; throws when it fails. */
  kubectl(...args: string[]): Promise<string>;
  /** As kubectl apply of one manifest. */
  apply(manifest: object): Promise<void>;
  getAppAccess(name: string): Promise<AppAccess>;
  /** The object once `holds` is true of it. */
  untilAppAccess(name: string, what: string, holds: (appAccess: AppAccess) => boolean): Promise<AppAccess>;
  stop(): Promise<void>;
}

/** Installs the controller and starts it; the programs of others are started by the tests that ask them. */
export async function startClientsWorld(): Promise<ClientsWorld> {
  const { controlPlane, moto } = realWorld();
  const clients = await ensureClients((line) => console.log(`[clients] ${line}`));
  await resetMoto(moto.url);
  const aws = await startAwsGate(moto.url);
  const { kubeconfigPath } = await install(controlPlane);
  const folder = join(controlPlane.folder, 'clients');
  await mkdir(folder, { recursive: true });
  let controller: ControllerProcess | undefined;

  const world: ClientsWorld = {
    controlPlane,
    aws,
    clients,
    folder,
    async startController() {
      if (controller?.hasExited() === false) return;
      const gated = { controlPlane: { ...controlPlane, kubeconfigPath }, moto: { ...moto, url: aws.url } };
      controller = await startControllerProcess(gated, CLUSTER, { args: ['--oidc-issuer', OIDC_ISSUER] });
      await untilReady(controller);
    },
    async stopController() {
      await controller?.stop();
    },
    async kubectl(...args) {
      const place = args.some((arg) => /^(-n|--namespace)/.test(arg)) ? [] : ['--namespace', NAMESPACE];
      const { stdout, stderr, exitCode } = await runKubectl(controlPlane, [...args, ...place]);
      if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    async apply(manifest) {
      const args = ['apply', '--server-side', '--namespace', NAMESPACE, '-f', '-'];
      const { stderr, exitCode } = await runKubectl(controlPlane, args, { stdin: JSON.stringify(manifest) });
      if (exitCode !== 0) throw new Error(`kubectl apply: ${stderr}`);
    },
    async getAppAccess(name) {
      return JSON.parse(await world.kubectl('get', 'appaccess', name, '-o', 'json'));
    },
    untilAppAccess(name, what, holds) {
      const probe = async () => {
        const found = await world.kubectl('get', 'appaccess', name, '--ignore-not-found', '-o', 'json');
        const appAccess: AppAccess | undefined = found === '' ? undefined : JSON.parse(found);
        return appAccess !== undefined && holds(appAccess) ? appAccess : undefined;
      };
      const explain = async () =>
        `${await world.kubectl('get', 'appaccess', name, '-o', 'yaml')}\n${await controller?.describe()}`;
      return until(`${name} ${what}`, probe, { timeoutMs: 120_000, everyMs: 250, explain });
    },
    async stop() {
      await world.kubectl('delete', 'namespace', NAMESPACE, '--timeout=120s');
      await controller?.stop();
      await uninstall(controlPlane);
      await aws.stop();
      await resetMoto(moto.url);
    },
  };
  await world.kubectl('create', 'namespace', NAMESPACE);
  await world.startController();
  return world;
}

/** Absolute path of a file of this repository. */
export function inRepository(path: string): string {
  return join(ROOT, path);
}
