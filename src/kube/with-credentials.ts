import type { Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import { unlessAborted } from '../base/unless-aborted.ts';
import { KubeApiError } from './kube-api-error.ts';
import type { KubeConnection, Refusal, RequestHeaders } from './kube-connection.ts';
import { limitedSignal } from './limited-signal.ts';
import { isTlsFailure, withoutCredentials } from './unreachable.ts';

/** What proves our identity in one request: headers, and the connections that carry a client certificate. */
export interface Credentials {
  readonly headers: Readonly<RequestHeaders>;
  readonly dispatcher: Dispatcher;
}

/** A plugin may ask a service of its cloud; a person who has to log in takes longer, and tries again. */
const TIME_LIMIT_MS = 60_000;

/**
 * What `attempt` returns. It is made once more, with credentials that were read again, after one that was refused: 401,
 * or a TLS handshake that failed. Credentials that cannot be read again leave the refusal as it is.
 * @throws TransientError `KubernetesUnreachable` when the credentials cannot be read within a minute
 * @throws the signal's reason when that aborts
 */
export async function withCredentials<T>(
  { connection, clock }: { readonly connection: KubeConnection; readonly clock: Clock },
  signal: AbortSignal,
  attempt: (credentials: Credentials) => Promise<T>,
): Promise<T> {
  const credentials = await readCredentials(connection, clock, signal);
  try {
    return await attempt(credentials);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined || connection.renew === undefined) throw error;
    try {
      await connection.renew(credentials.dispatcher, refusal);
    } catch {
      throw error;
    }
    return attempt(await readCredentials(connection, clock, signal));
  }
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof KubeApiError && error.status === 401) return 'Unauthorized';
  return isTlsFailure(error) ? 'TlsFailure' : undefined;
}

async function readCredentials(connection: KubeConnection, clock: Clock, signal: AbortSignal): Promise<Credentials> {
  signal.throwIfAborted();
  const limit = limitedSignal(clock, TIME_LIMIT_MS, signal);
  const headers: RequestHeaders = {};
  try {
    await unlessAborted(connection.authorize(headers), limit.signal);
    return { headers, dispatcher: connection.dispatcher };
  } catch (error) {
    throw signal.aborted ? signal.reason : withoutCredentials(connection.server, error);
  } finally {
    limit.end();
  }
}
