import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Checkers, ensureCheckers } from '../../scripts/install-checkers.ts';
import { controllerTemplate } from '../support/controller-policy.ts';
import { terraformDocument } from './world/terraform-document.ts';

const FOLDER = fileURLToPath(new URL('../../deploy/aws/', import.meta.url));
const UID = '0b0c3b1e-0000-4000-8000-000000000001';
const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF';
const BOUNDARIES = ['arn:aws:iam::123456789012:policy/one', 'arn:aws:iam::123456789012:policy/two'];
const LISTED = ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 'arn:aws:iam::aws:policy/AmazonSQS*'];

let checkers: Checkers;
beforeAll(async () => {
  checkers = await ensureCheckers(console.log);
});

describe('the CloudFormation template', () => {
  test('has no finding of cfn-lint', async () => {
    const { stdout, exitCode } = await execa(checkers.cfnLint, [`${FOLDER}cloudformation.yaml`], { reject: false });
    expect([exitCode, stdout]).toEqual([0, '']);
  });
});

describe('the Terraform module', () => {
  test.each([
    ['nothing but the cluster', {}],
    ['boundaries', { boundaries: BOUNDARIES }],
    ['policies that may be attached, and IRSA', { listed: LISTED, issuer: ISSUER }],
    ['everything', { boundaries: BOUNDARIES, listed: LISTED, issuer: ISSUER }],
  ])('says the same as the CloudFormation template, given %s', async (_, given) => {
    const {
      boundaries = [],
      listed = [],
      issuer = '',
    } = given as Partial<Record<'boundaries' | 'listed', string[]> & { issuer: string }>;
    const template = await controllerTemplate({
      ClusterName: 'production',
      ClusterUid: UID,
      OidcIssuer: issuer,
      BoundaryArns: boundaries.join(','),
      AttachablePolicyArns: listed.join(','),
    });
    const scope = {
      'data.aws_partition.current.partition': 'aws',
      'data.aws_partition.current.dns_suffix': 'amazonaws.com',
      'data.aws_caller_identity.current.account_id': '123456789012',
      'data.aws_region.current.name': 'eu-west-1',
      'var.cluster_name': 'production',
      'var.cluster_uid': UID,
      'var.oidc_issuer': issuer,
      'var.boundary_arns': boundaries,
      'var.attachable_policy_arns': listed,
    };
    const { stdout } = await execa(checkers.hcl2ToJson, [`${FOLDER}terraform/main.tf`]);
    const module = JSON.parse(stdout);
    expect(bySid(terraformDocument(module, 'controller', scope))).toEqual(bySid(template.policy));
    expect(bySid(terraformDocument(module, 'trust', scope))).toEqual(bySid(template.trust));
  });
});

/** Statements in the order of their Sid: their order says nothing, and Terraform puts dynamic ones last. */
function bySid(document: unknown): unknown {
  const { Version, Statement } = document as { Version: string; Statement: { Sid: string; Condition?: object }[] };
  const statements = Statement.map((each) => JSON.parse(JSON.stringify(each, (_, value) => unwrapped(value))));
  return { Version, Statement: statements.sort((a, b) => (a.Sid < b.Sid ? -1 : 1)) };
}

/** IAM takes a list of one for the value in it. */
function unwrapped(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : value;
}
