import type { AppAccess } from '../api/app-access.ts';
import type { CompileSettings, PolicyDocument, PolicyStatement } from './types.ts';

/** The settings once nothing is missing that this subject needs. */
export interface TrustSettings extends CompileSettings {
  readonly accountId: string;
  readonly clusterName: string;
}

/**
 * Who may assume the role of `appAccess`, as tight as AWS supports for the subject.
 * Source: reference fact sheet on IAM, section 6, with links to AWS's pages for each.
 */
export function compileTrust({ metadata, spec }: AppAccess, settings: TrustSettings): PolicyDocument {
  const { lambda, serviceAccount } = spec.subject;
  if (lambda !== undefined) return document(lambdaTrust(settings));
  if (serviceAccount === undefined) return document(ec2Trust());
  const via = serviceAccount.via ?? ['PodIdentity'];
  const subject = { namespace: metadata.namespace, name: serviceAccount.name };
  return document(
    ...(via.includes('PodIdentity') ? [podIdentityTrust(subject, settings)] : []),
    ...(via.includes('IRSA') ? [irsaTrust(subject, settings)] : []),
  );
}

function document(...Statement: PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement };
}

/** `aws:SourceArn` is left out: Lambda checks the role before the function exists. */
function lambdaTrust({ accountId }: TrustSettings): PolicyStatement {
  return {
    Sid: 'Lambda',
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
  };
}

/** EC2 sends nothing to pin it by; who may pass the role to an instance decides. */
function ec2Trust(): PolicyStatement {
  return { Sid: 'EC2', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
}

interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

function podIdentityTrust(
  { namespace, name }: ServiceAccountName,
  { partition, region = '', accountId, clusterName }: TrustSettings,
): PolicyStatement {
  return {
    Sid: 'PodIdentity',
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: {
      StringEquals: {
        'aws:RequestTag/eks-cluster-arn': `arn:${partition}:eks:${region}:${accountId}:cluster/${clusterName}`,
        'aws:RequestTag/kubernetes-namespace': namespace,
        'aws:RequestTag/kubernetes-service-account': name,
        'aws:SourceAccount': accountId,
      },
    },
  };
}

function irsaTrust(
  { namespace, name }: ServiceAccountName,
  { partition, accountId, oidcIssuer = '' }: TrustSettings,
): PolicyStatement {
  const issuer = oidcIssuer.replace(/^https:\/\//, '').replace(/\/$/, '');
  return {
    Sid: 'IRSA',
    Effect: 'Allow',
    Principal: { Federated: `arn:${partition}:iam::${accountId}:oidc-provider/${issuer}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${issuer}:aud`]: 'sts.amazonaws.com',
        [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${name}`,
      },
    },
  };
}
