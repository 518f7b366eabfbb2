import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  type Role,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import {
  allow,
  type CaseRegistry,
  type ContractTools,
  decodeDocument,
  LAMBDA_TRUST,
  refusal,
  refusalWithMessage,
} from './contract-world.ts';

export function roleCases({ everywhere, notOnMoto }: CaseRegistry): void {
  everywhere('a role created with everything in one call is read back whole', async (tools) => {
    const name = tools.newName();
    await tools.iam.send(
      new CreateRoleCommand({
        RoleName: name,
        Path: '/contract/a/',
        AssumeRolePolicyDocument: LAMBDA_TRUST,
        Description: 'uploads <files> & "reads"',
        MaxSessionDuration: 7_200,
        Tags: [{ Key: 'team', Value: 'a b' }],
      }),
    );
    const role = await getRole(tools, name);
    expect({ ...role, AssumeRolePolicyDocument: decodeDocument(role?.AssumeRolePolicyDocument) }).toEqual({
      RoleName: name,
      Path: '/contract/a/',
      Arn: `arn:aws:iam::${tools.world.accountId}:role/contract/a/${name}`,
      RoleId: expect.stringMatching(/^AROA[A-Z0-9]{16,}$/),
      CreateDate: expect.any(Date),
      AssumeRolePolicyDocument: JSON.parse(LAMBDA_TRUST),
      Description: 'uploads <files> & "reads"',
      MaxSessionDuration: 7_200,
      Tags: [{ Key: 'team', Value: 'a b' }],
      RoleLastUsed: expect.anything(),
    });
  });

  everywhere('the trust policy of a role comes back percent-encoded', async (tools) => {
    const name = await createRole(tools);
    expect((await getRole(tools, name))?.AssumeRolePolicyDocument).toMatch(/^%7B%22/);
  });

  everywhere('a role without a description, path or duration gets a slash and one hour', async (tools) => {
    const role = await getRole(tools, await createRole(tools));
    expect({ path: role?.Path, seconds: role?.MaxSessionDuration, description: role?.Description }).toEqual({
      path: '/',
      seconds: 3_600,
      description: undefined,
    });
  });

  everywhere('creating a role under a taken name is EntityAlreadyExists', async (tools) => {
    const name = await createRole(tools);
    expect(
      await refusalWithMessage(
        tools.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: LAMBDA_TRUST })),
      ),
    ).toEqual({ code: 'EntityAlreadyExistsException', status: 409, message: `Role with name ${name} already exists.` });
  });

  notOnMoto(
    'moto compares names with regard to case',
    'a role name is taken in any case and under any path',
    async (tools) => {
      const name = await createRole(tools);
      const again = new CreateRoleCommand({
        RoleName: name.toUpperCase(),
        Path: '/elsewhere/',
        AssumeRolePolicyDocument: LAMBDA_TRUST,
      });
      expect(await refusal(tools.iam.send(again))).toEqual({ code: 'EntityAlreadyExistsException', status: 409 });
    },
  );

  everywhere('reading or deleting a role that does not exist is NoSuchEntity', async (tools) => {
    const name = tools.newName();
    const absent = { code: 'NoSuchEntityException', status: 404 };
    expect(await refusal(tools.iam.send(new GetRoleCommand({ RoleName: name })))).toEqual(absent);
    expect(await refusal(tools.iam.send(new DeleteRoleCommand({ RoleName: name })))).toEqual(absent);
  });

  notOnMoto('moto takes any name', 'a role name over 64 characters is a ValidationError', async (tools) => {
    const name = 'x'.repeat(65);
    expect(
      await refusalWithMessage(
        tools.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: LAMBDA_TRUST })),
      ),
    ).toEqual({
      code: 'ValidationError',
      status: 400,
      message: `1 validation error detected: Value '${name}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    });
  });

  notOnMoto('moto takes any name', 'a role name with a slash is a ValidationError', async (tools) => {
    expect(
      await refusalWithMessage(
        tools.iam.send(new CreateRoleCommand({ RoleName: 'a/b', AssumeRolePolicyDocument: LAMBDA_TRUST })),
      ),
    ).toEqual({
      code: 'ValidationError',
      status: 400,
      message:
        'The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    });
  });

  notOnMoto(
    'moto takes any length',
    'a session length outside of one to twelve hours is a ValidationError',
    async (tools) => {
      for (const seconds of [3_599, 43_201]) {
        const command = new CreateRoleCommand({
          RoleName: tools.newName(),
          AssumeRolePolicyDocument: LAMBDA_TRUST,
          MaxSessionDuration: seconds,
        });
        expect(await refusal(tools.iam.send(command))).toEqual({ code: 'ValidationError', status: 400 });
      }
    },
  );

  everywhere('UpdateRole replaces description and session length', async (tools) => {
    const name = await createRole(tools);
    await tools.iam.send(new UpdateRoleCommand({ RoleName: name, Description: 'new', MaxSessionDuration: 3_700 }));
    const role = await getRole(tools, name);
    expect([role?.Description, role?.MaxSessionDuration]).toEqual(['new', 3_700]);
  });

  everywhere('a role that holds an inline policy cannot be deleted', async (tools) => {
    const name = await createRole(tools);
    await tools.iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: 'p',
        PolicyDocument: allow('s3:GetObject', 'arn:aws:s3:::b/*'),
      }),
    );
    expect(await refusalWithMessage(tools.iam.send(new DeleteRoleCommand({ RoleName: name })))).toEqual({
      code: 'DeleteConflictException',
      status: 409,
      message: 'Cannot delete entity, must delete policies first.',
    });
  });

  everywhere('a role made again under its old name has another id', async (tools) => {
    const name = await createRole(tools);
    const before = await getRole(tools, name);
    await tools.iam.send(new DeleteRoleCommand({ RoleName: name }));
    await tools.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: LAMBDA_TRUST }));
    const after = await getRole(tools, name);
    expect([after?.Arn === before?.Arn, after?.RoleId === before?.RoleId]).toEqual([true, false]);
  });

  everywhere('ListRoles shows the roles under a path page by page, without tags', async (tools) => {
    const path = `/${tools.newName()}/`;
    const names = [tools.newName(), tools.newName(), tools.newName()];
    for (const name of names) {
      await tools.iam.send(
        new CreateRoleCommand({
          RoleName: name,
          Path: path,
          AssumeRolePolicyDocument: LAMBDA_TRUST,
          Tags: [{ Key: 'a', Value: 'b' }],
        }),
      );
    }
    await createRole(tools);
    const first = await tools.iam.send(new ListRolesCommand({ PathPrefix: path, MaxItems: 2 }));
    const second = await tools.iam.send(
      new ListRolesCommand({ PathPrefix: path, MaxItems: 2, Marker: first.Marker ?? '' }),
    );
    const roles = [...(first.Roles ?? []), ...(second.Roles ?? [])];
    expect({
      truncated: [first.IsTruncated, second.IsTruncated],
      names: roles.map(({ RoleName }) => RoleName).sort(),
      tags: roles.map(({ Tags }) => Tags),
    }).toEqual({ truncated: [true, false], names: names.sort(), tags: [undefined, undefined, undefined] });
  });

  everywhere('ListRoles of a path without roles is an empty list', async (tools) => {
    const answer = await tools.iam.send(new ListRolesCommand({ PathPrefix: `/${tools.newName()}/` }));
    expect([answer.Roles, answer.IsTruncated]).toEqual([[], false]);
  });
}

/** A Lambda role with a new name, which comes back. */
export async function createRole({ iam, newName }: ContractTools, trust = LAMBDA_TRUST): Promise<string> {
  const name = newName();
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  return name;
}

export async function getRole({ iam }: ContractTools, name: string): Promise<Role | undefined> {
  return (await iam.send(new GetRoleCommand({ RoleName: name }))).Role;
}
