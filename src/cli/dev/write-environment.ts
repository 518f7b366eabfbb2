import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dump } from 'js-yaml';

/** What a shell needs to talk to the embedded world. */
export interface DevEnvironment {
  readonly kubeUrl: string;
  readonly awsUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly clusterName: string;
  readonly oidcIssuer: string;
}

/**
 * Writes `kubeconfig`, `env` and `bin/appaccess` into `directory` and returns their paths. `env` is to be sourced by a
 * POSIX shell. The keys in it are dummies: the embedded AWS takes any.
 */
export async function writeEnvironment(
  directory: string,
  environment: DevEnvironment,
  program: { readonly node: string; readonly main: string },
): Promise<{ kubeconfig: string; env: string }> {
  const root = resolve(directory);
  const bin = join(root, 'bin');
  await mkdir(bin, { recursive: true });
  const kubeconfig = join(root, 'kubeconfig');
  const env = join(root, 'env');
  const launcher = join(bin, 'appaccess');
  await writeFile(kubeconfig, dump(kubeconfigOf(environment.kubeUrl)));
  await writeFile(env, environmentScript(environment, kubeconfig, bin));
  await writeFile(launcher, `#!/bin/sh\nexec ${quote(program.node)} ${quote(program.main)} "$@"\n`);
  await chmod(launcher, 0o755);
  return { kubeconfig, env };
}

function kubeconfigOf(server: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'appaccess-dev', cluster: { server } }],
    users: [{ name: 'appaccess-dev', user: {} }],
    contexts: [
      { name: 'appaccess-dev', context: { cluster: 'appaccess-dev', user: 'appaccess-dev', namespace: 'default' } },
    ],
    'current-context': 'appaccess-dev',
  };
}

function environmentScript(environment: DevEnvironment, kubeconfig: string, bin: string): string {
  const variables = {
    KUBECONFIG: kubeconfig,
    AWS_ENDPOINT_URL: environment.awsUrl,
    AWS_REGION: environment.region,
    AWS_DEFAULT_REGION: environment.region,
    AWS_ACCESS_KEY_ID: 'dummy',
    AWS_SECRET_ACCESS_KEY: 'dummy',
    APPACCESS_ACCOUNT_ID: environment.accountId,
    APPACCESS_REGION: environment.region,
    APPACCESS_CLUSTER_NAME: environment.clusterName,
    APPACCESS_OIDC_ISSUER: environment.oidcIssuer,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
  return `${lines.join('\n')}\nunset AWS_PROFILE AWS_SESSION_TOKEN\nexport PATH=${quote(bin)}:"$PATH"\n`;
}

/** `text` as one word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
