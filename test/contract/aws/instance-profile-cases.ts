import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  GetInstanceProfileCommand,
  ListInstanceProfilesForRoleCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { type CaseRegistry, type ContractTools, refusal, refusalWithMessage } from './contract-world.ts';
import { createRole } from './role-cases.ts';

export function instanceProfileCases({ everywhere, notOnMoto }: CaseRegistry): void {
  everywhere('an instance profile is read back with path, tags and the role it holds', async (tools) => {
    const { InstanceProfileName, RoleName } = await profileWithRole(tools);
    const { InstanceProfile } = await tools.iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
    const roleNames = InstanceProfile?.Roles?.map((role) => role.RoleName);
    expect({ ...InstanceProfile, Roles: roleNames }).toEqual({
      InstanceProfileName,
      Path: '/contract/',
      Arn: `arn:aws:iam::${tools.world.accountId}:instance-profile/contract/${InstanceProfileName}`,
      InstanceProfileId: expect.any(String),
      CreateDate: expect.any(Date),
      Tags: [{ Key: 'a', Value: 'b' }],
      Roles: [RoleName],
    });
  });

  notOnMoto('moto uses ids of another form', 'the id of an instance profile starts with AIPA', async (tools) => {
    const { InstanceProfileName } = await profileWithRole(tools);
    const { InstanceProfile } = await tools.iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
    expect(InstanceProfile?.InstanceProfileId).toMatch(/^AIPA[A-Z0-9]{16,}$/);
  });

  everywhere('TagInstanceProfile adds tags and replaces those of the same key', async (tools) => {
    const { InstanceProfileName } = await profileWithRole(tools);
    const Tags = [
      { Key: 'a', Value: 'c' },
      { Key: 'd', Value: 'e' },
    ];
    await tools.iam.send(new TagInstanceProfileCommand({ InstanceProfileName, Tags }));
    const { InstanceProfile } = await tools.iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
    expect(InstanceProfile?.Tags).toEqual(Tags);
  });

  everywhere('ListInstanceProfilesForRole names the profiles that hold the role, or none', async (tools) => {
    const { InstanceProfileName, RoleName } = await profileWithRole(tools);
    const profiles = async (name: string) => {
      const answer = await tools.iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: name }));
      return answer.InstanceProfiles?.map((profile) => profile.InstanceProfileName);
    };
    expect(await profiles(RoleName)).toEqual([InstanceProfileName]);
    expect(await profiles(await createRole(tools))).toEqual([]);
  });

  everywhere('an instance profile holds one role: the second is LimitExceeded', async (tools) => {
    const { InstanceProfileName } = await profileWithRole(tools);
    const RoleName = await createRole(tools);
    expect(
      await refusalWithMessage(tools.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }))),
    ).toEqual({
      code: 'LimitExceededException',
      status: 409,
      message: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
    });
  });

  everywhere('an instance profile name is taken once', async (tools) => {
    const { InstanceProfileName } = await profileWithRole(tools);
    expect(await refusal(tools.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName })))).toEqual({
      code: 'EntityAlreadyExistsException',
      status: 409,
    });
  });

  everywhere('neither a role in a profile nor its profile can be deleted until they part', async (tools) => {
    const names = await profileWithRole(tools);
    const conflict = { code: 'DeleteConflictException', status: 409 };
    const deleteRole = () => tools.iam.send(new DeleteRoleCommand({ RoleName: names.RoleName }));
    const deleteProfile = () =>
      tools.iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName: names.InstanceProfileName }));
    expect(await refusal(deleteRole())).toEqual(conflict);
    expect(await refusal(deleteProfile())).toEqual(conflict);
    await tools.iam.send(new RemoveRoleFromInstanceProfileCommand(names));
    await deleteProfile();
    await deleteRole();
  });

  everywhere('reading or deleting an instance profile that does not exist is NoSuchEntity', async (tools) => {
    const InstanceProfileName = tools.newName();
    const absent = { code: 'NoSuchEntityException', status: 404 };
    expect(await refusal(tools.iam.send(new GetInstanceProfileCommand({ InstanceProfileName })))).toEqual(absent);
    expect(await refusal(tools.iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName })))).toEqual(absent);
  });

  notOnMoto(
    'moto fails with HTTP 500',
    'removing a role from a profile that does not hold it is NoSuchEntity',
    async (tools) => {
      const { InstanceProfileName } = await profileWithRole(tools);
      const RoleName = await createRole(tools);
      const command = new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName });
      expect(await refusal(tools.iam.send(command))).toEqual({ code: 'NoSuchEntityException', status: 404 });
    },
  );
}

async function profileWithRole(tools: ContractTools): Promise<{ InstanceProfileName: string; RoleName: string }> {
  const names = { InstanceProfileName: tools.newName(), RoleName: await createRole(tools) };
  await tools.iam.send(
    new CreateInstanceProfileCommand({
      InstanceProfileName: names.InstanceProfileName,
      Path: '/contract/',
      Tags: [{ Key: 'a', Value: 'b' }],
    }),
  );
  await tools.iam.send(new AddRoleToInstanceProfileCommand(names));
  return names;
}
