import { isRecord, parseDocument, type RawStatement, syntaxErrors, toTexts } from './document-grammar.ts';
import { malformedPolicyDocument } from './errors.ts';

const STS_ACTIONS = [
  'assumerole',
  'assumerolewithsaml',
  'assumerolewithwebidentity',
  'tagsession',
  'setsourceidentity',
  'setcontext',
  '*',
];
const WEB_IDENTITY_HOSTS = [
  'accounts.google.com',
  'www.amazon.com',
  'graph.facebook.com',
  'cognito-identity.amazonaws.com',
];

/** Services that go by this suffix in China. Others there, with it, are no principals. */
const CHINESE_SERVICES = ['codedeploy', 'ec2', 'elasticmapreduce', 'logs', 's3'].map(
  (service) => `${service}.amazonaws.com.cn`,
);

/** Whom a trust policy may name. */
export interface Principals {
  readonly partition: string;
  /** Whether an AWS principal that is not `*` exists. */
  readonly exists: (principal: string) => boolean;
}

/**
 * Checks a trust policy as IAM does on write. Throws `MalformedPolicyDocument`. Whether an OIDC provider exists is not checked: reports about AWS differ.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function requireValidTrustPolicy(text: string, principals: Principals): void {
  for (const statement of parseDocument(text, 'This policy contains invalid Json').statements) {
    for (const field of ['Resource', 'NotResource', 'NotPrincipal']) {
      if (field in statement) throw malformedPolicyDocument(`Has prohibited field ${field}`);
    }
    checkActions(statement);
    checkPrincipal(statement.Principal, principals);
  }
}

function checkActions(statement: RawStatement): void {
  const value = statement.Action ?? statement.NotAction;
  if (value === undefined) throw malformedPolicyDocument('Missing required field Action');
  for (const action of toTexts(value)) {
    const [vendor = '', name = ''] = action.toLowerCase().split(':');
    if (vendor !== 'sts' || !STS_ACTIONS.includes(name)) {
      throw malformedPolicyDocument('AssumeRole policy may only specify STS AssumeRole actions.');
    }
  }
}

function checkPrincipal(principal: unknown, principals: Principals): void {
  if (principal === undefined) throw malformedPolicyDocument('Missing required field Principal');
  if (principal === '*') {
    throw malformedPolicyDocument('AssumeRolepolicy contained an invalid principal: "STAR":"*".');
  }
  if (!isRecord(principal) || Object.keys(principal).length === 0) throw syntaxErrors();
  for (const [kind, value] of Object.entries(principal)) {
    for (const member of toTexts(value)) checkMember(kind, member, principals);
  }
}

function checkMember(kind: string, member: string, { partition, exists }: Principals): void {
  if (kind === 'AWS') {
    if (member === '*' || exists(member)) return;
    throw malformedPolicyDocument(`Invalid principal in policy: "AWS":"${member}"`);
  }
  if (kind === 'Service') {
    if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$/.test(member)) return;
    if (partition === 'aws-cn' && CHINESE_SERVICES.includes(member)) return;
    throw malformedPolicyDocument(`Invalid principal in policy: "SERVICE":"${member}"`);
  }
  if (kind === 'Federated') {
    if (/^arn:[\w-]+:iam::\d{12}:(oidc|saml)-provider\/\S+$/.test(member) || WEB_IDENTITY_HOSTS.includes(member))
      return;
    throw malformedPolicyDocument('Federated principals must be valid domain names or SAML metadata ARNs');
  }
  throw syntaxErrors();
}
