import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { issueServingCertificate, type KeyPair } from '../e2e/world/certificates.ts';

/** A request for new tokens, as it came. */
export interface SeenRefresh {
  readonly refreshToken: string | null;
  readonly clientId: string | null;
  /** Of the header Authorization, decoded. */
  readonly basic: string | undefined;
}

export interface OidcIssuer {
  readonly url: string;
  readonly clientId: string;
  readonly refreshes: readonly SeenRefresh[];
  /** The refresh token that is taken at the moment; another one is `invalid_grant`. Undefined: none is. */
  refreshToken: string | undefined;
  /** Of tokens that a refresh gives. */
  lifetimeSeconds: number;
  /** Whether a refresh gives a new refresh token and the old one is no longer taken. */
  rotates: boolean;
  /** What answers a refresh waits for; for requests that are to wait together. */
  gate: Promise<unknown>;
  /** A token signed by the issuer for its subject, `ann`. */
  idToken(expiresInSeconds: number): Promise<string>;
  stop(): Promise<void>;
}

const CLIENT_ID = 'appaccess';

/**
 * An OpenID Connect issuer on 127.0.0.1 that calls itself `host`, its certificate from `ca`: discovery, signing keys, and a token endpoint that knows
 * the refresh grant. Source: https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens
 */
export async function startOidcIssuer(ca: KeyPair, host = '127.0.0.1'): Promise<OidcIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  const refreshes: SeenRefresh[] = [];
  let tokens = 0;
  const answers: Readonly<Record<string, (body: URLSearchParams, basic: string | undefined) => Promise<Answer>>> = {
    '/.well-known/openid-configuration': async () => ok(configurationOf(issuer.url)),
    '/keys': async () => ok({ keys: [jwk] }),
    async '/token'(body, basic) {
      const refreshToken = body.get('refresh_token');
      refreshes.push({ refreshToken, clientId: body.get('client_id'), basic });
      await issuer.gate;
      if (refreshToken === null || refreshToken !== issuer.refreshToken) {
        return { status: 400, body: { error: 'invalid_grant', error_description: 'session has ended' } };
      }
      if (issuer.rotates) issuer.refreshToken = `${refreshToken}+`;
      const rotated = issuer.rotates ? { refresh_token: issuer.refreshToken } : {};
      const idToken = await issuer.idToken(issuer.lifetimeSeconds);
      return ok({ access_token: 'access', token_type: 'Bearer', id_token: idToken, ...rotated });
    },
  };
  const pair = await issueServingCertificate(ca, [host]);
  const server: Server = createServer({ cert: pair.cert, key: pair.key }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [, encoded] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
    const basic = encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
    const answer = answers[request.url ?? ''];
    const body = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    const { status, body: said } = (await answer?.(body, basic)) ?? { status: 404, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: OidcIssuer = {
    url: `https://${host}:${(server.address() as AddressInfo).port}`,
    clientId: CLIENT_ID,
    refreshes,
    refreshToken: 'refresh',
    lifetimeSeconds: 3600,
    rotates: false,
    gate: Promise.resolve(),
    idToken(expiresInSeconds) {
      tokens += 1; // no two are equal, though made in one second
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ jti: String(tokens), groups: ['developers'] })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(issuer.url)
        .setAudience(CLIENT_ID)
        .setSubject('ann')
        .setIssuedAt(now - 7200)
        .setExpirationTime(now + expiresInSeconds)
        .sign(privateKey);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

function ok(body: object): Answer {
  return { status: 200, body };
}

/** Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
function configurationOf(url: string): object {
  return {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}
