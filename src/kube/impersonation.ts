import type { RequestHeaders } from './kube-connection.ts';
import { isJson } from './kube-object.ts';
import { textOf } from './kubeconfig-fields.ts';
import type { Fields } from './kubeconfig-file.ts';

/**
 * The headers by which the user of a kubeconfig asks as another one: `as`, `as-uid`, `as-groups`, `as-user-extra`. Several
 * groups are several headers of one name; see `createDispatcher`. Empty without `as`.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
export function impersonationHeaders(user: Fields): RequestHeaders {
  const name = textOf(user.as);
  if (name === undefined) return {};
  const uid = textOf(user['as-uid']);
  const groups = textsOf(user['as-groups']);
  const extra = isJson(user['as-user-extra']) ? Object.entries(user['as-user-extra']) : [];
  return {
    'impersonate-user': bytesOf(name),
    ...(uid === undefined ? {} : { 'impersonate-uid': bytesOf(uid) }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups }),
    ...Object.fromEntries(extra.map(([key, values]) => [`impersonate-extra-${escapeKey(key)}`, textsOf(values)])),
  };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map((item) => bytesOf(String(item))) : [];
}

/** Node sends each character of a header as one byte; the API server reads UTF-8. */
function bytesOf(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}

/** What a header's name may not hold is percent-encoded, bytewise. Source: client-go, transport/round_trippers.go */
function escapeKey(key: string): string {
  return Array.from(Buffer.from(key, 'utf8'), (byte) => {
    const char = String.fromCharCode(byte);
    return /[!#$&'*+\-.^_`|~0-9A-Za-z]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}
