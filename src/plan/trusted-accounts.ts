import type { OneOrMany, PolicyDocument, PolicyStatement } from '../policy/types.ts';

/** A service account that a trust policy lets in, and by which way. */
export interface TrustedAccount {
  readonly namespace: string;
  readonly name: string;
  readonly via: 'PodIdentity' | 'IRSA';
}

const NAMESPACE_TAG = 'aws:RequestTag/kubernetes-namespace';
const ACCOUNT_TAG = 'aws:RequestTag/kubernetes-service-account';
const SUBJECT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * The service accounts that `trust`, as this program compiles it, lets in; empty for any other subject. A role is
 * handed over only after its trust names the account, so this finds what a crash before the status write would lose.
 */
export function trustedAccounts(trust: PolicyDocument | string): readonly TrustedAccount[] {
  if (typeof trust === 'string') return [];
  return trust.Statement.flatMap(accountsIn);
}

/** Whether `trust` lets EC2 in: then the role has, or had, an instance profile. */
export function trustsEc2(trust: PolicyDocument | string): boolean {
  if (typeof trust === 'string') return false;
  return trust.Statement.some(
    ({ Principal }) =>
      typeof Principal === 'object' &&
      listOf(Principal.Service).some((service) => service.startsWith('ec2.amazonaws.com')),
  );
}

function accountsIn({ Condition = {} }: PolicyStatement): readonly TrustedAccount[] {
  const { StringEquals = {} } = Condition;
  const namespaces = listOf(StringEquals[NAMESPACE_TAG]);
  const byTag = listOf(StringEquals[ACCOUNT_TAG]).flatMap((name) =>
    namespaces.map((namespace) => ({ namespace, name, via: 'PodIdentity' }) as const),
  );
  const bySubject = Object.entries(StringEquals)
    .filter(([key]) => key.endsWith(':sub'))
    .flatMap(([, value]) => listOf(value))
    .flatMap((text) => {
      const [, namespace, name] = SUBJECT.exec(text) ?? [];
      return namespace === undefined || name === undefined ? [] : [{ namespace, name, via: 'IRSA' } as const];
    });
  return [...byTag, ...bySubject];
}

function listOf(value: OneOrMany | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
