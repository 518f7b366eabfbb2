import type { AppAccess } from '../api/app-access.ts';
import type { RoleStatus } from '../api/status-schema.ts';
import type { Action } from '../plan/actions.ts';
import type { Observation } from '../plan/observation.ts';
import { includesArn } from '../plan/surplus-policies.ts';
import type { DesiredAccess } from '../policy/types.ts';
import type { AppliedFacts } from './apply-actions.ts';

/** The role after a pass that carried out all of its plan: what was applied is what is desired. */
export function roleStatus(
  { spec }: AppAccess,
  desired: DesiredAccess,
  facts: AppliedFacts,
  observed: Observation,
): RoleStatus {
  const { role } = desired;
  const id = facts.role?.id ?? observed.role?.id;
  const instanceProfileArn = facts.instanceProfileArn ?? observed.instanceProfile?.arn;
  const wanted = desired.podIdentityAssociations[0];
  const association = observed.associations.find((found) => found.serviceAccount === wanted?.serviceAccount);
  const associationId = wanted === undefined ? undefined : (facts.associationId ?? association?.id);
  return {
    name: role.name,
    arn: facts.role?.arn ?? observed.role?.arn ?? desired.roleArn,
    ...(id === undefined ? {} : { id }),
    ...(role.permissionsBoundary === undefined ? {} : { permissionsBoundary: role.permissionsBoundary }),
    ...listed('tagKeys', Object.keys(spec.role?.tags ?? {})),
    ...listed('managedPolicyArns', role.managedPolicyArns),
    ...(desired.instanceProfile === undefined || instanceProfileArn === undefined ? {} : { instanceProfileArn }),
    ...(associationId === undefined ? {} : { associationId }),
  };
}

/**
 * The role after a pass that failed on its way: what status said before, with what was made, put on and taken off
 * meanwhile. Whatever may be ours by now is named, an attachment whose answer was lost too: what is not named counts as
 * somebody else's at the next pass, which would tell it as such, or leave it for ever.
 */
export function keptRole(appAccess: AppAccess, facts: AppliedFacts): { role?: RoleStatus } {
  const { instanceProfileArn, associationId, begun, done } = facts;
  const tried = begun === undefined || done.includes(begun) ? done : [...done, begun];
  const found = tried.reduce<RoleStatus>(
    (role, action) => statusAfter(role, action, appAccess, done.includes(action)),
    (facts.written ?? appAccess).status?.role ?? {},
  );
  const role: RoleStatus = {
    ...found,
    ...(facts.role === undefined ? {} : { name: facts.role.arn.split('/').at(-1) ?? '', ...facts.role }),
    ...(instanceProfileArn === undefined ? {} : { instanceProfileArn }),
    ...(associationId === undefined ? {} : { associationId }),
  };
  return Object.keys(role).length === 0 ? {} : { role };
}

/** ARNs of the managed policies that we attached. */
export function knownArns({ status }: AppAccess): readonly string[] {
  return status?.role?.managedPolicyArns ?? [];
}

/** `role` once `action` was carried out; of one that may not have been, only what it may have added. */
function statusAfter(role: RoleStatus, action: Action, { spec }: AppAccess, isDone: boolean): RoleStatus {
  const { tagKeys = [], managedPolicyArns = [], permissionsBoundary: _, ...others } = role;
  const keysOfSpec = Object.keys(spec.role?.tags ?? {});
  switch (action.kind) {
    case 'CreateRole': {
      const { permissionsBoundary } = action.role;
      if (!isDone) return role;
      return {
        ...others,
        ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
        ...listed('tagKeys', keysOfSpec),
      };
    }
    case 'AttachManagedPolicy':
      if (includesArn(managedPolicyArns, action.policyArn)) return role;
      return { ...role, ...listed('managedPolicyArns', [...managedPolicyArns, action.policyArn]) };
    case 'DetachManagedPolicy': {
      if (!isDone) return role;
      const { managedPolicyArns: _arns, ...kept } = role;
      const left = managedPolicyArns.filter((arn) => !includesArn([action.policyArn], arn));
      return { ...kept, ...listed('managedPolicyArns', left) };
    }
    case 'PutBoundary':
      // Where the answer was lost, the tag that was written before says whose it is.
      return isDone ? { ...role, permissionsBoundary: action.policyArn } : role;
    case 'DeleteBoundary': {
      if (!isDone) return role;
      const { permissionsBoundary: _boundary, ...unbound } = role;
      return unbound;
    }
    case 'TagRole': {
      const added = keysOfSpec.filter((key) => Object.hasOwn(action.tags, key));
      return { ...role, ...listed('tagKeys', [...tagKeys, ...added]) };
    }
    case 'UntagRole': {
      if (!isDone) return role;
      const { tagKeys: _keys, ...kept } = role;
      const gone = action.keys.map((key) => key.toLowerCase());
      const left = tagKeys.filter((key) => !gone.includes(key.toLowerCase()));
      return { ...kept, ...listed('tagKeys', left) };
    }
    default:
      return role;
  }
}

/** `items` under `field`, sorted, each once; nothing when there are none. */
function listed<Field extends string>(field: Field, items: readonly string[]): { [Key in Field]?: string[] } {
  if (items.length === 0) return {};
  return { [field]: [...new Set(items)].sort() } as { [Key in Field]?: string[] }; // one computed key is a record to tsc
}
