import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { IAMClient } from '@aws-sdk/client-iam';
import { systemClock } from '../../../src/base/clock.ts';
import { KUBE_SYSTEM, SERVICE_ACCOUNTS } from '../../../src/cli/controller/resource-paths.ts';
import { KubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConnection } from '../../../src/kube/kube-config.ts';
import type { KubeObject } from '../../../src/kube/kube-object.ts';
import type { CompileSettings } from '../../../src/policy/types.ts';
import { issueClientCertificate, readAuthority } from '../../e2e/world/certificates.ts';
import { DUMMY_CREDENTIALS, REGION, runKubectl } from '../../e2e/world/commands.ts';
import {
  type ControlPlaneOptions,
  type RunningControlPlane,
  startControlPlane,
} from '../../e2e/world/control-plane.ts';
import { ACCOUNT, install, NAMESPACE } from '../../e2e/world/installation.ts';
import { ACCOUNT_ID, startMoto } from '../../e2e/world/moto.ts';
import { type AccountSnapshot, observeAccount } from './observe-account.ts';
import { plantForeign } from './plant-foreign.ts';
import { CLUSTER, OIDC_ISSUER, type Replica, type ReplicaOptions, startReplica } from './replica.ts';
import { shortenLog } from './shorten-log.ts';
import { createServiceAccounts } from './user.ts';

const GROUP = 'appaccess-chaos';

/** A real control plane and moto, for one run that may break them, with what belongs to others planted in the account. */
export interface ChaosWorld {
  readonly controlPlane: RunningControlPlane;
  /** Of an administrator, past all proxies. */
  readonly client: KubeClient;
  readonly iam: IAMClient;
  readonly settings: CompileSettings;
  /** The account as it was before any controller. */
  readonly foreign: AccountSnapshot;
  /** Keeps the logs of all programs from growing without an end, that of audit apart, which does so by itself. */
  shortenLogs(): Promise<void>;
  startReplica(options: Pick<ReplicaOptions, 'name' | 'random' | 'flags' | 'blockMs'>): Promise<Replica>;
  stop(): Promise<void>;
}

export async function startChaosWorld(
  report: (line: string) => void,
  options: ControlPlaneOptions = {},
): Promise<ChaosWorld> {
  const [controlPlane, moto] = await Promise.all([startControlPlane(report, options), startMoto(report)]);
  const replicas: Replica[] = [];
  await install(controlPlane);
  await bindGroup(controlPlane);
  const connection = await loadKubeConnection({ kubeconfigPath: controlPlane.kubeconfigPath, env: {} });
  const client = new KubeClient({ connection, clock: systemClock, random: Math.random, userAgent: 'user' });
  const clusterUid = (await client.get(KUBE_SYSTEM, new AbortController().signal))?.metadata.uid ?? '';
  const iam = new IAMClient({ endpoint: moto.url, region: REGION, credentials: DUMMY_CREDENTIALS });
  await plantForeign(iam, `/appaccess/${CLUSTER}/default/`);
  await createServiceAccounts(client);
  return {
    controlPlane,
    client,
    iam,
    settings: {
      partition: 'aws',
      accountId: ACCOUNT_ID,
      region: REGION,
      clusterName: CLUSTER,
      oidcIssuer: OIDC_ISSUER,
      clusterUid,
    },
    foreign: await observeAccount(iam),
    async shortenLogs() {
      const { folder, auditLogPath } = controlPlane;
      const audit = basename(auditLogPath, '.log');
      const names = (await readdir(folder)).filter((name) => name.endsWith('.log') && !name.startsWith(audit));
      const paths = [moto.logPath, ...names.map((name) => join(folder, name))];
      await Promise.all(paths.map((path) => shortenLog(path)));
    },
    async startReplica(options) {
      const ca = await readAuthority(controlPlane.folder);
      const identity = await issueClientCertificate(ca, options.name, [GROUP]);
      const apiServer = { url: controlPlane.url, ca: ca.cert, ...identity };
      const { folder } = controlPlane;
      const replica = await startReplica({ ...options, folder, apiServer, motoUrl: moto.url });
      replicas.push(replica);
      return replica;
    },
    async stop() {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await connection.close();
      iam.destroy();
      await keepLogs(controlPlane.folder);
      await Promise.all([controlPlane.stop(), moto.stop()]);
    },
  };
}

/** Copies the logs, that of audit too, into the folder that CHAOS_LOGS names; the world's own is removed with it. */
async function keepLogs(folder: string): Promise<void> {
  const keep = process.env.CHAOS_LOGS;
  if (keep === undefined) return;
  await mkdir(keep, { recursive: true });
  const logs = (await readdir(folder)).filter((name) => /\.log(\.before)?$/.test(name));
  await Promise.all(logs.map((name) => copyFile(join(folder, name), join(keep, name))));
}

/** Service accounts with what a run needs to know of them. */
export function listServiceAccounts(client: KubeClient) {
  return client.list<KubeObject>(SERVICE_ACCOUNTS, {}, new AbortController().signal);
}

/** Replicas are users of their own in the audit log, and may do what the installation allows the controller. */
async function bindGroup(controlPlane: RunningControlPlane): Promise<void> {
  for (const args of [
    ['create', 'clusterrolebinding', GROUP, '--clusterrole', ACCOUNT, '--group', GROUP],
    ['create', 'rolebinding', GROUP, '--namespace', NAMESPACE, '--role', ACCOUNT, '--group', GROUP],
  ]) {
    const { exitCode, stderr } = await runKubectl(controlPlane, args);
    if (exitCode !== 0) throw new Error(stderr);
  }
}
