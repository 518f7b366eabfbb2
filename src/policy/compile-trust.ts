import type { AppAccess } from '../api/app-access.ts';
import { lambdaFunctionArn } from './lambda-function-arn.ts';
import type { CompileSettings, PolicyConditions, PolicyDocument, PolicyStatement } from './types.ts';

/** The settings once nothing is missing that this subject needs. */
export interface TrustSettings extends CompileSettings {
  readonly accountId: string;
  readonly clusterName: string;
}

/**
 * Who may assume the role of `appAccess`, as tight as AWS supports for the subject.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html; of the kinds
 * https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html, …/eks/latest/userguide/pod-id-role.html
 * and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html.
 */
export function compileTrust({ metadata, spec }: AppAccess, settings: TrustSettings): PolicyDocument {
  const { lambda, ec2, ecsTask, serviceAccount, service } = spec.subject;
  if (lambda !== undefined) return document(lambdaTrust(lambda, settings));
  if (ec2 !== undefined) return document(ec2Trust(settings));
  if (ecsTask !== undefined) return document(ecsTaskTrust(settings));
  if (service !== undefined) return document(serviceTrust(service, settings));
  if (serviceAccount === undefined) return document();
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

function servicePrincipal(Sid: string, Service: string, Condition?: PolicyConditions): PolicyStatement {
  const statement: PolicyStatement = { Sid, Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' };
  return Condition === undefined ? statement : { ...statement, Condition };
}

type LambdaSubject = NonNullable<AppAccess['spec']['subject']['lambda']>;

/** `aws:SourceArn` is left out unless asked for: Lambda checks the role before the function exists. */
function lambdaTrust({ functionName, pinFunction }: LambdaSubject, settings: TrustSettings): PolicyStatement {
  const arn = lambdaFunctionArn(functionName, settings);
  return servicePrincipal('Lambda', 'lambda.amazonaws.com', {
    ...(pinFunction === true ? { ArnLike: { 'aws:SourceArn': [arn, `${arn}:*`] } } : {}),
    StringEquals: { 'aws:SourceAccount': settings.accountId },
  });
}

/**
 * EC2 sends nothing to pin it by; who may pass the role to an instance decides. In China it goes by the name with the
 * suffix of that partition: node groups of EKS refuse a role that names the other.
 */
function ec2Trust({ partition }: TrustSettings): PolicyStatement {
  return servicePrincipal('EC2', partition === 'aws-cn' ? 'ec2.amazonaws.com.cn' : 'ec2.amazonaws.com');
}

/**
 * One cluster cannot be named: ECS does not support it.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
function ecsTaskTrust({ partition, region = '', accountId }: TrustSettings): PolicyStatement {
  return servicePrincipal('EcsTask', 'ecs-tasks.amazonaws.com', {
    ArnLike: { 'aws:SourceArn': `arn:${partition}:ecs:${region}:${accountId}:*` },
    StringEquals: { 'aws:SourceAccount': accountId },
  });
}

type ServiceSubject = NonNullable<AppAccess['spec']['subject']['service']>;

function serviceTrust({ principal, sourceArn }: ServiceSubject, { accountId }: TrustSettings): PolicyStatement {
  return servicePrincipal('Service', principal, {
    ArnLike: { 'aws:SourceArn': sourceArn },
    StringEquals: { 'aws:SourceAccount': accountId },
  });
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
