/** The body of an `ERROR` event, thrown like an HTTP answer with the same code. */
export class WatchStatusError extends Error {
  override readonly name = 'WatchStatusError';
  readonly status: number | undefined;

  constructor({ code, reason, message }: { code?: number; reason?: string; message?: string }) {
    super(message ?? reason ?? 'the API server ended the watch with an error');
    this.status = code;
  }
}

/** A watch that ended within a second and brought nothing failed, whatever the server calls it. */
export class ShortWatchError extends Error {
  override readonly name = 'ShortWatchError';

  constructor() {
    super('the API server ended the watch at once');
  }
}

/** A streaming list that ended, in order, before it was complete. */
export class IncompleteListError extends Error {
  override readonly name = 'IncompleteListError';

  constructor() {
    super('the API server ended a streaming list before the bookmark that completes it');
  }
}

/**
 * Whether the version is still good after `error`: yes for a broken connection (no status), 429 and a server in
 * trouble; no for 410, for 504 (which "too large resource version" comes as) and for anything not understood, which
 * would only come again.
 */
export function canResume(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined) return [429, 500, 502, 503].includes(status);
  return !(error instanceof WatchStatusError || error instanceof TypeError);
}

/**
 * Whether the server takes the request for a streaming list as invalid: it is older than the feature, or has it switched
 * off. Source: apimachinery pkg/apis/meta/internalversion/validation, whose errors are 422; other servers say 400.
 */
export function refusesStreamingList(error: unknown): boolean {
  const status = statusOf(error);
  return status === 400 || status === 422;
}

/** The HTTP code that `error` carries, if any. */
export function statusOf(error: unknown): number | undefined {
  return numberIn(error, 'status');
}

/** What the server asked to wait, in milliseconds; 0 when it asked for nothing. */
export function retryAfterOf(error: unknown): number {
  return numberIn(error, 'retryAfterMs') ?? 0;
}

function numberIn(error: unknown, field: string): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'number' ? value : undefined;
}
