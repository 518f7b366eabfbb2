import { expect, test } from 'vitest';
import { requireValidTrustPolicy } from '../../../../src/dev/aws/trust-policy-validation.ts';

const LAMBDA = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
const KNOWN = 'arn:aws:iam::123456789012:role/known';
const documentOf = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
const validate =
  (document: string, partition = 'aws') =>
  () =>
    requireValidTrustPolicy(document, { partition, exists: (principal) => principal === KNOWN });

test.each([
  ['a service', documentOf(LAMBDA)],
  ['no version', JSON.stringify({ Statement: LAMBDA })],
  ['a role that exists', documentOf({ ...LAMBDA, Principal: { AWS: [KNOWN] } })],
  ['everybody in AWS', documentOf({ ...LAMBDA, Principal: { AWS: '*' } })],
  ['session tags', documentOf({ ...LAMBDA, Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] })],
  [
    'an OIDC provider',
    documentOf({
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/A' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'oidc.eks.eu-central-1.amazonaws.com/id/A:aud': 'sts.amazonaws.com' } },
    }),
  ],
])('a trust policy may have %s', (_what, document) => {
  expect(validate(document)).not.toThrow();
});

test.each([
  ['text that is not JSON', '{', 'This policy contains invalid Json'],
  ['a resource', documentOf({ ...LAMBDA, Resource: '*' }), 'Has prohibited field Resource'],
  ['NotPrincipal', documentOf({ ...LAMBDA, NotPrincipal: { AWS: '*' } }), 'Has prohibited field NotPrincipal'],
  ['no principal', documentOf({ Effect: 'Allow', Action: 'sts:AssumeRole' }), 'Missing required field Principal'],
  ['no action', documentOf({ Effect: 'Allow', Principal: { AWS: '*' } }), 'Missing required field Action'],
  [
    'an action outside of STS',
    documentOf({ ...LAMBDA, Action: ['sts:AssumeRole', 's3:GetObject'] }),
    'AssumeRole policy may only specify STS AssumeRole actions.',
  ],
  [
    'a bare star as principal',
    documentOf({ ...LAMBDA, Principal: '*' }),
    'AssumeRolepolicy contained an invalid principal: "STAR":"*".',
  ],
  ['a principal of an unknown kind', documentOf({ ...LAMBDA, Principal: { Robot: 'a' } }), 'Syntax errors in policy.'],
  [
    'a role that does not exist',
    documentOf({ ...LAMBDA, Principal: { AWS: `${KNOWN}2` } }),
    `Invalid principal in policy: "AWS":"${KNOWN}2"`,
  ],
  [
    'a service that is none of AWS',
    documentOf({ ...LAMBDA, Principal: { Service: 'lambda.example.com' } }),
    'Invalid principal in policy: "SERVICE":"lambda.example.com"',
  ],
  [
    'a provider that is no ARN',
    documentOf({ ...LAMBDA, Principal: { Federated: 'https://issuer.example.com' } }),
    'Federated principals must be valid domain names or SAML metadata ARNs',
  ],
])('a trust policy with %s is malformed', (_what, document, message) => {
  expect(validate(document)).toThrow(
    expect.objectContaining({ code: 'MalformedPolicyDocument', status: 400, message }),
  );
});

test('EC2 has another name in China, and only there; most services have not', () => {
  const named = (Service: string) => documentOf({ ...LAMBDA, Principal: { Service } });
  expect(validate(named('ec2.amazonaws.com.cn'), 'aws-cn')).not.toThrow();
  expect(validate(named('ec2.amazonaws.com.cn'), 'aws')).toThrow('Invalid principal in policy');
  expect(validate(named('eks.amazonaws.com.cn'), 'aws-cn')).toThrow('Invalid principal in policy');
});
