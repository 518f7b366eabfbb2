import type { AppAccess } from '../api/app-access.ts';

/** The work queue's key of `appAccess`: `namespace/name`. */
export function keyOf({ metadata }: Pick<AppAccess, 'metadata'>): string {
  return `${metadata.namespace}/${metadata.name}`;
}
