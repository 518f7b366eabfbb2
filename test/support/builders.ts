import type { AppAccess, ObjectMeta } from '../../src/api/app-access.ts';
import type { ObservedPolicies, ObservedRole } from '../../src/plan/observation.ts';
import type { DesiredAccess, DesiredRole, PolicyDocument } from '../../src/policy/types.ts';

export const ACCOUNT = '123456789012';
export const OWNER_TAGS = {
  'appaccess.dev/cluster-uid': 'cluster-1',
  'appaccess.dev/namespace': 'billing',
  'appaccess.dev/name': 'uploader',
};

/** A valid AppAccess: Lambda function `uploader` writes below `uploads/` of bucket `invoices`. */
export function appAccess(
  change: { spec?: Partial<AppAccess['spec']>; metadata?: Partial<ObjectMeta>; status?: AppAccess['status'] } = {},
): AppAccess {
  return {
    apiVersion: 'appaccess.dev/v1alpha1',
    kind: 'AppAccess',
    metadata: { namespace: 'billing', name: 'uploader', uid: 'uid-1', generation: 1, ...change.metadata },
    spec: {
      subject: { lambda: { functionName: 'uploader' } },
      grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
      drift: { mode: 'Repair', unmanaged: 'Remove' },
      deletionPolicy: 'Delete',
      suspend: false,
      ...change.spec,
    },
    ...(change.status === undefined ? {} : { status: change.status }),
  };
}

/** A permissions policy that allows `actions` on one bucket's objects. */
export function allow(...actions: string[]): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: 'arn:aws:s3:::invoices/uploads/*' }],
  };
}

export function trust(service = 'lambda.amazonaws.com'): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  };
}

export function desiredRole(change: Partial<DesiredRole> = {}): DesiredRole {
  return {
    name: 'billing-uploader-0123456789',
    path: '/appaccess/demo/billing/',
    trust: trust(),
    inline: { appaccess: allow('s3:PutObject') },
    managedPolicyArns: [],
    tags: OWNER_TAGS,
    maxSessionSeconds: 3600,
    ...change,
  };
}

export function desiredAccess(change: Partial<DesiredAccess> = {}): DesiredAccess {
  const role = change.role ?? desiredRole();
  return {
    namespace: 'billing',
    name: 'uploader',
    accountId: ACCOUNT,
    clusterName: 'demo',
    roleArn: `arn:aws:iam::${ACCOUNT}:role${role.path}${role.name}`,
    podIdentityAssociations: [],
    ...change,
    role,
  };
}

/** The role as AWS shows it once `desiredRole()` was written. */
export function observedRole(change: Partial<ObservedRole & ObservedPolicies> = {}): ObservedRole & ObservedPolicies {
  const { name, path, trust: trustPolicy, inline, tags, maxSessionSeconds } = desiredRole();
  return {
    name,
    path,
    arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
    id: 'AROA1',
    trust: trustPolicy,
    tags,
    maxSessionSeconds,
    inline,
    attached: [],
    ...change,
  };
}
