import { isJson } from './kube-object.ts';

/**
 * An answer of the API server with a code of 400 or more. The fields are those of its Status object; source:
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError';
  readonly status: number;
  /** `NotFound`, `Conflict`, `AlreadyExists`, `Invalid` …; empty when the answer was no Status object. */
  readonly reason: string;
  /** The Status object's `details`: name, kind, causes; whatever the server sent. */
  readonly details: Readonly<Record<string, unknown>>;
  /** From the header Retry-After. */
  readonly retryAfterMs: number | undefined;

  constructor(answer: { status: number; body: string; request: string; retryAfterMs?: number | undefined }) {
    const parsed = parseStatus(answer.body);
    super(`${answer.request}: ${parsed.message || answer.body.slice(0, 200).trim() || `HTTP ${answer.status}`}`);
    this.status = answer.status;
    this.reason = parsed.reason;
    this.details = parsed.details;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** Whether `error` says that the object is absent. False when the kind itself is not served: that is no absence. */
export function isNotFound(error: unknown): error is KubeApiError {
  return error instanceof KubeApiError && error.status === 404 && error.reason === 'NotFound';
}

/** Whether `error` says that someone else was faster (`Conflict`) or owns a field (server-side apply). */
export function isConflict(error: unknown): error is KubeApiError {
  return error instanceof KubeApiError && error.status === 409;
}

function parseStatus(body: string): { reason: string; message: string; details: Readonly<Record<string, unknown>> } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = undefined; // a proxy or an unknown path answers in plain text; the code then says it all
  }
  const { reason, message, details } = isJson(value) ? value : {};
  return {
    reason: typeof reason === 'string' ? reason : '',
    message: typeof message === 'string' ? message : '',
    details: isJson(details) ? details : {},
  };
}
