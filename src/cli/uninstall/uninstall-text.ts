import { type AppAccess, FINALIZER } from '../../api/app-access.ts';
import { DELETION_BLOCKED } from '../../reconcile/report-status.ts';

/** What becomes of the roles: all are kept, or all are deleted save those whose spec says Retain. */
export type UninstallMode = 'Retain' | 'Delete';

/** The list of what an uninstall does, one object a line, each line ended. */
export function summaryText(objects: readonly AppAccess[], mode: UninstallMode): string {
  const lines = objects.map((object) => `  ${nameOf(object)}: ${fateOf(object, mode)}\n`);
  return `${countText(objects.length)} to let go of:\n${lines.join('')}`;
}

/** Whether the role of `object` survives. */
export function keepsRole({ spec }: AppAccess, mode: UninstallMode): boolean {
  return mode === 'Retain' || spec.deletionPolicy === 'Retain';
}

function fateOf(object: AppAccess, mode: UninstallMode): string {
  const name = object.status?.role?.name;
  if (name === undefined) return 'no role is known';
  if (!keepsRole(object, mode)) return `role ${name} is deleted`;
  return mode === 'Retain' ? `role ${name} is kept` : `role ${name} is kept, for spec.deletionPolicy says Retain`;
}

/** What keeps an object that was deleted from going, in words that say what to do. */
export function blockerText(object: AppAccess, mode: UninstallMode): string {
  const { finalizers = [], deletionTimestamp } = object.metadata;
  if (deletionTimestamp === undefined) {
    return 'was made again meanwhile: first stop what applies it (Flux, Argo CD, Helm, a pipeline)';
  }
  const foreign = finalizers.filter((finalizer) => finalizer !== FINALIZER);
  if (foreign.length === finalizers.length) return `is held by ${foreign.join(', ')}, which is not ours`;
  const conditions = object.status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready !== undefined && conditions.some(({ reason }) => reason === DELETION_BLOCKED)) {
    return `${ready.reason}: ${ready.message}`;
  }
  const otherwise = mode === 'Retain' ? ', or add --without-controller if there is none any more' : '';
  return `no controller has looked at it: see that it runs and is ready${otherwise}`;
}

export function nameOf({ metadata }: AppAccess): string {
  return `${metadata.namespace}/${metadata.name}`;
}

export function countText(count: number): string {
  return `${count} AppAccess object${count === 1 ? '' : 's'}`;
}
