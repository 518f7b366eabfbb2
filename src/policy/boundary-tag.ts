import { OWNER_TAG_PREFIX } from '../api/app-access.ts';
import { sha256Hex } from '../base/digest.ts';
import type { Tags } from './types.ts';

/**
 * Key of the tag that says which permissions boundary we set ourselves, so that one put there by somebody else is told
 * apart even when the controller died before it could write status.
 */
export const BOUNDARY_TAG = `${OWNER_TAG_PREFIX}boundary`;

const DIGEST_CHARS = 32;

/** The tag for boundary `policyArn`: a digest, for tags hold neither all characters of an ARN nor its length. */
export function boundaryTag(policyArn: string | undefined): Tags {
  return policyArn === undefined ? {} : { [BOUNDARY_TAG]: sha256Hex(policyArn).slice(0, DIGEST_CHARS) };
}
