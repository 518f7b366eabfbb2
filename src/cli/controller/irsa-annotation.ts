import type { ObjectMeta } from '../../api/app-access.ts';
import { isRecord } from '../../api/is-record.ts';
import { sha256Hex } from '../../base/digest.ts';

/** What the EKS Pod Identity webhook reads. Source: https://github.com/aws/amazon-eks-pod-identity-webhook */
export const IRSA_ANNOTATION = 'eks.amazonaws.com/role-arn';

/** Longest name of a field manager. Source: apimachinery, pkg/apis/meta/v1/validation. */
const MAX_MANAGER_CHARS = 128;

/**
 * The field manager under which the annotation for one AppAccess is written: its own, so that two objects that want one
 * service account meet in a conflict and do not overwrite each other.
 */
export function annotationManager({ name }: ObjectMeta): string {
  const manager = `appaccess/${name}`;
  return manager.length <= MAX_MANAGER_CHARS ? manager : `appaccess/${sha256Hex(name)}`;
}

/** Whether `manager` owns the annotation by server-side apply, according to an object's `managedFields`. */
export function ownsAnnotation(managedFields: readonly unknown[], manager: string): boolean {
  return managedFields.some(
    (entry) =>
      isRecord(entry) &&
      entry.manager === manager &&
      entry.operation === 'Apply' &&
      fieldAt(entry.fieldsV1, ['f:metadata', 'f:annotations', `f:${IRSA_ANNOTATION}`]),
  );
}

function fieldAt(fields: unknown, path: readonly string[]): boolean {
  let value = fields;
  for (const key of path) {
    if (!isRecord(value) || !(key in value)) return false;
    value = value[key];
  }
  return true;
}
