import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { execPlugin } from './exec-plugin.ts';
import { isJson } from './kube-object.ts';
import { textOf } from './kubeconfig-fields.ts';
import type { CurrentContext, Fields } from './kubeconfig-file.ts';
import { type OidcMemory, oidcIdToken } from './oidc-tokens.ts';
import type { Authenticate, Proof } from './proof.ts';
import { saveOidcTokens } from './save-oidc-tokens.ts';

export interface IdentityOptions {
  readonly context: CurrentContext;
  /** The kubeconfig's user, checked. */
  readonly user: Fields;
  /** Reads the current context of the same files again. */
  reread(): Promise<CurrentContext | undefined>;
  readonly memory: OidcMemory;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/**
 * How `user` proves who it is, besides a client certificate that stands in the kubeconfig. As in client-go, a token goes
 * before a plugin and OIDC, of a token and a token file the file counts, and a plugin is not asked where there is a client
 * certificate.
 * @throws Error that names a field which cannot be followed, and what to do
 */
export async function proveIdentity(options: IdentityOptions): Promise<Authenticate> {
  const { context, user, env } = options;
  const directory = dirname(resolve(context.user.path));
  const tokenFile = textOf(user.tokenFile);
  if (tokenFile !== undefined) return () => bearerFrom(resolve(directory, tokenFile));
  const token = textOf(user.token);
  if (token !== undefined) return always({ authorization: `Bearer ${token}` });
  if (user.username !== undefined) {
    const pair = Buffer.from(`${String(user.username)}:${String(user.password ?? '')}`).toString('base64');
    return always({ authorization: `Basic ${pair}` });
  }
  const hasCertificate = (user['client-certificate'] ?? user['client-certificate-data']) !== undefined;
  if (isJson(user.exec) && !hasCertificate) {
    return execPlugin({ exec: user.exec, user: context.user, cluster: context.cluster, env });
  }
  if (isJson(user['auth-provider'])) return oidc(user['auth-provider'], options);
  return always({});
}

function always(proof: Proof): Authenticate {
  return async () => proof;
}

async function bearerFrom(path: string): Promise<Proof> {
  const token = (await readFile(path, 'utf8')).trim();
  if (token === '') throw new Error(`tokenFile ${path} is empty`);
  return { authorization: `Bearer ${token}` };
}

function oidc(provider: Fields, { context, reread, memory, env, clock }: IdentityOptions): Authenticate {
  if (provider.name !== 'oidc') {
    throw new Error(
      `user "${context.user.name}": auth-provider "${String(provider.name)}" is not known; only oidc is, use an exec plugin for others`,
    );
  }
  const idToken = oidcIdToken(configOf(provider), {
    async read() {
      const again = await reread();
      return configOf(again?.user.fields['auth-provider']);
    },
    save: (refreshToken, tokens) => saveOidcTokens(context.user, refreshToken, tokens),
    memory,
    env,
    clock,
  });
  return async () => ({ authorization: `Bearer ${await idToken()}` });
}

function configOf(provider: unknown): Fields {
  return isJson(provider) && isJson(provider.config) ? provider.config : {};
}
