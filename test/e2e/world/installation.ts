import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAuthority } from './certificates.ts';
import type { ControlPlane } from './control-plane.ts';
import { kubectlFor } from './kubectl.ts';

/** As `deploy/base` has them. */
export const NAMESPACE = 'appaccess-system';
export const ACCOUNT = 'appaccess-controller';
/** The user that the API server sees. */
export const CONTROLLER_USER = `system:serviceaccount:${NAMESPACE}:${ACCOUNT}`;

const EXAMPLE = fileURLToPath(new URL('../../../deploy/example', import.meta.url));
const TOKEN_LIFETIME = '2h'; // longer than the tests run; a pod's own is replaced by the kubelet

export type Installation = {
  /** Of the controller's service account, by its token; nothing but RBAC limits it. */
  readonly kubeconfigPath: string;
  /** What the kubelet would mount into the pod: `ca.crt`, `token` and `namespace`. */
  readonly serviceAccountFolder: string;
};

/**
 * Installs `deploy/example` as docs/install.md says. No kubelet runs here, so there is no pod: tests run the controller
 * as its service account. May be called again, by another test file too.
 */
export async function install(controlPlane: ControlPlane): Promise<Installation> {
  const kubectl = kubectlFor(controlPlane);
  await kubectl('apply', '--server-side', '-k', EXAMPLE);
  await kubectl('wait', '--for=condition=Established', 'crd/appaccesses.appaccess.dev', '--timeout=60s');
  const created = ['create', 'token', ACCOUNT, '--namespace', NAMESPACE, `--duration=${TOKEN_LIFETIME}`];
  const token = await kubectl(...created);
  return writeCredentials(controlPlane, token);
}

/** Removes what {@link install} brought, except the definition of AppAccess, which all test files share. */
export async function uninstall(controlPlane: ControlPlane): Promise<void> {
  const kubectl = kubectlFor(controlPlane);
  const ours = ['-l', 'app.kubernetes.io/part-of=appaccess', '--timeout=60s'];
  await kubectl('delete', 'clusterrole,clusterrolebinding', ...ours);
  await kubectl('delete', 'namespace', NAMESPACE, '--timeout=60s');
}

async function writeCredentials(controlPlane: ControlPlane, token: string): Promise<Installation> {
  const { cert } = await readAuthority(controlPlane.folder);
  const serviceAccountFolder = join(controlPlane.folder, 'service-account');
  await mkdir(serviceAccountFolder, { recursive: true });
  const files = { 'ca.crt': cert, token, namespace: NAMESPACE };
  for (const [name, text] of Object.entries(files)) await writeFile(join(serviceAccountFolder, name), text);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'e2e', cluster: { server: controlPlane.url, 'certificate-authority': 'service-account/ca.crt' } },
    ],
    users: [{ name: ACCOUNT, user: { token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: ACCOUNT, namespace: NAMESPACE } }],
    'current-context': 'e2e',
  };
  const kubeconfigPath = join(controlPlane.folder, 'service-account.kubeconfig');
  await writeFile(kubeconfigPath, JSON.stringify(config, null, 2));
  return { kubeconfigPath, serviceAccountFolder };
}
