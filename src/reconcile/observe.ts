import type { AppAccess } from '../api/app-access.ts';
import { WaitingError } from '../base/errors.ts';
import type {
  Observation,
  ObservedAssociation,
  ObservedPolicies,
  ObservedServiceAccount,
  Rival,
} from '../plan/observation.ts';
import { NOTHING_OBSERVED } from '../plan/observation.ts';
import { isAwsPolicy, undesiredArns } from '../plan/surplus-policies.ts';
import { trustedAccounts, trustsEc2 } from '../plan/trusted-accounts.ts';
import type { DesiredAccess, DesiredRole, PolicyDocument } from '../policy/types.ts';
import { allInOrder } from './all-in-order.ts';
import type { AwsPort, KubePort } from './ports.ts';
import { SERVICE_ACCOUNT_PREFIX } from './subject-text.ts';

/** What a pass reads. */
export interface ObservePorts {
  readonly aws: AwsPort;
  readonly kube: KubePort;
}

/** What is looked for. */
export interface Sought {
  readonly appAccess: AppAccess;
  readonly desired: DesiredAccess;
  readonly rivals: readonly Rival[];
}

/**
 * Everything of the world that bears on `desired`, read directly: the role with its policies, its instance profile, the
 * associations and service accounts of the subject as it is, as status says it was, and as the role's trust says.
 */
export async function observeAccess(
  { desired, appAccess, rivals }: Sought,
  ports: ObservePorts,
  signal: AbortSignal,
): Promise<Observation> {
  const role = await ports.aws.getRole(desired.role.name, signal);
  const accounts = accountNames(appAccess, role?.trust);
  const asksEks =
    mayHaveAssociation(appAccess, role?.trust) || rivals.some(({ claims }) => claims.includes('ServiceAccount'));
  const hasProfile = desired.instanceProfile !== undefined || trustsEc2(role?.trust ?? '');
  const [policies, instanceProfile, associations, serviceAccounts] = await allInOrder([
    role && observeAllPolicies(role.name, desired.role, ports.aws, signal),
    hasProfile ? ports.aws.getInstanceProfile(desired.role.name, signal) : undefined,
    asksEks ? observeAssociations(desired, accounts, ports.aws, signal) : [],
    observeServiceAccounts(appAccess, accounts, ports.kube, signal),
  ]);
  return {
    role: role && policies && { ...role, ...policies },
    instanceProfile,
    associations,
    serviceAccounts,
    rivals,
  };
}

/**
 * As `observeAccess` without asking AWS: for an object for which no role was ever made, where `CreateRole` itself is the
 * check, and for one whose role was written a moment ago, with `trust`.
 */
export async function observeNewAccess(
  appAccess: AppAccess,
  ports: ObservePorts,
  signal: AbortSignal,
  trust?: PolicyDocument,
): Promise<Observation> {
  const serviceAccounts = await observeServiceAccounts(appAccess, accountNames(appAccess, trust), ports.kube, signal);
  return { ...NOTHING_OBSERVED, serviceAccounts };
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

/** As `observePolicies`, with what those say that `desired` does not name: one that only denies is a responder's. */
async function observeAllPolicies(
  name: string,
  desired: DesiredRole,
  aws: AwsPort,
  signal: AbortSignal,
): Promise<ObservedPolicies> {
  const policies = await observePolicies(name, aws, signal);
  const unknown = undesiredArns(desired, policies).filter((arn) => !isAwsPolicy(arn));
  if (unknown.length === 0) return policies;
  const read = await allInOrder(unknown.map(async (arn) => [arn, await readPolicy(arn, aws, signal)] as const));
  return {
    ...policies,
    attachedDocuments: Object.fromEntries(read.flatMap(([arn, { document }]) => (document ? [[arn, document]] : []))),
    unreadable: Object.fromEntries(read.flatMap(([arn, { denied }]) => (denied ? [[arn, denied]] : []))),
  };
}

interface ReadPolicy {
  readonly document?: PolicyDocument | string | undefined;
  readonly denied?: string;
}

/** A refusal is an answer here: all else about the role can still be decided. */
async function readPolicy(arn: string, aws: AwsPort, signal: AbortSignal): Promise<ReadPolicy> {
  try {
    return { document: await aws.getManagedPolicy(arn, signal) };
  } catch (error) {
    if (error instanceof WaitingError && error.reason === 'AccessDenied') return { denied: error.message };
    throw error;
  }
}

async function observeAssociations(
  desired: DesiredAccess,
  accounts: readonly string[],
  aws: AwsPort,
  signal: AbortSignal,
): Promise<readonly ObservedAssociation[]> {
  const clusterName = desired.podIdentityAssociations[0]?.clusterName ?? desired.clusterName;
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

/** Names of the service accounts that have or had to do with this object, whose role has `trust`. */
export function accountNames(
  { metadata, spec, status }: AppAccess,
  trust: PolicyDocument | string | undefined,
): readonly string[] {
  const before = status?.subject?.startsWith(SERVICE_ACCOUNT_PREFIX)
    ? [status.subject.slice(SERVICE_ACCOUNT_PREFIX.length)]
    : [];
  const now = spec.subject.serviceAccount === undefined ? [] : [spec.subject.serviceAccount.name];
  const trusted = trustedAccounts(trust ?? '')
    .filter(({ namespace }) => namespace === metadata.namespace)
    .map(({ name }) => name);
  return [...new Set([...before, ...now, ...trusted])];
}

/** Whether the subject is or was handed the role by Pod Identity; if not, EKS is not asked. */
export function mayHaveAssociation({ spec, status }: AppAccess, trust: PolicyDocument | string | undefined): boolean {
  const via = spec.subject.serviceAccount?.via ?? ['PodIdentity'];
  const isPodIdentity = spec.subject.serviceAccount !== undefined && via.includes('PodIdentity');
  const wasPodIdentity = trustedAccounts(trust ?? '').some((account) => account.via === 'PodIdentity');
  return isPodIdentity || wasPodIdentity || status?.role?.associationId !== undefined;
}
