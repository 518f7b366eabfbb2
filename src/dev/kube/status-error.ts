import type { Problem } from '../../base/problem.ts';
import type { Json } from './json.ts';
import type { ResourceKind } from './resource-kind.ts';

/** An answer that is a metav1.Status, with the reasons and words of the real API server. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Json | undefined;

  constructor(code: number, reason: string, message: string, details?: Json) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  toStatus(): Json {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

function detailsOf(kind: ResourceKind, name: string): Json {
  return { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural };
}

function qualified({ plural, group }: ResourceKind): string {
  return group === '' ? plural : `${plural}.${group}`;
}

export function notFound(kind: ResourceKind, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(kind)} "${name}" not found`, detailsOf(kind, name));
}

export function alreadyExists(kind: ResourceKind, name: string): StatusError {
  return new StatusError(409, 'AlreadyExists', `${qualified(kind)} "${name}" already exists`, detailsOf(kind, name));
}

export function conflict(kind: ResourceKind, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(kind)} "${name}": ${why}`;
  return new StatusError(409, 'Conflict', message, detailsOf(kind, name));
}

export const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function expired(): StatusError {
  return new StatusError(410, 'Expired', 'The resourceVersion for the provided watch is too old.');
}

/** 422 with one cause for each problem. */
export function invalid(kind: ResourceKind, name: string, problems: readonly Problem[]): StatusError {
  const causes = problems.map(({ path, problem }) => ({ reason: 'FieldValueInvalid', message: problem, field: path }));
  const texts = problems.map(({ path, problem }) => `${path}: Invalid value: ${problem}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const what = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const details = { ...detailsOf(kind, name), kind: kind.kind, causes };
  return new StatusError(422, 'Invalid', `${what} "${name}" is invalid: ${list}`, details);
}

/** 422 for a parameter of a list or watch. Source: apimachinery pkg/apis/meta/internalversion/validation/validation.go. */
export function forbiddenParameter(field: string, why: string): StatusError {
  const message = `Forbidden: ${why}`;
  const causes = [{ reason: 'FieldValueForbidden', message, field }];
  const details = { group: 'meta.k8s.io', kind: 'ListOptions', causes };
  return new StatusError(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, details);
}
