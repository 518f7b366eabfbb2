import type { Problem } from '../base/problem.ts';
import type { AppAccess } from './app-access.ts';
import { appAccessStructure } from './app-access-structure.ts';
import { inFieldOrder } from './field-order.ts';
import { validateBySchema } from './validate-by-schema.ts';

/**
 * Everything that the CRD would refuse in `object`, all of it at once and in the order of its
 * fields; empty when it is valid. What stands below
 * `metadata` is not looked at. With `oldObject` this is an update, and what may not change is checked as well.
 */
export function validateAppAccess(object: unknown, oldObject?: AppAccess): readonly Problem[] {
  return inFieldOrder(validateBySchema(appAccessStructure, object, '', oldObject), object);
}
