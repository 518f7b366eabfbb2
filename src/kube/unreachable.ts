import { TransientError } from '../base/errors.ts';
import type { KubeConnection } from './kube-connection.ts';

declare module '../base/errors.ts' {
  interface ReasonRegister {
    KubernetesUnreachable: 'Transient';
  }
}

/**
 * What a request that got no answer is thrown as: `KubernetesUnreachable`, with the code of Node or undici and what to do
 * about it. `request` is its description for people.
 */
export function unreachable(
  { server, proxy }: Pick<KubeConnection, 'server' | 'proxy'>,
  request: string,
  error: unknown,
): TransientError {
  const code = codeOf(error);
  const way = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  return new TransientError(
    'KubernetesUnreachable',
    `no answer from the Kubernetes API at ${server}${way} (${request}): ${code}; ${remedyFor(code, proxy)}`,
    error,
  );
}

/** What a request is thrown as that could not be sent, because what proves our identity could not be read. */
export function withoutCredentials(server: string, error: unknown): TransientError {
  return new TransientError(
    'KubernetesUnreachable',
    `no credentials for the Kubernetes API at ${server}: ${textOf(error)}; check the user in the kubeconfig: its plugin, files and token`,
    error,
  );
}

/** Whether other credentials, or another CA, could change the outcome: the TLS handshake failed. */
export function isTlsFailure(error: unknown): boolean {
  return error instanceof TransientError && /^(ERR_SSL|ERR_TLS|CERT|UNABLE|SELF|DEPTH)_/.test(codeOf(error.cause));
}

/** Codes of OpenSSL as Node names them. Source: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function remedyFor(code: string, proxy: string | undefined): string {
  if (/^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_SIGNATURE_|CERT_UNTRUSTED)/.test(code)) {
    return 'its certificate is not from the CA that is configured: check certificate-authority in the kubeconfig, and that nothing on the way breaks TLS open';
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return 'its certificate is not valid at this time: renew it, or set the clock of this machine';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'its certificate is for another name: use an address that it names, or set tls-server-name in the kubeconfig';
  }
  if (/^ERR_SSL_.*(CERTIFICATE|UNKNOWN_CA)/.test(code)) {
    return 'it refuses our certificate: renew client-certificate and client-key in the kubeconfig';
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return 'no TLS is spoken there: check the address and port';
  if (proxy !== undefined) {
    return 'check the proxy, which proxy-url in the kubeconfig or else HTTPS_PROXY names, and that it reaches the API server';
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name does not resolve: check the address and DNS';
  return 'check that it runs and can be reached';
}

/** The code of a Node or undici error, which is short and stable; the message where there is none, or it says nothing. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return textOf(error);
  return error.code === 'UND_ERR_ABORTED' ? error.message : error.code;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() : String(error);
}
