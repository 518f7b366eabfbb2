import { CreateRoleCommand, DeleteRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import {
  type CaseRegistry,
  decodeDocument,
  LAMBDA_TRUST,
  POD_IDENTITY_TRUST,
  refusal,
  refusalWithMessage,
} from './contract-world.ts';
import { createRole, getRole } from './role-cases.ts';

const allowTo = (principal: unknown, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more }],
  });

const LAMBDA = { Service: 'lambda.amazonaws.com' };

export function trustPolicyCases({ everywhere, notOnMoto }: CaseRegistry): void {
  everywhere('UpdateAssumeRolePolicy replaces the whole trust policy', async (tools) => {
    const name = await createRole(tools);
    await tools.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: POD_IDENTITY_TRUST }));
    const role = await getRole(tools, name);
    expect(decodeDocument(role?.AssumeRolePolicyDocument)).toEqual(JSON.parse(POD_IDENTITY_TRUST));
  });

  everywhere('UpdateAssumeRolePolicy of an absent role is NoSuchEntity', async (tools) => {
    const command = new UpdateAssumeRolePolicyCommand({ RoleName: tools.newName(), PolicyDocument: LAMBDA_TRUST });
    expect(await refusal(tools.iam.send(command))).toEqual({ code: 'NoSuchEntityException', status: 404 });
  });

  for (const [what, document] of [
    ['that is not JSON', '{'],
    ['with a resource', allowTo(LAMBDA, { Resource: '*' })],
    ['with an action outside of STS', allowTo(LAMBDA, { Action: 's3:GetObject' })],
    ['with an unknown effect', allowTo(LAMBDA, { Effect: 'Maybe' })],
  ] as const) {
    everywhere(`UpdateAssumeRolePolicy refuses a trust policy ${what}`, async (tools) => {
      const command = new UpdateAssumeRolePolicyCommand({
        RoleName: await createRole(tools),
        PolicyDocument: document,
      });
      expect(await refusal(tools.iam.send(command))).toEqual({
        code: 'MalformedPolicyDocumentException',
        status: 400,
      });
    });

    notOnMoto('moto takes any text on create', `CreateRole refuses a trust policy ${what}`, async (tools) => {
      const command = new CreateRoleCommand({ RoleName: tools.newName(), AssumeRolePolicyDocument: document });
      expect(await refusal(tools.iam.send(command))).toEqual({
        code: 'MalformedPolicyDocumentException',
        status: 400,
      });
    });
  }

  notOnMoto('moto does not look principals up', 'a trust policy may only name roles that exist', async (tools) => {
    const arn = `arn:aws:iam::${tools.world.accountId}:role/${tools.newName()}`;
    const command = new CreateRoleCommand({
      RoleName: tools.newName(),
      AssumeRolePolicyDocument: allowTo({ AWS: arn }),
    });
    expect(await refusalWithMessage(tools.iam.send(command))).toEqual({
      code: 'MalformedPolicyDocumentException',
      status: 400,
      message: `Invalid principal in policy: "AWS":"${arn}"`,
    });
  });

  notOnMoto(
    'moto keeps the text as it was sent',
    'a role named in a trust policy shows as its id once it is deleted, even if its name is used again',
    async (tools) => {
      const named = await createRole(tools);
      const before = await getRole(tools, named);
      const name = await createRole(tools, allowTo({ AWS: before?.Arn }));
      const principal = async () => {
        const document = decodeDocument((await getRole(tools, name))?.AssumeRolePolicyDocument);
        return document;
      };
      expect(await principal()).toEqual(JSON.parse(allowTo({ AWS: before?.Arn })));
      await tools.iam.send(new DeleteRoleCommand({ RoleName: named }));
      await tools.iam.send(new CreateRoleCommand({ RoleName: named, AssumeRolePolicyDocument: LAMBDA_TRUST }));
      expect(await principal()).toEqual(JSON.parse(allowTo({ AWS: before?.RoleId })));
    },
  );

  notOnMoto(
    'moto keeps the text as it was sent',
    'an account id as principal comes back as its root',
    async (tools) => {
      const name = await createRole(tools, allowTo({ AWS: '210987654321' }));
      const role = await getRole(tools, name);
      expect(decodeDocument(role?.AssumeRolePolicyDocument)).toEqual(
        JSON.parse(allowTo({ AWS: 'arn:aws:iam::210987654321:root' })),
      );
    },
  );

  notOnMoto(
    'moto keeps the text as it was sent',
    'the members of a trust policy come back in another order',
    async (tools) => {
      const services = ['ec2.amazonaws.com', 'lambda.amazonaws.com'];
      const condition = (keys: object) => ({ Condition: { StringEquals: keys } });
      const sent = allowTo({ Service: services }, condition({ 'aws:SourceAccount': '1', 'aws:SourceArn': 'a' }));
      const role = await getRole(tools, await createRole(tools, sent));
      const shown = decodeURIComponent(role?.AssumeRolePolicyDocument ?? '');
      expect({ same: shown === sent, text: shown }).toEqual({
        same: false,
        text: allowTo(
          { Service: services.toReversed() },
          condition({ 'aws:SourceArn': 'a', 'aws:SourceAccount': '1' }),
        ),
      });
    },
  );

  notOnMoto('moto has no size quotas', 'a trust policy over 2048 characters is LimitExceeded', async (tools) => {
    const trust = (accounts: number) =>
      allowTo({ AWS: Array.from({ length: accounts }, (_, index) => `arn:aws:iam::${100_000_000_000 + index}:root`) });
    const command = new CreateRoleCommand({ RoleName: tools.newName(), AssumeRolePolicyDocument: trust(80) });
    expect(await refusalWithMessage(tools.iam.send(command))).toEqual({
      code: 'LimitExceededException',
      status: 409,
      message: 'Cannot exceed quota for ACLSizePerRole: 2048',
    });
    await createRole(tools, trust(50).replaceAll(',', `,${' '.repeat(100)}`));
  });
}
