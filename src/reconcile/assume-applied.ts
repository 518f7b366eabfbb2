import type { RoleStatus } from '../api/status-schema.ts';
import type { Observation, ObservedServiceAccount } from '../plan/observation.ts';
import type { DesiredAccess } from '../policy/types.ts';

/**
 * The observation that AWS will return once it shows what was written: `written` with the ids that came of it. Used in
 * place of a read while reads may still be older than our own write. `undefined` when the id of the role is not known.
 */
export function assumeApplied(
  written: DesiredAccess,
  status: RoleStatus | undefined,
  serviceAccounts: readonly ObservedServiceAccount[],
): Observation | undefined {
  if (status?.id === undefined) return undefined;
  const { role, roleArn, instanceProfile } = written;
  return {
    role: {
      name: role.name,
      path: role.path,
      arn: roleArn,
      id: status.id,
      trust: role.trust,
      tags: role.tags,
      maxSessionSeconds: role.maxSessionSeconds,
      ...(role.description === undefined ? {} : { description: role.description }),
      ...(role.permissionsBoundary === undefined ? {} : { permissionsBoundary: role.permissionsBoundary }),
      inline: role.inline,
      attached: role.managedPolicyArns,
    },
    instanceProfile: instanceProfile && {
      ...instanceProfile,
      arn: status.instanceProfileArn ?? '',
      roleNames: [role.name],
    },
    associations: written.podIdentityAssociations.flatMap((association) =>
      status.associationId === undefined ? [] : [{ ...association, id: status.associationId, arn: '', roleArn }],
    ),
    serviceAccounts,
    rivals: [],
  };
}
