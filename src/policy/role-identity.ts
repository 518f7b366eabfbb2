import { type AppAccess, OWNER_TAG_PREFIX } from '../api/app-access.ts';
import { sha256Hex } from '../base/digest.ts';
import type { CompileSettings, Tags } from './types.ts';

/** Key of the owner tag that tells clusters apart. */
export const CLUSTER_UID_TAG = `${OWNER_TAG_PREFIX}cluster-uid`;

/** What a role is found and recognised by. */
export interface RoleIdentity {
  /** At most 64 characters. */
  readonly name: string;
  readonly path: string;
  /** The tags that prove whose the role is. */
  readonly tags: Tags;
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_ROLE_NAME_CHARS = 64;
const HASH_CHARS = 10;

/**
 * Name, path and owner tags of the role of `appAccess`; they follow from its own name and the environment alone, so that
 * they can be found again after a crash. An absent cluster name gives an identity that no role has.
 */
export function roleIdentity({ metadata, spec }: AppAccess, settings: CompileSettings): RoleIdentity {
  const { namespace, name } = metadata;
  const cluster = settings.clusterName ?? '';
  return {
    name: spec.role?.name ?? defaultRoleName(cluster, namespace, name),
    path: `/appaccess/${cluster}/${namespace}/`,
    tags: {
      ...(settings.clusterUid === undefined ? {} : { [CLUSTER_UID_TAG]: settings.clusterUid }),
      [`${OWNER_TAG_PREFIX}namespace`]: namespace,
      [`${OWNER_TAG_PREFIX}name`]: name,
    },
  };
}

/**
 * `<namespace>-<name>-<hash>`, cut before the hash where it is too long. The hash over cluster, namespace and name is
 * always there: no two objects can meet, and nobody can squat on a name that another will get.
 */
function defaultRoleName(cluster: string, namespace: string, name: string): string {
  const hash = sha256Hex(JSON.stringify([cluster, namespace, name])).slice(0, HASH_CHARS);
  const readable = `${namespace}-${name}`.slice(0, MAX_ROLE_NAME_CHARS - HASH_CHARS - 1).replace(/[-.]+$/, '');
  return `${readable}-${hash}`;
}
