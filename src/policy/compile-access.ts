import type { AppAccess } from '../api/app-access.ts';
import type { Problem } from '../base/problem.ts';
import { compilePermissions } from './compile-permissions.ts';
import { compileTrust, type TrustSettings } from './compile-trust.ts';
import { durationSeconds } from './duration-seconds.ts';
import { INLINE_POLICY_NAME } from './inline-policy.ts';
import { MISSING_ACCOUNT, MISSING_CLUSTER, MISSING_ISSUER, MISSING_REGION } from './missing-settings.ts';
import { MAX_INLINE_POLICY_CHARS, MAX_TRUST_POLICY_CHARS, policyChars } from './policy-size.ts';
import { type RoleIdentity, roleIdentity } from './role-identity.ts';
import type { CompileSettings, DesiredAccess, DesiredRole, PolicyDocument } from './types.ts';

export interface PolicySize {
  readonly statements: number;
  /** As IAM counts them. */
  readonly characters: number;
  /** Of what a role's inline policies may have, rounded up. */
  readonly quotaPercent: number;
}

export interface CompiledAccess {
  readonly ok: true;
  readonly desired: DesiredAccess;
  readonly policy: PolicySize;
}

export type CompileAnswer = CompiledAccess | { readonly ok: false; readonly problems: readonly Problem[] };

/** Session length that IAM gives where nobody says otherwise. */
const DEFAULT_SESSION_SECONDS = 3600;

/**
 * Everything that `appAccess` asks AWS for, or every reason why it cannot be had. The object is valid by its schema and
 * has its defaults. Equal input gives equal bytes. Never throws.
 */
export function compileAccess(appAccess: AppAccess, settings: CompileSettings): CompileAnswer {
  const missing = missingSettings(appAccess, settings);
  const permissions = compilePermissions(appAccess, settings);
  const { accountId, clusterName } = settings;
  const early = [
    ...missing,
    ...permissions.problems,
    ...permissionsSizeProblems(permissions.document),
    ...nameProblems(appAccess, settings),
  ];
  if (accountId === undefined || clusterName === undefined) return { ok: false, problems: early };

  const trust = compileTrust(appAccess, { ...settings, accountId, clusterName });
  const problems = [...early, ...trustSizeProblems(trust)];
  if (problems.length > 0) return { ok: false, problems };
  const characters = policyChars(permissions.document);
  return {
    ok: true,
    desired: desiredAccess(appAccess, { ...settings, accountId, clusterName }, permissions.document, trust),
    policy: {
      statements: permissions.document.Statement.length,
      characters,
      quotaPercent: Math.ceil((characters / MAX_INLINE_POLICY_CHARS) * 100),
    },
  };
}

function missingSettings({ spec }: AppAccess, settings: CompileSettings): readonly Problem[] {
  const { accountId, clusterName, region, oidcIssuer } = settings;
  const via = spec.subject.serviceAccount === undefined ? [] : (spec.subject.serviceAccount.via ?? ['PodIdentity']);
  const path = 'spec.subject.serviceAccount.via';
  return [
    ...(accountId === undefined ? [{ path: 'spec', problem: MISSING_ACCOUNT }] : []),
    ...(clusterName === undefined ? [{ path: 'spec', problem: MISSING_CLUSTER }] : []),
    ...(via.includes('PodIdentity') && region === undefined ? [{ path, problem: MISSING_REGION }] : []),
    ...(via.includes('IRSA') && oidcIssuer === undefined ? [{ path, problem: MISSING_ISSUER }] : []),
  ];
}

function permissionsSizeProblems(permissions: PolicyDocument): readonly Problem[] {
  const path = 'spec.grants';
  const chars = policyChars(permissions);
  return [
    ...(chars <= MAX_INLINE_POLICY_CHARS
      ? []
      : [
          {
            path,
            problem: `compile to a policy of ${chars} characters, and IAM takes ${MAX_INLINE_POLICY_CHARS} for one role; split them over several AppAccess objects`,
          },
        ]),
    ...(isLatin1(permissions)
      ? []
      : [{ path, problem: 'hold characters outside Latin-1, which IAM policies may not contain' }]),
  ];
}

function trustSizeProblems(trust: PolicyDocument): readonly Problem[] {
  const chars = policyChars(trust);
  if (chars <= MAX_TRUST_POLICY_CHARS) return [];
  return [
    {
      path: 'spec.subject',
      problem: `compiles to a trust policy of ${chars} characters, and IAM takes ${MAX_TRUST_POLICY_CHARS}; use shorter names`,
    },
  ];
}

/** Source: shape policyDocumentType of the IAM service model. */
function isLatin1(document: PolicyDocument): boolean {
  return [...JSON.stringify(document)].every((character) => character <= 'ÿ');
}

/** Tags of a role are told apart without regard to case. Source: .../UserGuide/id_tags.html */
function nameProblems({ spec }: AppAccess, settings: CompileSettings): readonly Problem[] {
  const keys = Object.keys(spec.role?.tags ?? {});
  const twins = keys.filter(
    (key, index) => keys.findIndex((other) => other.toLowerCase() === key.toLowerCase()) < index,
  );
  const boundary = spec.role?.permissionsBoundary;
  const wrongPartition = boundary !== undefined && boundary.split(':')[1] !== settings.partition;
  return [
    ...twins.map((key) => ({
      path: 'spec.role.tags',
      problem: `${key} stands there twice but for its case; IAM keeps one`,
    })),
    ...(wrongPartition
      ? [
          {
            path: 'spec.role.permissionsBoundary',
            problem: `is not in partition ${settings.partition}; give the ARN of a policy there`,
          },
        ]
      : []),
  ];
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
    inline: { [INLINE_POLICY_NAME]: permissions },
    tags: sortKeys({ ...userTags, ...tags }),
    maxSessionSeconds: maxSessionDuration === undefined ? DEFAULT_SESSION_SECONDS : durationSeconds(maxSessionDuration),
    ...(description === undefined ? {} : { description }),
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
  };
}

function sortKeys(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
