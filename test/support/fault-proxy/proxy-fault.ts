/** What can go wrong between a client and an HTTP API. Plain data, so that a schedule of faults can be printed. */
export type ProxyFault =
  /** The connections of all open watches are reset. Over at once. */
  | { readonly kind: 'ResetWatches' }
  /** The next event on each open watch breaks off in the middle; `clean`: as if the stream had ended in order. */
  | { readonly kind: 'TruncateWatches'; readonly clean: boolean }
  /** Each open watch ends with an ERROR event of this code. Over at once. */
  | { readonly kind: 'FailWatches'; readonly code: number }
  /** Watches that are open now stay so and never say anything again, as behind a network that swallows packets. */
  | { readonly kind: 'HalfOpenWatches' }
  /** Open and new watches say nothing; when it is over, all that they held back comes at once. */
  | { readonly kind: 'StallWatches' }
  /** Every event comes this much later, in order. */
  | { readonly kind: 'DelayWatches'; readonly delayMs: number }
  /** Connections stay open and nothing comes through in either direction; afterwards they go on, or are closed. */
  | { readonly kind: 'Freeze'; readonly thenClose: boolean }
  /** This share of all requests, 0 to 1, is answered with `status` and never reaches the server. */
  | { readonly kind: 'Storm'; readonly status: StormStatus; readonly share: number }
  /** This share of all answers but watches is lost after the server did the work. */
  | { readonly kind: 'LoseAnswers'; readonly share: number }
  /** Requests to a path that ends so are reset. */
  | { readonly kind: 'ResetRequests'; readonly pathEnd: string }
  /** Lists are answered as they were when `remember` was called last, and watches stand still: a cache that is behind. */
  | { readonly kind: 'Stale' };

export type StormStatus = 410 | 429 | 500 | 503;

/** Kubernetes' own body of an error. Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export function statusBody(code: number): object {
  const reason = REASONS[code] ?? 'InternalError';
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'injected fault', reason, code };
}

const REASONS: Readonly<Record<number, string>> = {
  410: 'Expired',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
};
