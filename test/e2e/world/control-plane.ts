import { generateKeyPairSync } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureControlPlane } from '../../../scripts/build-control-plane.ts';
import { createAuthority, issueServingCertificate } from './certificates.ts';
import { runKubectl } from './commands.ts';
import { freePorts } from './free-ports.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { type SupervisedProcess, startSupervised } from './supervised-process.ts';
import { until } from './until.ts';
import { createWorldFolder } from './world-folder.ts';

const READY_TIMEOUT_MS = 60_000;

/** What tests need to use a control plane; plain data, so that it can be handed to test processes. */
export type ControlPlane = {
  /** Base address of the API server, `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** Kubeconfig of an administrator (group system:masters). */
  readonly kubeconfigPath: string;
  /** The kubectl of the same version as the server. */
  readonly kubectl: string;
  /** One JSON audit event a line: every finished request, with its body for writes. */
  readonly auditLogPath: string;
  /** Names the issuers whose tokens the API server takes, at the start none; it is read again when it changes. */
  readonly authenticationPath: string;
  /** Holds the authority's key, logs and data; gone after stop. */
  readonly folder: string;
};

export type ControlPlaneOptions = {
  /** For days: a large audit log is put aside as `audit-<time>.log`, the oldest of which go, and etcd forgets old versions. */
  readonly keepsRecentOnly?: boolean;
};

/** A control plane with what can be done to it by the process that started it. */
export type RunningControlPlane = ControlPlane & {
  readonly stop: () => Promise<void>;
  /** Kills the API server at once and starts it again on the same port; resolves when it is ready. */
  readonly restartApiServer: () => Promise<void>;
  /** Makes etcd forget every version but the present one. */
  readonly compactEtcd: () => Promise<void>;
};

/** Controllers without which namespaces are never deleted, owner references do nothing and accounts have no tokens. */
const CONTROLLERS = [
  'clusterrole-aggregation-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'root-ca-certificate-publisher-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
];

/** Reads are recorded without bodies, writes with what was asked for. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Metadata', verbs: ['get', 'list', 'watch'] },
    { level: 'Metadata', resources: [{ group: '', resources: ['secrets', 'serviceaccounts/token'] }] },
    { level: 'Request' },
  ],
};

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration */
export const AUTHENTICATION_CONFIG = {
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'AuthenticationConfiguration',
  jwt: [] as readonly object[],
};

/**
 * Starts etcd, kube-apiserver (RBAC, an authority of its own, on loopback) and kube-controller-manager, and resolves
 * when the server is ready and service accounts are being made. Missing programs are built first; see
 * {@link ensureControlPlane} for that and for `report`. The programs die with this process, however it ends.
 */
export async function startControlPlane(
  report: (line: string) => void,
  options: ControlPlaneOptions = {},
): Promise<RunningControlPlane> {
  const programs = await ensureControlPlane(report);
  const folder = await createWorldFolder();
  const running = new Map<Program, SupervisedProcess>();
  const stop = async () => {
    await Promise.all([...running.values()].map((process) => process.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3);
    const start = async (name: Program, args: readonly string[]) => {
      running.set(name, await startSupervised(programs[name], args, { logPath: join(folder, `${name}.log`) }));
    };
    const recentOnly = options.keepsRecentOnly === true ? RECENT_ONLY : { etcd: [], 'kube-apiserver': [] };
    const startApiServer = () =>
      start('kube-apiserver', [
        ...apiServerArgs(folder, apiPort, etcdPort, auditLogPath),
        ...recentOnly['kube-apiserver'],
      ]);
    const untilReady = () => waitFor(controlPlane, running, 'the API server is ready', ['get', '--raw', '/readyz']);

    const url = `https://127.0.0.1:${apiPort}`;
    const auditLogPath = join(folder, 'audit.log');
    await writeServerFiles(folder);
    const kubeconfigPath = await writeKubeconfig({ folder, url }, 'e2e-admin', ['system:masters']);
    const authenticationPath = join(folder, 'authentication.json');
    const controlPlane = { url, kubeconfigPath, kubectl: programs.kubectl, auditLogPath, authenticationPath, folder };
    // All at once: the two others wait for what they need.
    await start('etcd', [...etcdArgs(folder, etcdPort, peerPort), ...recentOnly.etcd]);
    await startApiServer();
    await untilReady();
    await start('kube-controller-manager', controllerManagerArgs(folder, kubeconfigPath));
    await waitFor(controlPlane, running, 'service accounts are made', ['get', 'serviceaccount', 'default']);
    let restarting: Promise<void> = Promise.resolve(); // one after another
    return {
      ...controlPlane,
      stop,
      restartApiServer() {
        restarting = restarting.then(async () => {
          await running.get('kube-apiserver')?.stop();
          await startApiServer();
          await untilReady();
        });
        return restarting;
      },
      compactEtcd: () => compactEtcd(`http://127.0.0.1:${etcdPort}`),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Sizes in MB. etcd compacts every 5 minutes what is older than so many writes, whatever API server lives how long.
 * Source: https://etcd.io/docs/v3.6/op-guide/maintenance/#auto-compaction
 */
const RECENT_ONLY = {
  etcd: ['--auto-compaction-mode=revision', '--auto-compaction-retention=10000'],
  'kube-apiserver': ['--audit-log-maxsize=64', '--audit-log-maxbackup=2'],
} as const;

type Program = 'etcd' | 'kube-apiserver' | 'kube-controller-manager';

/** By etcd's own JSON gateway. Source: https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/ */
async function compactEtcd(url: string): Promise<void> {
  const ask = async (path: string, body: object) => {
    const answer = await fetch(`${url}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok && !text.includes('has been compacted')) throw new Error(`etcd refuses ${path}: ${text}`);
    return JSON.parse(text) as { header?: { revision?: string } };
  };
  const { header } = await ask('range', { key: Buffer.from('/').toString('base64'), limit: 1 });
  await ask('compaction', { revision: header?.revision, physical: true });
}

async function writeServerFiles(folder: string): Promise<void> {
  await mkdir(join(folder, 'etcd'), { mode: 0o700 });
  const ca = await createAuthority(folder);
  const serving = await issueServingCertificate(ca);
  const tokens = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await writeFile(join(folder, 'serving.crt'), serving.cert);
  await writeFile(join(folder, 'serving.key'), serving.key, { mode: 0o600 });
  await writeFile(join(folder, 'tokens.pub'), tokens.publicKey);
  await writeFile(join(folder, 'tokens.key'), tokens.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  await writeFile(join(folder, 'authentication.json'), JSON.stringify(AUTHENTICATION_CONFIG));
}

async function waitFor(
  controlPlane: ControlPlane,
  running: ReadonlyMap<string, SupervisedProcess>,
  what: string,
  question: readonly string[],
): Promise<void> {
  const processes = () => [...running.values()];
  const explain = async () => (await Promise.all(processes().map((process) => process.describe()))).join('\n\n');
  const probe = async () => {
    if (processes().some((process) => process.hasExited())) throw new Error(`a program has exited\n${await explain()}`);
    const { exitCode } = await runKubectl(controlPlane, question);
    return exitCode === 0 ? true : undefined;
  };
  await until(what, probe, { timeoutMs: READY_TIMEOUT_MS, everyMs: 200, explain });
}

function etcdArgs(folder: string, clientPort: number, peerPort: number): string[] {
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    '--name=e2e',
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=e2e=${peer}`,
    '--unsafe-no-fsync', // the data does not outlive the test run
    '--log-level=warn',
  ];
}

function apiServerArgs(folder: string, port: number, etcdPort: number, auditLogPath: string): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${join(folder, 'serving.crt')}`,
    `--tls-private-key-file=${join(folder, 'serving.key')}`,
    `--client-ca-file=${join(folder, 'ca.crt')}`,
    `--authentication-config=${join(folder, 'authentication.json')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'tokens.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'tokens.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--endpoint-reconciler-type=none',
    `--audit-policy-file=${join(folder, 'audit-policy.json')}`,
    `--audit-log-path=${auditLogPath}`,
  ];
}

function controllerManagerArgs(folder: string, kubeconfigPath: string): string[] {
  return [
    `--kubeconfig=${kubeconfigPath}`,
    `--controllers=${CONTROLLERS.join(',')}`,
    `--service-account-private-key-file=${join(folder, 'tokens.key')}`,
    `--root-ca-file=${join(folder, 'ca.crt')}`,
    '--leader-elect=false',
    '--secure-port=0', // it serves nothing that the tests read
  ];
}
