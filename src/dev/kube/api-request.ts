import type { ResourceKind } from './resource-kind.ts';

/** One request about objects, its path and query taken apart. */
export interface ApiRequest {
  readonly kind: ResourceKind;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly query: URLSearchParams;
  readonly headers: { readonly accept: string; readonly contentType: string; readonly userAgent: string };
  /** Decoded from JSON or YAML; `undefined` without a body. */
  readonly body: unknown;
}

/** Who owns the fields that this request writes. */
export function managerOf({ query, headers }: ApiRequest): string {
  return query.get('fieldManager') ?? headers.userAgent.split('/')[0] ?? 'unknown';
}

export function isDryRun({ query }: ApiRequest): boolean {
  return query.getAll('dryRun').includes('All');
}
