import { CreatePolicyCommand, GetPolicyCommand, GetPolicyVersionCommand } from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { allow, type CaseRegistry, decodeDocument, refusal } from './contract-world.ts';

export function managedPolicyCases({ everywhere, notOnMoto }: CaseRegistry): void {
  everywhere('what a managed policy says is in its default version', async (tools) => {
    const PolicyName = tools.newName();
    const PolicyDocument = allow('s3:GetObject', 'arn:aws:s3:::a bucket/*');
    const made = await tools.iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument, Path: '/team/' }));
    const PolicyArn = `arn:aws:iam::${tools.world.accountId}:policy/team/${PolicyName}`;
    expect(made.Policy).toMatchObject({ Arn: PolicyArn, PolicyId: expect.stringMatching(/^A[A-Z0-9]+$/) });
    const { Policy } = await tools.iam.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({ PolicyName, Arn: PolicyArn, Path: '/team/', DefaultVersionId: 'v1' });
    const { PolicyVersion } = await tools.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(PolicyVersion).toMatchObject({ VersionId: 'v1', IsDefaultVersion: true });
    expect(decodeDocument(PolicyVersion?.Document)).toEqual(JSON.parse(PolicyDocument));
  });

  notOnMoto('moto sends it plain', 'what a managed policy says comes percent-encoded', async (tools) => {
    const PolicyDocument = allow('s3:GetObject', 'arn:aws:s3:::100%/*');
    const { Policy } = await tools.iam.send(new CreatePolicyCommand({ PolicyName: tools.newName(), PolicyDocument }));
    const version = { PolicyArn: Policy?.Arn, VersionId: 'v1' };
    const { PolicyVersion } = await tools.iam.send(new GetPolicyVersionCommand(version));
    expect(PolicyVersion?.Document).not.toContain('"');
    expect(decodeDocument(PolicyVersion?.Document)).toEqual(JSON.parse(PolicyDocument));
  });

  everywhere('a name is given to one managed policy', async (tools) => {
    const input = { PolicyName: tools.newName(), PolicyDocument: allow('s3:GetObject', '*') };
    await tools.iam.send(new CreatePolicyCommand(input));
    expect(await refusal(tools.iam.send(new CreatePolicyCommand(input)))).toEqual({
      code: 'EntityAlreadyExistsException',
      status: 409,
    });
  });

  everywhere('a managed policy that does not exist, and a version that it has not, are NoSuchEntity', async (tools) => {
    const absent = { code: 'NoSuchEntityException', status: 404 };
    const PolicyArn = `arn:aws:iam::${tools.world.accountId}:policy/${tools.newName()}`;
    expect(await refusal(tools.iam.send(new GetPolicyCommand({ PolicyArn })))).toEqual(absent);
    expect(await refusal(tools.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' })))).toEqual(absent);
    const input = { PolicyName: tools.newName(), PolicyDocument: allow('s3:GetObject', '*') };
    const { Policy } = await tools.iam.send(new CreatePolicyCommand(input));
    const other = { PolicyArn: Policy?.Arn, VersionId: 'v2' };
    expect(await refusal(tools.iam.send(new GetPolicyVersionCommand(other)))).toEqual(absent);
  });
}
