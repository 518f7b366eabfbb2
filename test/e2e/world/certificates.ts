import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate and its private key, both in PEM. */
export type KeyPair = { readonly cert: string; readonly key: string };

/** Writes a new certificate authority to `ca.crt` and `ca.key` in `folder`. */
export async function createAuthority(folder: string): Promise<KeyPair> {
  const pair = await issue('appaccess-e2e-ca', [], {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  await writeFile(join(folder, 'ca.crt'), pair.cert);
  await writeFile(join(folder, 'ca.key'), pair.key, { mode: 0o600 });
  return pair;
}

/** The authority that {@link createAuthority} wrote into `folder`. */
export async function readAuthority(folder: string): Promise<KeyPair> {
  const [cert, key] = await Promise.all(['ca.crt', 'ca.key'].map((name) => readFile(join(folder, name), 'utf8')));
  return { cert: cert ?? '', key: key ?? '' };
}

/** A serving certificate for 127.0.0.1 and localhost. */
export function issueServingCertificate(ca: KeyPair, hosts: readonly string[] = []): Promise<KeyPair> {
  return issue('kube-apiserver', [], {
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...['localhost', ...hosts].map((value) => ({ type: 2 as const, value })),
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
}

/** A client certificate; the API server reads the user from the common name, groups from the organizations. */
export function issueClientCertificate(ca: KeyPair, user: string, groups: readonly string[]): Promise<KeyPair> {
  return issue(user, groups, {
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
}

async function issue(
  commonName: string,
  organizations: readonly string[],
  options: Pick<NonNullable<Parameters<typeof generate>[1]>, 'ca' | 'extensions'>,
): Promise<KeyPair> {
  const subject = [
    { name: 'commonName', value: commonName },
    ...organizations.map((value) => ({ name: 'organizationName', value })),
  ];
  const made = await generate(subject, { keyType: 'ec', algorithm: 'sha256', ...options });
  return { cert: made.cert, key: made.private };
}
