import type { EKSClient, PodIdentityAssociation } from '@aws-sdk/client-eks';
import { TransientError, WaitingError } from '../base/errors.ts';
import type { ObservedAssociation } from '../plan/observation.ts';
import type { DesiredAssociation, Tags } from '../policy/types.ts';
import { type AwsCaller, promised } from './aws-caller.ts';
import { type DeleteAnswer, notFound } from './delete-answer.ts';
import { listPages } from './list-pages.ts';

/** How `createAssociation` ended. `AlreadyExists`: the service account has an association. */
export type CreateAssociationAnswer =
  | { readonly kind: 'Created'; readonly id: string }
  | { readonly kind: 'AlreadyExists' };

/** The EKS client with the classes of its commands, and a caller that knows its errors. */
export interface EksAccess {
  readonly client: EKSClient;
  readonly sdk: typeof import('@aws-sdk/client-eks');
  readonly caller: AwsCaller;
}

interface AssociationKey {
  readonly clusterName: string;
  readonly id: string;
}

/** EKS' calls for Pod Identity associations. `open` is called by each; it loads the SDK the first time. */
export function createEksCalls(open: () => Promise<EksAccess>) {
  return {
    /** A list and, when there is one, a describe: the list has neither the role nor the tags. */
    async findAssociation(
      query: { clusterName: string; namespace: string; serviceAccount: string },
      signal: AbortSignal,
    ): Promise<ObservedAssociation | undefined> {
      const { client, sdk, caller } = await open();
      const { clusterName, namespace, serviceAccount } = query;
      const target = associationOf(query);
      const found = await listPages(async (nextToken) => {
        const command = new sdk.ListPodIdentityAssociationsCommand({
          clusterName,
          namespace,
          serviceAccount,
          nextToken,
        });
        const page = await caller.call(
          { service: 'eks', action: 'ListPodIdentityAssociations', target, write: false },
          signal,
          (options) => client.send(command, options),
          { classify: clusterProblem(clusterName) },
        );
        return { items: page.associations ?? [], next: page.nextToken };
      });
      const associationId = found?.[0]?.associationId;
      if (associationId === undefined) return undefined;
      const command = new sdk.DescribePodIdentityAssociationCommand({ clusterName, associationId });
      const answer = await caller.call(
        { service: 'eks', action: 'DescribePodIdentityAssociation', target, write: false },
        signal,
        (options) => client.send(command, options),
        { expected: { ResourceNotFound: undefined } }, // deleted between the two calls
      );
      return answer && toObservedAssociation(promised(answer.association, target));
    },

    async createAssociation(
      association: DesiredAssociation,
      roleArn: string,
      signal: AbortSignal,
    ): Promise<CreateAssociationAnswer> {
      const { client, sdk, caller } = await open();
      const { clusterName, namespace, serviceAccount, tags } = association;
      const target = associationOf(association);
      const command = new sdk.CreatePodIdentityAssociationCommand({
        clusterName,
        namespace,
        serviceAccount,
        roleArn,
        tags: { ...tags },
      });
      const answer = await caller.call(
        { service: 'eks', action: 'CreatePodIdentityAssociation', target, write: true },
        signal,
        (options) => client.send(command, options),
        {
          expected: { ResourceInUse: 'AlreadyExists' as const },
          classify: (...error) => refusedAssociation(target)(...error) ?? clusterProblem(clusterName)(...error),
        },
      );
      if (answer === 'AlreadyExists') return { kind: 'AlreadyExists' };
      return { kind: 'Created', id: promised(answer.association?.associationId, `id of ${target}`) };
    },

    async updateAssociation({ clusterName, id }: AssociationKey, roleArn: string, signal: AbortSignal): Promise<void> {
      const { client, sdk, caller } = await open();
      const target = `association ${id} of cluster ${clusterName}`;
      const command = new sdk.UpdatePodIdentityAssociationCommand({ clusterName, associationId: id, roleArn });
      await caller.call(
        { service: 'eks', action: 'UpdatePodIdentityAssociation', target, write: true },
        signal,
        (options) => client.send(command, options),
        {
          classify: (...error) => goneAssociation(target)(...error) ?? refusedAssociation(target)(...error),
        },
      );
    },

    async tagAssociation({ id, arn }: { id: string; arn: string }, tags: Tags, signal: AbortSignal): Promise<void> {
      const { client, sdk, caller } = await open();
      const target = `association ${id}`;
      const command = new sdk.TagResourceCommand({ resourceArn: arn, tags: { ...tags } });
      await caller.call(
        { service: 'eks', action: 'TagResource', target, write: true },
        signal,
        (options) => client.send(command, options),
        { classify: goneAssociation(target) },
      );
    },

    async deleteAssociation({ clusterName, id }: AssociationKey, signal: AbortSignal): Promise<DeleteAnswer> {
      const { client, sdk, caller } = await open();
      const command = new sdk.DeletePodIdentityAssociationCommand({ clusterName, associationId: id });
      const answer = await caller.call(
        {
          service: 'eks',
          action: 'DeletePodIdentityAssociation',
          target: `association ${id} of cluster ${clusterName}`,
          write: true,
        },
        signal,
        (options) => client.send(command, options),
        { expected: { ResourceNotFound: notFound } },
      );
      return typeof answer === 'string' ? answer : 'Deleted';
    },
  };
}

function toObservedAssociation(association: PodIdentityAssociation): ObservedAssociation {
  const id = promised(association.associationId, 'id of an association');
  const { ownerArn } = association;
  return {
    id,
    arn: promised(association.associationArn, `ARN of association ${id}`),
    clusterName: promised(association.clusterName, `cluster of association ${id}`),
    namespace: promised(association.namespace, `namespace of association ${id}`),
    serviceAccount: promised(association.serviceAccount, `service account of association ${id}`),
    roleArn: promised(association.roleArn, `role of association ${id}`),
    tags: association.tags ?? {},
    ...(ownerArn === undefined ? {} : { ownerArn }),
  };
}

function associationOf(key: { clusterName: string; namespace: string; serviceAccount: string }): string {
  return `the association of service account ${key.namespace}/${key.serviceAccount} in cluster ${key.clusterName}`;
}

function goneAssociation(target: string) {
  return (code: string, message: string, cause: unknown): Error | undefined =>
    ['ResourceNotFound', 'NotFound'].includes(code)
      ? new TransientError('AssociationGone', `${target} is gone: ${message}`, cause)
      : undefined;
}

/**
 * EKS answers a role that it cannot see yet, or whose trust policy it does not accept yet, with a code that it uses for
 * other bad parameters too. Both pass within seconds after a creation, so all of them are looked at again.
 */
function refusedAssociation(target: string) {
  return (code: string, message: string, cause: unknown): Error | undefined =>
    code === 'InvalidParameter'
      ? new WaitingError('AssociationRefused', `EKS does not accept ${target} yet: ${message}`, 5000, cause)
      : undefined;
}

/** Where no association is named, the thing that EKS did not find is the cluster. */
function clusterProblem(clusterName: string) {
  return (code: string, message: string, cause: unknown): Error | undefined =>
    code === 'ResourceNotFound'
      ? new WaitingError(
          'ClusterNotFound',
          `EKS does not know cluster ${clusterName} in this account and region: ${message}; ` +
            'correct --cluster-name, --region or the credentials',
          60_000,
          cause,
          { name: 'ClusterNotFound' },
        )
      : undefined;
}
