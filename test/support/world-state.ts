import type { AppAccess } from '../../src/api/app-access.ts';
import { IRSA_ANNOTATION } from '../../src/cli/controller/irsa-annotation.ts';
import type { AwsSnapshot, InstanceProfileSnapshot, RoleSnapshot } from '../../src/dev/aws/snapshot.ts';
import { compileAccess } from '../../src/policy/compile-access.ts';
import { normalisePolicy } from '../../src/policy/normalise-policy.ts';
import type { CompileSettings, DesiredAccess, DesiredRole, PolicyDocument } from '../../src/policy/types.ts';

const RELEASED = 'appaccess.dev/released';

/** All of the embedded AWS account and the annotations of all service accounts, without ids that AWS draws by lot. */
export interface WorldState {
  readonly roles: readonly Omit<RoleSnapshot, 'id'>[];
  readonly instanceProfiles: readonly Omit<InstanceProfileSnapshot, 'id'>[];
  readonly associations: readonly Omit<AwsSnapshot['associations'][number], 'id' | 'arn'>[];
  /** Role ARN by `namespace/name` of the service account, those that carry one. */
  readonly annotations: Readonly<Record<string, string>>;
}

interface AnnotatedObject {
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** What the manifests are read against. */
export interface Surroundings {
  readonly settings: CompileSettings;
  /** `namespace/name` of the service accounts that exist. */
  readonly serviceAccounts: readonly string[];
  /** AppAccess objects that are gone and left their role by Retain. */
  readonly released?: readonly AppAccess[];
}

/**
 * The one state of the world in which nothing is left to do: what `manifests` compile to and nothing else. Pure; the
 * compiler is taken at its word, it is held by cases of its own. Throws for a manifest that does not compile.
 */
export function expectedWorld(manifests: readonly AppAccess[], surroundings: Surroundings): WorldState {
  const { settings, serviceAccounts, released = [] } = surroundings;
  const live = manifests.map((manifest) => compiled(manifest, settings));
  const kept = released.map((manifest) => compiled(manifest, settings));
  return {
    roles: byName([
      ...live.map((desired) => roleOf(desired, {})),
      ...kept.map((desired) => roleOf(desired, { [RELEASED]: 'released' })),
    ]),
    instanceProfiles: byName([...live, ...kept].flatMap(profileOf)),
    associations: byServiceAccount([...live, ...kept].flatMap(associationsOf)),
    annotations: annotationsOf([...live, ...kept], serviceAccounts),
  };
}

/** What was seen of an account and of the service accounts of a cluster, in the form of {@link expectedWorld}. */
export function observedWorld(
  { roles, instanceProfiles, associations }: AwsSnapshot,
  serviceAccounts: readonly AnnotatedObject[],
): WorldState {
  return {
    roles: byName(
      roles.map(({ id: _, tags, trustPolicy, ...role }) => ({
        ...role,
        // IAM shows the lists of a trust policy in an order of its own.
        trustPolicy: normalisePolicy(trustPolicy as PolicyDocument),
        tags: withoutReleaseTime(tags),
      })),
    ),
    instanceProfiles: byName(instanceProfiles.map(({ id: _, ...profile }) => profile)),
    associations: byServiceAccount(associations.map(({ id: _, arn: __, ...association }) => association)),
    annotations: Object.fromEntries(
      serviceAccounts.flatMap(({ metadata }) => {
        const roleArn = metadata.annotations?.[IRSA_ANNOTATION];
        return roleArn === undefined ? [] : [[`${metadata.namespace}/${metadata.name}`, roleArn]];
      }),
    ),
  };
}

function compiled(manifest: AppAccess, settings: CompileSettings): DesiredAccess {
  const answer = compileAccess(manifest, settings);
  if (!answer.ok) throw new Error(`${manifest.metadata.name} does not compile: ${JSON.stringify(answer.problems)}`);
  return answer.desired;
}

function roleOf({ role, roleArn }: DesiredAccess, moreTags: DesiredRole['tags']): Omit<RoleSnapshot, 'id'> {
  return {
    name: role.name,
    path: role.path,
    arn: roleArn,
    description: role.description ?? '',
    maxSessionSeconds: role.maxSessionSeconds,
    trustPolicy: normalisePolicy(role.trust),
    inlinePolicies: role.inline,
    attachedPolicyArns: [...role.managedPolicyArns].sort(),
    permissionsBoundaryArn: role.permissionsBoundary,
    tags: { ...role.tags, ...moreTags },
  };
}

function profileOf({ instanceProfile, role, roleArn }: DesiredAccess): WorldState['instanceProfiles'] {
  if (instanceProfile === undefined) return [];
  const arn = roleArn.replace(':role/', ':instance-profile/');
  return [{ ...instanceProfile, arn, roleNames: [role.name] }];
}

function associationsOf({ podIdentityAssociations, roleArn }: DesiredAccess): WorldState['associations'] {
  return podIdentityAssociations.map((association) => ({ ...association, roleArn, disableSessionTags: false }));
}

function annotationsOf(all: readonly DesiredAccess[], serviceAccounts: readonly string[]) {
  const annotations = all.flatMap(({ serviceAccountAnnotation: wanted }) => {
    if (wanted === undefined) return [];
    const key = `${wanted.namespace}/${wanted.serviceAccount}`;
    return serviceAccounts.includes(key) ? [[key, wanted.roleArn] as const] : [];
  });
  return Object.fromEntries(annotations);
}

function withoutReleaseTime(tags: DesiredRole['tags']): DesiredRole['tags'] {
  return RELEASED in tags ? { ...tags, [RELEASED]: 'released' } : tags;
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function byServiceAccount<T extends { readonly namespace: string; readonly serviceAccount: string }>(
  items: readonly T[],
): readonly T[] {
  const keyOf = ({ namespace, serviceAccount }: T) => `${namespace}/${serviceAccount}`;
  return [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
