import {
  CreatePodIdentityAssociationCommand,
  type CreatePodIdentityAssociationCommandInput,
  DeletePodIdentityAssociationCommand,
  DescribeClusterCommand,
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
  TagResourceCommand,
  UpdatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import { expect } from 'vitest';
import {
  type CaseRegistry,
  type ContractTools,
  LAMBDA_TRUST,
  POD_IDENTITY_TRUST,
  refusal,
  refusalWithMessage,
} from './contract-world.ts';
import { createRole, getRole } from './role-cases.ts';

const NO_POD_IDENTITY = 'moto serves no Pod Identity';

export function associationCases({ notOnMoto }: CaseRegistry): void {
  notOnMoto(NO_POD_IDENTITY, 'an association is found by its service account and described whole', async (tools) => {
    const input = await newAssociation(tools, { tags: { a: 'b' } });
    const { clusterName, namespace, serviceAccount, roleArn } = input;
    await tools.eks.send(new CreatePodIdentityAssociationCommand(input));
    const list = await tools.eks.send(
      new ListPodIdentityAssociationsCommand({ clusterName, namespace, serviceAccount }),
    );
    const associationId = list.associations?.[0]?.associationId;
    const summary = {
      clusterName,
      namespace,
      serviceAccount,
      associationId: expect.stringMatching(/^a-[a-z0-9]{17}$/),
      associationArn: `arn:aws:eks:${tools.world.region}:${tools.world.accountId}:podidentityassociation/${clusterName}/${associationId}`,
    };
    expect(list.associations).toEqual([summary]);
    const { association } = await tools.eks.send(
      new DescribePodIdentityAssociationCommand({ clusterName, associationId }),
    );
    expect(association).toEqual({
      ...summary,
      roleArn,
      tags: { a: 'b' },
      disableSessionTags: false,
      createdAt: expect.any(Date),
      modifiedAt: expect.any(Date),
    });
  });

  notOnMoto(
    NO_POD_IDENTITY,
    'TagResource adds tags to an association and replaces those of the same key',
    async (tools) => {
      const { clusterName, ...input } = await newAssociation(tools, { tags: { a: 'b' } });
      const { association } = await tools.eks.send(new CreatePodIdentityAssociationCommand({ clusterName, ...input }));
      const { associationId, associationArn: resourceArn = '' } = association ?? {};
      await tools.eks.send(new TagResourceCommand({ resourceArn, tags: { a: 'c', d: 'e' } }));
      const found = await tools.eks.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId }));
      expect(found.association?.tags).toEqual({ a: 'c', d: 'e' });
      const absent = new TagResourceCommand({ resourceArn: `${resourceArn}x`, tags: { a: 'c' } });
      expect(await refusal(tools.eks.send(absent))).toEqual({ code: 'NotFoundException', status: 404 });
    },
  );

  notOnMoto(NO_POD_IDENTITY, 'a service account has one association: the second names the first', async (tools) => {
    const input = await newAssociation(tools);
    const { association } = await tools.eks.send(new CreatePodIdentityAssociationCommand(input));
    expect(await refusalWithMessage(tools.eks.send(new CreatePodIdentityAssociationCommand(input)))).toEqual({
      code: 'ResourceInUseException',
      status: 409,
      message: `Association already exists: ${association?.associationId}`,
    });
  });

  notOnMoto(NO_POD_IDENTITY, 'an association created again under one token is the same one', async (tools) => {
    const input = { ...(await newAssociation(tools)), clientRequestToken: tools.newName() };
    const first = await tools.eks.send(new CreatePodIdentityAssociationCommand(input));
    const second = await tools.eks.send(new CreatePodIdentityAssociationCommand(input));
    expect(second.association).toEqual(first.association);
  });

  notOnMoto(NO_POD_IDENTITY, 'an association moves to another role and goes', async (tools) => {
    const input = await newAssociation(tools);
    const { clusterName } = input;
    const { association } = await tools.eks.send(new CreatePodIdentityAssociationCommand(input));
    const associationId = association?.associationId;
    const { roleArn } = await newAssociation(tools);
    await tools.eks.send(new UpdatePodIdentityAssociationCommand({ clusterName, associationId, roleArn }));
    const described = await tools.eks.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId }));
    expect(described.association?.roleArn).toBe(roleArn);
    await tools.eks.send(new DeletePodIdentityAssociationCommand({ clusterName, associationId }));
    expect(
      await refusalWithMessage(tools.eks.send(new DeletePodIdentityAssociationCommand({ clusterName, associationId }))),
    ).toEqual({
      code: 'ResourceNotFoundException',
      status: 404,
      message: expect.stringContaining(String(associationId)),
    });
  });

  notOnMoto(NO_POD_IDENTITY, 'a role that is absent or does not trust Pod Identity is refused', async (tools) => {
    const input = await newAssociation(tools);
    const create = async (roleArn: string | undefined) =>
      refusalWithMessage(tools.eks.send(new CreatePodIdentityAssociationCommand({ ...input, roleArn })));
    const invalid = (message: string) => ({ code: 'InvalidParameterException', status: 400, message });
    const lambdaRole = await getRole(tools, await createRole(tools, LAMBDA_TRUST));
    expect(await create(`arn:aws:iam::${tools.world.accountId}:role/${tools.newName()}`)).toEqual(
      invalid('Role provided in the request does not exist.'),
    );
    expect(await create(lambdaRole?.Arn)).toEqual(invalid('Trust policy of the role provided is invalid.'));
    const untagged = await createRole(tools, POD_IDENTITY_TRUST.replace(',"sts:TagSession"', ''));
    expect(await create((await getRole(tools, untagged))?.Arn)).toEqual(
      invalid('Trust policy of the role provided is invalid.'),
    );
  });

  notOnMoto(NO_POD_IDENTITY, 'a cluster that does not exist is ResourceNotFound', async (tools) => {
    expect(
      await refusalWithMessage(tools.eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'absent' }))),
    ).toEqual({ code: 'ResourceNotFoundException', status: 404, message: 'No cluster found for name: absent.' });
  });

  notOnMoto(NO_POD_IDENTITY, 'associations are listed page by page', async (tools) => {
    const input = await newAssociation(tools);
    const { clusterName, namespace } = input;
    for (const serviceAccount of ['a', 'b', 'c']) {
      await tools.eks.send(new CreatePodIdentityAssociationCommand({ ...input, serviceAccount }));
    }
    const query = { clusterName, namespace, maxResults: 2 };
    const first = await tools.eks.send(new ListPodIdentityAssociationsCommand(query));
    const second = await tools.eks.send(
      new ListPodIdentityAssociationsCommand({ ...query, nextToken: first.nextToken }),
    );
    const accounts = [...(first.associations ?? []), ...(second.associations ?? [])].map((one) => one.serviceAccount);
    expect([first.associations?.length, accounts.sort(), second.nextToken]).toEqual([2, ['a', 'b', 'c'], undefined]);
  });

  notOnMoto('moto has no cluster until one is created', 'DescribeCluster names the OIDC issuer', async (tools) => {
    const { cluster } = await tools.eks.send(new DescribeClusterCommand({ name: tools.world.clusterName }));
    expect(cluster?.identity?.oidc?.issuer).toMatch(
      /^https:\/\/oidc\.eks\.[a-z0-9-]+\.amazonaws\.com\/id\/[0-9A-F]{32}$/,
    );
  });
}

async function newAssociation(
  tools: ContractTools,
  more: Partial<CreatePodIdentityAssociationCommandInput> = {},
): Promise<CreatePodIdentityAssociationCommandInput> {
  const role = await getRole(tools, await createRole(tools, POD_IDENTITY_TRUST));
  return {
    clusterName: tools.world.clusterName,
    namespace: tools.newName(),
    serviceAccount: 'app',
    roleArn: role?.Arn,
    ...more,
  };
}
