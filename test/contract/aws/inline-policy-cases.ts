import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import {
  allow,
  type CaseRegistry,
  type ContractTools,
  decodeDocument,
  refusal,
  refusalWithMessage,
} from './contract-world.ts';
import { createRole } from './role-cases.ts';

const DOCUMENT = allow('s3:GetObject', 'arn:aws:s3:::b/a+b c%/*');

export function inlinePolicyCases({ everywhere, notOnMoto }: CaseRegistry): void {
  everywhere('an inline policy comes back percent-encoded and otherwise as it was sent', async (tools) => {
    const roleName = await createRole(tools);
    await put(tools, roleName, 'p', DOCUMENT);
    const answer = await tools.iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName: 'p' }));
    expect([answer.RoleName, answer.PolicyName, decodeURIComponent(answer.PolicyDocument ?? '')]).toEqual([
      roleName,
      'p',
      DOCUMENT,
    ]);
    expect(answer.PolicyDocument).toMatch(/^%7B%22Version%22%3A.*a%2Bb%20c%25\/?/);
  });

  everywhere('PutRolePolicy replaces a policy of the same name', async (tools) => {
    const roleName = await createRole(tools);
    const second = allow('s3:PutObject', 'arn:aws:s3:::b/*');
    await put(tools, roleName, 'p', DOCUMENT);
    await put(tools, roleName, 'p', second);
    const answer = await tools.iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName: 'p' }));
    expect(decodeDocument(answer.PolicyDocument)).toEqual(JSON.parse(second));
    expect(await names(tools, roleName)).toEqual(['p']);
  });

  everywhere('ListRolePolicies names every inline policy, and none as an empty list', async (tools) => {
    const roleName = await createRole(tools);
    expect(await names(tools, roleName)).toEqual([]);
    await put(tools, roleName, 'b', DOCUMENT);
    await put(tools, roleName, 'a', DOCUMENT);
    expect((await names(tools, roleName)).sort()).toEqual(['a', 'b']);
  });

  everywhere('an inline policy deleted twice is NoSuchEntity the second time', async (tools) => {
    const roleName = await createRole(tools);
    await put(tools, roleName, 'p', DOCUMENT);
    const remove = () => tools.iam.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName: 'p' }));
    await remove();
    const absent = { code: 'NoSuchEntityException', status: 404 };
    expect(await refusal(remove())).toEqual(absent);
    expect(await refusal(tools.iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName: 'p' })))).toEqual(
      absent,
    );
  });

  everywhere('PutRolePolicy on a role that does not exist is NoSuchEntity', async (tools) => {
    expect(await refusal(put(tools, tools.newName(), 'p', DOCUMENT))).toEqual({
      code: 'NoSuchEntityException',
      status: 404,
    });
  });

  const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
  for (const [what, document, message] of [
    ['without a version', { Statement: [statement] }, 'Policy document must be version 2012-10-17 or greater.'],
    [
      'without a resource',
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject' }] },
      'Policy statement must contain resources.',
    ],
    [
      'without an action',
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Resource: '*' }] },
      'Policy statement must contain actions.',
    ],
    [
      'with an action that names no service',
      { Version: '2012-10-17', Statement: [{ ...statement, Action: 'GetObject' }] },
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    [
      'with a resource that is no ARN',
      { Version: '2012-10-17', Statement: [{ ...statement, Resource: 'bucket' }] },
      'Resource bucket must be in ARN format or "*".',
    ],
    [
      'with an unknown effect',
      { Version: '2012-10-17', Statement: [{ ...statement, Effect: 'Maybe' }] },
      'Syntax errors in policy.',
    ],
    [
      'with one Sid twice',
      {
        Version: '2012-10-17',
        Statement: [
          { ...statement, Sid: 'a' },
          { ...statement, Sid: 'a' },
        ],
      },
      'Statement IDs (SID) in a single policy must be unique.',
    ],
  ] as const) {
    everywhere(`PutRolePolicy refuses a document ${what}`, async (tools) => {
      const roleName = await createRole(tools);
      expect(await refusalWithMessage(put(tools, roleName, 'p', JSON.stringify(document)))).toEqual({
        code: 'MalformedPolicyDocumentException',
        status: 400,
        message,
      });
    });
  }

  notOnMoto('moto lets it through', 'PutRolePolicy refuses a document with a principal', async (tools) => {
    const document = { Version: '2012-10-17', Statement: [{ ...statement, Principal: '*' }] };
    expect(await refusalWithMessage(put(tools, await createRole(tools), 'p', JSON.stringify(document)))).toEqual({
      code: 'MalformedPolicyDocumentException',
      status: 400,
      message: 'Policy document should not specify a principal.',
    });
  });

  everywhere('PutRolePolicy refuses a document that is not JSON', async (tools) => {
    expect(await refusal(put(tools, await createRole(tools), 'p', '{'))).toEqual({
      code: 'MalformedPolicyDocumentException',
      status: 400,
    });
  });

  notOnMoto('moto has no size quotas', 'the inline policies of a role have 10240 characters in sum', async (tools) => {
    const roleName = await createRole(tools);
    const sized = (chars: number) => {
      const empty = allow('s3:GetObject', 'arn:aws:s3:::').length;
      return allow('s3:GetObject', `arn:aws:s3:::${'x'.repeat(chars - empty)}`);
    };
    await put(tools, roleName, 'a', sized(10_000));
    await put(tools, roleName, 'b', sized(240).replace(',', `,${' '.repeat(500)}`));
    const refused = {
      code: 'LimitExceededException',
      status: 409,
      message: `Maximum policy size of 10240 bytes exceeded for role ${roleName}`,
    };
    expect(await refusalWithMessage(put(tools, roleName, 'b', sized(241)))).toEqual(refused);
    await put(tools, roleName, 'a', sized(9_999));
    await put(tools, roleName, 'b', sized(241));
  });
}

async function put({ iam }: ContractTools, roleName: string, policyName: string, document: string): Promise<void> {
  await iam.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: policyName, PolicyDocument: document }));
}

async function names({ iam }: ContractTools, roleName: string): Promise<string[]> {
  return (await iam.send(new ListRolePoliciesCommand({ RoleName: roleName }))).PolicyNames ?? [];
}
