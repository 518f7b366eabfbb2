import type { AppAccess } from '../api/app-access.ts';
import { inFieldOrder } from '../api/field-order.ts';
import type { Problem } from '../base/problem.ts';
import { permissionsSizeProblems, roleProblems, subjectProblems, trustSizeProblems } from './access-problems.ts';
import { boundaryTag } from './boundary-tag.ts';
import { compilePermissions } from './compile-permissions.ts';
import { compileTrust, type TrustSettings } from './compile-trust.ts';
import { durationSeconds } from './duration-seconds.ts';
import { INLINE_POLICY_NAME } from './inline-policy.ts';
import { managedPolicyArns, managedPolicyProblems } from './managed-policies.ts';
import { MISSING_ACCOUNT, MISSING_CLUSTER } from './missing-settings.ts';
import { type PolicySize, policySize } from './policy-size.ts';
import { type RoleIdentity, roleIdentity } from './role-identity.ts';
import type { CompileSettings, DesiredAccess, DesiredRole, PolicyDocument } from './types.ts';

export interface CompiledAccess {
  readonly ok: true;
  readonly desired: DesiredAccess;
  readonly policy: PolicySize;
}

export type CompileAnswer = CompiledAccess | { readonly ok: false; readonly problems: readonly Problem[] };

/** Session length that IAM gives where nobody says otherwise. */
const DEFAULT_SESSION_SECONDS = 3600;

/**
 * Everything that `appAccess` asks AWS for, or every reason why it cannot be had, in the order of its fields. The object is valid by its schema and
 * has its defaults. Equal input gives equal bytes. Never throws.
 */
export function compileAccess(appAccess: AppAccess, settings: CompileSettings): CompileAnswer {
  const permissions = compilePermissions(appAccess, settings);
  const { accountId, clusterName } = settings;
  const early = [
    ...(accountId === undefined ? [{ path: 'spec', problem: MISSING_ACCOUNT }] : []),
    ...(clusterName === undefined ? [{ path: 'spec', problem: MISSING_CLUSTER }] : []),
    ...subjectProblems(appAccess, settings),
    ...permissions.problems,
    ...managedPolicyProblems(appAccess, settings),
    ...permissionsSizeProblems(permissions.document),
    ...roleProblems(appAccess, settings),
  ];
  if (accountId === undefined || clusterName === undefined) return refused(early, appAccess);

  const trust = compileTrust(appAccess, { ...settings, accountId, clusterName });
  const problems = [...early, ...trustSizeProblems(trust)];
  if (problems.length > 0) return refused(problems, appAccess);
  return {
    ok: true,
    desired: desiredAccess(appAccess, { ...settings, accountId, clusterName }, permissions.document, trust),
    policy: policySize(permissions.document, trust),
  };
}

function refused(problems: readonly Problem[], appAccess: AppAccess): CompileAnswer {
  return { ok: false, problems: inFieldOrder(problems, appAccess) };
}

function desiredAccess(
  appAccess: AppAccess,
  settings: TrustSettings,
  permissions: PolicyDocument,
  trust: PolicyDocument,
): DesiredAccess {
  const { metadata, spec } = appAccess;
  const { namespace, name } = metadata;
  const { accountId, clusterName, partition } = settings;
  const identity = roleIdentity(appAccess, settings);
  const roleArn = `arn:${partition}:iam::${accountId}:role${identity.path}${identity.name}`;
  const serviceAccount = spec.subject.serviceAccount;
  const via = serviceAccount === undefined ? [] : (serviceAccount.via ?? ['PodIdentity']);
  return {
    namespace,
    name,
    accountId,
    clusterName,
    roleArn,
    role: desiredRole(appAccess, identity, permissions, trust),
    ...(spec.subject.ec2 === undefined ? {} : { instanceProfile: identity }),
    podIdentityAssociations:
      serviceAccount !== undefined && via.includes('PodIdentity')
        ? [{ clusterName, namespace, serviceAccount: serviceAccount.name, tags: identity.tags }]
        : [],
    ...(serviceAccount !== undefined && via.includes('IRSA')
      ? { serviceAccountAnnotation: { namespace, serviceAccount: serviceAccount.name, roleArn } }
      : {}),
  };
}

function desiredRole(
  { spec }: AppAccess,
  { name, path, tags }: RoleIdentity,
  permissions: PolicyDocument,
  trust: PolicyDocument,
): DesiredRole {
  const { description, maxSessionDuration, permissionsBoundary, tags: userTags = {} } = spec.role ?? {};
  return {
    name,
    path,
    trust,
    inline: permissions.Statement.length === 0 ? {} : { [INLINE_POLICY_NAME]: permissions },
    managedPolicyArns: managedPolicyArns(spec),
    tags: sortKeys({ ...userTags, ...tags, ...boundaryTag(permissionsBoundary) }),
    maxSessionSeconds: maxSessionDuration === undefined ? DEFAULT_SESSION_SECONDS : durationSeconds(maxSessionDuration),
    ...(description === undefined ? {} : { description }),
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
  };
}

function sortKeys(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
