import { readFile } from 'node:fs/promises';
import { fetch } from 'undici';
import type { Clock } from '../base/clock.ts';
import { createDispatcher } from './create-dispatcher.ts';
import { isJson } from './kube-object.ts';
import { textOf } from './kubeconfig-fields.ts';
import type { Fields } from './kubeconfig-file.ts';
import { proxyFor } from './proxy-for.ts';

/** An id-token, and what the next one is had for. */
export interface OidcTokens {
  readonly idToken: string | undefined;
  readonly refreshToken: string | undefined;
}

/** What is known of the tokens of one user, kept while the kubeconfig is read again. */
export class OidcMemory {
  /** The tokens that came for the one in the kubeconfig, by that one. */
  latest: { readonly origin: string; readonly tokens: OidcTokens } | undefined;
  running: Promise<string> | undefined;
  #handedOut: string | undefined;
  #refused: string | undefined;

  /** The API server did not take the token that was handed out last: it is not used again. */
  refuse(): void {
    this.#refused = this.#handedOut;
  }

  handOut(idToken: string): string {
    this.#handedOut = idToken;
    return idToken;
  }

  isRefused(idToken: string): boolean {
    return idToken === this.#refused;
  }
}

export interface OidcOptions {
  /** `auth-provider.config` as it stands in the kubeconfig now. */
  read(): Promise<Fields>;
  /** Keeps tokens that replace a refresh token which can be used only once. Must not reject. */
  save(refreshToken: string, tokens: OidcTokens): Promise<void>;
  readonly memory: OidcMemory;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** A token is given up so long before it expires: our clock may be wrong. Source: client-go, plugin/pkg/client/auth/oidc */
const EXPIRY_MARGIN_MS = 10_000;
const ANSWER_LIMIT_SECONDS = 30;

/**
 * The id-token of the user that `config` describes, refreshed when it has expired or was refused, once for all who wait. The
 * kubeconfig is read before a refresh: somebody may have logged in again, or refreshed.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
 * @throws Error when `config` cannot be followed; the function that comes back rejects when there is no valid token and none
 *   is to be had, naming the issuer and what to do, and never a token
 */
export function oidcIdToken(config: Fields, options: OidcOptions): () => Promise<string> {
  for (const field of ['idp-issuer-url', 'client-id']) {
    if (textOf(config[field]) === undefined) throw new Error(`auth-provider oidc: ${field} is missing`);
  }
  if (textOf(config['id-token']) === undefined && textOf(config['refresh-token']) === undefined) {
    throw new Error('auth-provider oidc: id-token and refresh-token are missing; log in, so that they are there');
  }
  const { memory } = options;
  let known = config;
  const current = async () => {
    const held = usable(tokensOf(known, options), options);
    if (held !== undefined) return held;
    known = await options.read();
    return usable(tokensOf(known, options), options) ?? renewed(known, options);
  };
  return async () => {
    memory.running ??= current().finally(() => {
      memory.running = undefined;
    });
    return memory.handOut(await memory.running);
  };
}

async function renewed(config: Fields, options: OidcOptions): Promise<string> {
  const { refreshToken } = tokensOf(config, options);
  if (refreshToken === undefined) {
    throw new Error('auth-provider oidc: the id-token is no longer valid and there is no refresh-token; log in again');
  }
  const next = await refresh(config, refreshToken, options.env);
  options.memory.latest = { origin: originOf(config), tokens: next };
  if (next.refreshToken !== refreshToken) await options.save(refreshToken, next);
  return next.idToken;
}

function tokensOf(config: Fields, { memory }: OidcOptions): OidcTokens {
  if (memory.latest?.origin === originOf(config)) return memory.latest.tokens;
  return { idToken: textOf(config['id-token']), refreshToken: textOf(config['refresh-token']) };
}

/** Equal for equal logins. */
function originOf(config: Fields): string {
  return JSON.stringify([config['idp-issuer-url'], config['client-id'], config['refresh-token']]);
}

function usable({ idToken }: OidcTokens, { memory, clock }: OidcOptions): string | undefined {
  if (idToken === undefined || memory.isRefused(idToken)) return undefined;
  return expiryMs(idToken) - EXPIRY_MARGIN_MS > clock.now() ? idToken : undefined;
}

/** 0 for what is no JWT, or one that does not say when it expires. */
function expiryMs(idToken: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isJson(claims) && typeof claims.exp === 'number' ? claims.exp * 1000 : 0;
  } catch {
    return 0;
  }
}

async function refresh(
  config: Fields,
  refreshToken: string,
  env: OidcOptions['env'],
): Promise<{ idToken: string; refreshToken: string }> {
  const issuer = textOf(config['idp-issuer-url']) ?? '';
  const { discovery, refreshTokenGrant, customFetch, ...oidc } = await import('openid-client');
  const dispatcher = createDispatcher(await authorityOf(config), proxyFor(issuer, env));
  try {
    const secret = textOf(config['client-secret']);
    const authentication: import('openid-client').ClientAuth = (server, client, body, headers) => {
      const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
      if (secret === undefined) return oidc.None()(server, client, body, headers);
      const isBasic = ways.includes('client_secret_basic');
      return (isBasic ? oidc.ClientSecretBasic : oidc.ClientSecretPost)(secret)(server, client, body, headers);
    };
    // undici's own types and those of Node's fetch describe one thing
    const send: import('openid-client').CustomFetch = (url, init) =>
      fetch(url, { ...(init as object), dispatcher }) as unknown as Promise<Response>;
    const client = await discovery(new URL(issuer), String(config['client-id']), undefined, authentication, {
      [customFetch]: send,
      timeout: ANSWER_LIMIT_SECONDS,
    });
    const answer = await refreshTokenGrant(client, refreshToken);
    if (answer.id_token === undefined) throw new Error('its answer holds no id_token; log in with the scope openid');
    return { idToken: answer.id_token, refreshToken: answer.refresh_token ?? refreshToken };
  } catch (error) {
    throw new Error(`auth-provider oidc: no new id-token from ${issuer}: ${whatFailed(error)}`);
  } finally {
    dispatcher.close().catch(() => undefined);
  }
}

async function authorityOf(config: Fields): Promise<{ ca?: Buffer }> {
  const encoded = textOf(config['idp-certificate-authority-data']);
  if (encoded !== undefined) return { ca: Buffer.from(encoded, 'base64') };
  const file = textOf(config['idp-certificate-authority']);
  return file === undefined ? {} : { ca: await readFile(file) };
}

/** Of an answer only the two fields that OAuth defines for people, as others may repeat what was sent. */
function whatFailed(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('error' in error && typeof error.error === 'string') {
    const description = 'error_description' in error ? textOf(error.error_description) : undefined;
    const said = description === undefined ? error.error : `${error.error}: ${description.slice(0, 200)}`;
    return `it refuses (${said}); log in again, so that the kubeconfig holds a refresh-token that it takes`;
  }
  const { cause } = error;
  const code = cause instanceof Error ? `: ${'code' in cause ? String(cause.code) : cause.message}` : '';
  return `${error.message}${code}; check idp-issuer-url and idp-certificate-authority, and that it can be reached`;
}
