import type { DesiredAccess } from './types.ts';

/** `desired` as the command `compile` prints it; plain JSON. */
export function toCompiledJson(desired: DesiredAccess): Readonly<Record<string, unknown>> {
  const { namespace, name, role, instanceProfile, podIdentityAssociations, serviceAccountAnnotation } = desired;
  return {
    namespace,
    name,
    role: {
      name: role.name,
      path: role.path,
      ...(role.description === undefined ? {} : { description: role.description }),
      trust: role.trust,
      inline: role.inline,
      managedPolicyArns: role.managedPolicyArns,
      permissionsBoundary: role.permissionsBoundary ?? null,
      tags: role.tags,
      maxSessionSeconds: role.maxSessionSeconds,
    },
    ...(instanceProfile === undefined ? {} : { instanceProfile }),
    ...(podIdentityAssociations.length === 0 ? {} : { podIdentityAssociations }),
    ...(serviceAccountAnnotation === undefined ? {} : { serviceAccountAnnotation }),
  };
}
