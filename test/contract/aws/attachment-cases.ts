import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { type CaseRegistry, LAMBDA_TRUST, refusal, refusalWithMessage } from './contract-world.ts';
import { createRole, getRole } from './role-cases.ts';

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

export function attachmentCases({ everywhere, notOnMoto }: CaseRegistry): void {
  everywhere('a policy attached twice is attached once and blocks the deletion', async (tools) => {
    const RoleName = await createRole(tools);
    await tools.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: READ_ONLY }));
    await tools.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: READ_ONLY }));
    const attached = await tools.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(attached.AttachedPolicies).toEqual([{ PolicyName: 'ReadOnlyAccess', PolicyArn: READ_ONLY }]);
    expect(await refusalWithMessage(tools.iam.send(new DeleteRoleCommand({ RoleName })))).toEqual({
      code: 'DeleteConflictException',
      status: 409,
      message: 'Cannot delete entity, must detach all policies first.',
    });
    await tools.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: READ_ONLY }));
    await tools.iam.send(new DeleteRoleCommand({ RoleName }));
  });

  everywhere('ListAttachedRolePolicies of a role without any is an empty list', async (tools) => {
    const answer = await tools.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: await createRole(tools) }));
    expect(answer.AttachedPolicies).toEqual([]);
  });

  everywhere('attaching or detaching a policy that does not exist is NoSuchEntity', async (tools) => {
    const RoleName = await createRole(tools);
    const PolicyArn = `arn:aws:iam::${tools.world.accountId}:policy/${tools.newName()}`;
    const absent = { code: 'NoSuchEntityException', status: 404 };
    expect(await refusal(tools.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })))).toEqual(absent);
    expect(await refusal(tools.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })))).toEqual(absent);
  });

  notOnMoto(
    'moto says PermissionsBoundaryPolicy for the type',
    'the boundary of a role is set, read and removed',
    async (tools) => {
      const RoleName = await createRole(tools);
      await tools.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: READ_ONLY }));
      expect((await getRole(tools, RoleName))?.PermissionsBoundary).toEqual({
        PermissionsBoundaryType: 'Policy',
        PermissionsBoundaryArn: READ_ONLY,
      });
      await tools.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
      await tools.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
      expect((await getRole(tools, RoleName))?.PermissionsBoundary).toBeUndefined();
    },
  );

  notOnMoto('moto checks only the form of the ARN', 'a boundary that does not exist is NoSuchEntity', async (tools) => {
    const PermissionsBoundary = `arn:aws:iam::${tools.world.accountId}:policy/${tools.newName()}`;
    const refused = {
      code: 'NoSuchEntityException',
      status: 404,
      message: `Scope ARN: ${PermissionsBoundary} does not exist or is not attachable.`,
    };
    const RoleName = tools.newName();
    const create = { RoleName, PermissionsBoundary, AssumeRolePolicyDocument: LAMBDA_TRUST };
    expect(await refusalWithMessage(tools.iam.send(new CreateRoleCommand(create)))).toEqual(refused);
  });

  notOnMoto('moto answers InvalidParameterValue', 'a boundary that is no policy ARN is InvalidInput', async (tools) => {
    const RoleName = await createRole(tools);
    const PermissionsBoundary = 'arn:aws:s3:::not-a-policy';
    expect(
      await refusal(tools.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }))),
    ).toEqual({ code: 'InvalidInputException', status: 400 });
  });
}
