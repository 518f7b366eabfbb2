import type { AppAccess } from '../api/app-access.ts';

/** The work queue's key of `appAccess`: `namespace/name`. */
export function keyOf({ metadata }: AppAccess): string {
  return `${metadata.namespace}/${metadata.name}`;
}
