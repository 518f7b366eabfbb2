import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueClientCertificate, readAuthority } from './certificates.ts';

/**
 * Writes a kubeconfig for `user` into the folder of a control plane and returns its absolute path. The user may do
 * what RBAC grants to it and to `groups`; the group `system:masters` may do everything.
 */
export async function writeKubeconfig(
  controlPlane: { readonly folder: string; readonly url: string },
  user: string,
  groups: readonly string[] = [],
): Promise<string> {
  const ca = await readAuthority(controlPlane.folder);
  const client = await issueClientCertificate(ca, user, groups);
  const path = join(controlPlane.folder, `${user.replaceAll(/[^a-z0-9-]/gi, '_')}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server: controlPlane.url, 'certificate-authority-data': base64(ca.cert) } }],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) },
      },
    ],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user, namespace: 'default' } }],
    'current-context': 'e2e',
  };
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 }); // JSON is YAML
  return path;
}

function base64(pem: string): string {
  return Buffer.from(pem).toString('base64');
}
