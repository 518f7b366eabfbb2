import type { AppAccess } from '../api/app-access.ts';
import type {
  Observation,
  ObservedAssociation,
  ObservedPolicies,
  ObservedServiceAccount,
} from '../plan/observation.ts';
import { NOTHING_OBSERVED } from '../plan/observation.ts';
import type { DesiredAccess } from '../policy/types.ts';
import { allInOrder } from './all-in-order.ts';
import type { AwsPort, KubePort } from './ports.ts';
import { SERVICE_ACCOUNT_PREFIX } from './subject-text.ts';

/** What a pass reads. */
export interface ObservePorts {
  readonly aws: AwsPort;
  readonly kube: KubePort;
}

/**
 * Everything of the world that bears on `desired`, read directly: the role with its policies, its instance profile, the
 * associations and service accounts of the subject as it is and as status says it was.
 */
export async function observeAccess(
  desired: DesiredAccess,
  appAccess: AppAccess,
  ports: ObservePorts,
  signal: AbortSignal,
): Promise<Observation> {
  const accounts = accountNames(appAccess);
  const [role, instanceProfile, associations, serviceAccounts] = await allInOrder([
    observeRole(desired.role.name, ports.aws, signal),
    desired.instanceProfile && ports.aws.getInstanceProfile(desired.instanceProfile.name, signal),
    observeAssociations(desired, appAccess, accounts, ports.aws, signal),
    observeServiceAccounts(appAccess, accounts, ports.kube, signal),
  ]);
  return { role, instanceProfile, associations, serviceAccounts };
}

/** As `observeAccess` for an object for which no role was ever made: AWS is not asked, `CreateRole` itself is the check. */
export async function observeNewAccess(
  appAccess: AppAccess,
  ports: ObservePorts,
  signal: AbortSignal,
): Promise<Observation> {
  const serviceAccounts = await observeServiceAccounts(appAccess, accountNames(appAccess), ports.kube, signal);
  return { ...NOTHING_OBSERVED, serviceAccounts };
}

async function observeRole(name: string, aws: AwsPort, signal: AbortSignal): Promise<Observation['role']> {
  const role = await aws.getRole(name, signal);
  if (role === undefined) return undefined;
  return { ...role, ...(await observePolicies(name, aws, signal)) };
}

/** What hangs on role `name`; nothing when the role is gone meanwhile. */
export async function observePolicies(name: string, aws: AwsPort, signal: AbortSignal): Promise<ObservedPolicies> {
  const [names = [], attached = []] = await allInOrder([
    aws.listInlinePolicyNames(name, signal),
    aws.listAttachedPolicyArns(name, signal),
  ]);
  const documents = await allInOrder(
    names.map(async (policy) => [policy, await aws.getInlinePolicy(name, policy, signal)] as const),
  );
  const inline = Object.fromEntries(
    documents.flatMap(([policy, text]) => (text === undefined ? [] : [[policy, text]])),
  );
  return { inline, attached };
}

async function observeAssociations(
  desired: DesiredAccess,
  appAccess: AppAccess,
  accounts: readonly string[],
  aws: AwsPort,
  signal: AbortSignal,
): Promise<readonly ObservedAssociation[]> {
  const clusterName = desired.podIdentityAssociations[0]?.clusterName ?? desired.clusterName;
  if (!mayHaveAssociation(appAccess)) return [];
  const found = await allInOrder(
    accounts.map((serviceAccount) =>
      aws.findAssociation({ clusterName, namespace: desired.namespace, serviceAccount }, signal),
    ),
  );
  return found.filter((association) => association !== undefined);
}

async function observeServiceAccounts(
  { metadata }: AppAccess,
  accounts: readonly string[],
  kube: KubePort,
  signal: AbortSignal,
): Promise<readonly ObservedServiceAccount[]> {
  const found = await allInOrder(
    accounts.map((name) => kube.getServiceAccount({ namespace: metadata.namespace, name }, metadata, signal)),
  );
  return found.filter((account) => account !== undefined);
}

/** Names of the service accounts that have or had to do with this object. */
export function accountNames({ spec, status }: AppAccess): readonly string[] {
  const before = status?.subject?.startsWith(SERVICE_ACCOUNT_PREFIX)
    ? [status.subject.slice(SERVICE_ACCOUNT_PREFIX.length)]
    : [];
  const now = spec.subject.serviceAccount === undefined ? [] : [spec.subject.serviceAccount.name];
  return [...new Set([...before, ...now])];
}

/** Whether the subject is or was handed the role by Pod Identity; if not, EKS is not asked. */
export function mayHaveAssociation({ spec, status }: AppAccess): boolean {
  const via = spec.subject.serviceAccount?.via ?? ['PodIdentity'];
  const isPodIdentity = spec.subject.serviceAccount !== undefined && via.includes('PodIdentity');
  return isPodIdentity || status?.role?.associationId !== undefined;
}
