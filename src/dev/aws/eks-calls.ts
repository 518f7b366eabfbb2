import { canonicalJson } from '../../base/canonical-json.ts';
import { sha256Hex } from '../../base/digest.ts';
import { type CallContext, isVisible } from './call-context.ts';
import { isRecord } from './document-grammar.ts';
import type { StoredAssociation } from './eks-store.ts';
import {
  AwsError,
  accessDenied,
  eksInvalidParameter,
  eksLimitExceeded,
  eksNotFound,
  eksResourceInUse,
} from './errors.ts';
import { takePage } from './paging.ts';
import { trustsPodIdentity } from './pod-identity-trust.ts';
import { QUOTAS } from './quotas.ts';
import { newAssociationId } from './unique-id.ts';

type Input = Readonly<Record<string, unknown>>;
/** One call of EKS: checks `input`, changes the store, gives the JSON of the answer. */
export type EksHandler = (input: Input, context: CallContext) => Readonly<Record<string, unknown>>;

/**
 * The EKS calls for Pod Identity associations, and the part of DescribeCluster that names the OIDC issuer. Session
 * policies and target roles are refused: this controller sends none.
 * Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
 */
export const eksCalls: Readonly<Record<string, EksHandler>> = {
  DescribeCluster(input, context) {
    const name = requireCluster(input.name, context);
    const { partition, region, id } = context.account;
    const issuerId = sha256Hex(`${id}/${name}`).slice(0, 32).toUpperCase();
    return {
      cluster: {
        name,
        arn: `arn:${partition}:eks:${region}:${id}:cluster/${name}`,
        identity: { oidc: { issuer: `https://oidc.eks.${region}.amazonaws.com/id/${issuerId}` } },
        status: 'ACTIVE',
      },
    };
  },

  CreatePodIdentityAssociation(input, context) {
    const clusterName = requireCluster(input.clusterName, context);
    const namespace = requireText(input, 'namespace');
    const serviceAccount = requireText(input, 'serviceAccount');
    const roleArn = requireText(input, 'roleArn');
    refuseUnserved(input);
    requireRole(roleArn, context);
    const token = typeof input.clientRequestToken === 'string' ? input.clientRequestToken : undefined;
    const inCluster = associationsOf(clusterName, context);
    const taken = inCluster.find((one) => one.namespace === namespace && one.serviceAccount === serviceAccount);
    if (taken !== undefined) {
      if (token !== undefined && taken.clientRequestToken === token) return { association: fullFields(taken) };
      throw eksResourceInUse(`Association already exists: ${taken.id}`);
    }
    if (inCluster.length >= QUOTAS.podIdentityAssociationsPerCluster) {
      throw eksLimitExceeded(
        `Cannot exceed quota of ${QUOTAS.podIdentityAssociationsPerCluster} pod identity associations per cluster`,
      );
    }
    const id = newAssociationId();
    const { partition, region, id: accountId } = context.account;
    const association: StoredAssociation = {
      clusterName,
      namespace,
      serviceAccount,
      id,
      arn: `arn:${partition}:eks:${region}:${accountId}:podidentityassociation/${clusterName}/${id}`,
      createdMs: context.clock.now(),
      modifiedMs: context.clock.now(),
      tags: readTags(input.tags),
      clientRequestToken: token,
      roleArn,
      disableSessionTags: input.disableSessionTags === true,
    };
    context.eks.associations.set(id, association);
    return { association: fullFields(association) };
  },

  UpdatePodIdentityAssociation(input, context) {
    const association = requireAssociation(input, context);
    refuseUnserved(input);
    const { roleArn, disableSessionTags } = input;
    if (roleArn === undefined && disableSessionTags === undefined) {
      throw eksInvalidParameter('At least one of the fields of the association must be given.');
    }
    if (roleArn !== undefined) {
      const arn = requireText(input, 'roleArn');
      requireRole(arn, context);
      association.roleArn = arn;
    }
    if (typeof disableSessionTags === 'boolean') association.disableSessionTags = disableSessionTags;
    association.modifiedMs = context.clock.now();
    return { association: fullFields(association) };
  },

  DescribePodIdentityAssociation(input, context) {
    return { association: fullFields(requireAssociation(input, context)) };
  },

  /** Of associations, the only things with tags here. Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_TagResource.html */
  TagResource(input, context) {
    const arn = requireText(input, 'resourceArn');
    const association = [...context.eks.associations.values()].find((one) => one.arn === arn);
    if (association === undefined) throw new AwsError(404, 'NotFoundException', `${arn} cannot be found.`);
    association.tags = readTags({ ...association.tags, ...readTags(input.tags) });
    return {};
  },

  DeletePodIdentityAssociation(input, context) {
    const association = requireAssociation(input, context);
    context.eks.associations.delete(association.id);
    return { association: fullFields(association) };
  },

  ListPodIdentityAssociations(input, context) {
    const clusterName = requireCluster(input.clusterName, context);
    const { namespace, serviceAccount, nextToken } = input;
    const maxItems = input.maxResults === undefined ? 100 : Number(input.maxResults);
    if (!(Number.isInteger(maxItems) && maxItems >= 1 && maxItems <= 100)) {
      throw eksInvalidParameter('maxResults must be between 1 and 100.');
    }
    const matching = associationsOf(clusterName, context)
      .filter((one) => namespace === undefined || one.namespace === namespace)
      .filter((one) => serviceAccount === undefined || one.serviceAccount === serviceAccount)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const request = { maxItems, marker: typeof nextToken === 'string' ? nextToken : undefined };
    const page = takePage(matching, ({ id }) => id, request, context.pageLimit);
    return { associations: page.items.map(summaryFields), ...(page.nextMarker ? { nextToken: page.nextMarker } : {}) };
  },
};

function associationsOf(clusterName: string, context: CallContext): StoredAssociation[] {
  return [...context.eks.associations.values()].filter((one) => one.clusterName === clusterName);
}

function requireCluster(name: unknown, context: CallContext): string {
  if (typeof name === 'string' && context.eks.clusters.includes(name)) return name;
  throw eksNotFound(`No cluster found for name: ${String(name)}.`);
}

function requireAssociation(input: Input, context: CallContext): StoredAssociation {
  const clusterName = requireCluster(input.clusterName, context);
  const association = context.eks.associations.get(String(input.associationId));
  if (association?.clusterName === clusterName) return association;
  throw eksNotFound(`The association with id ${String(input.associationId)} cannot be found.`);
}

function requireText(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  throw eksInvalidParameter(`The ${name} must not be empty.`);
}

function refuseUnserved(input: Input): void {
  for (const name of ['policy', 'targetRoleArn']) {
    if (input[name] !== undefined) throw eksInvalidParameter(`The embedded API does not serve ${name}.`);
  }
}

function requireRole(arn: string, context: CallContext): void {
  const accountId = /^arn:[\w-]+:iam::(\d{12}):role\//.exec(arn)?.[1];
  if (accountId !== undefined && accountId !== context.account.id) {
    throw accessDenied('eks', 'Cross-account pass role is not allowed.');
  }
  const role = context.blind ? undefined : context.iam.roles.list().find((one) => one.arn === arn);
  if (role === undefined || !isVisible(role, context)) {
    throw eksInvalidParameter('Role provided in the request does not exist.');
  }
  if (!trustsPodIdentity(role.trustDocument)) {
    throw eksInvalidParameter('Trust policy of the role provided is invalid.');
  }
}

function readTags(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw eksInvalidParameter('tags must be a map of texts.');
  const tags = Object.entries(value).map(([key, item]): [string, string] => [key, String(item)]);
  if (tags.length > 50 || tags.some(([key, item]) => key.length < 1 || key.length > 128 || item.length > 256)) {
    throw eksInvalidParameter(`Tags are not valid: ${canonicalJson(value)}`);
  }
  return Object.fromEntries(tags);
}

/** What lists show: not the role. */
function summaryFields(association: StoredAssociation): Readonly<Record<string, unknown>> {
  const { clusterName, namespace, serviceAccount, id, arn } = association;
  return { clusterName, namespace, serviceAccount, associationArn: arn, associationId: id };
}

function fullFields(association: StoredAssociation): Readonly<Record<string, unknown>> {
  return {
    ...summaryFields(association),
    roleArn: association.roleArn,
    tags: association.tags,
    createdAt: association.createdMs / 1_000,
    modifiedAt: association.modifiedMs / 1_000,
    disableSessionTags: association.disableSessionTags,
  };
}
