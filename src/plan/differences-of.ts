import { BOUNDARY_TAG } from '../policy/boundary-tag.ts';
import type { Tags } from '../policy/types.ts';
import type { Action } from './actions.ts';
import { type Difference, driftText } from './difference.ts';
import type { Observation, ObservedAssociation, ObservedServiceAccount } from './observation.ts';
import { RELEASED_TAG } from './ownership.ts';
import { policyDifferences } from './policy-differences.ts';

const ROLE_ARN_ANNOTATION = 'annotation eks.amazonaws.com/role-arn';

/**
 * The differences that `actions` would mend in `observed`, the ones that open most first, equal input in equal order.
 * Never empty for a plan that has actions, but for a role that is taken back.
 */
export function differencesOf(actions: readonly Action[], observed: Observation): readonly Difference[] {
  return withoutSteps(withoutReleasedTag(withoutBoundaryTag(actions)))
    .flatMap((action) => differencesOfAction(action, observed).map((difference) => ({ action, difference })))
    .map(({ action, difference }) => ({ difference, rank: RANK[action.kind], text: driftText(difference) }))
    .sort((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ difference }) => difference);
}

/** The tag that remembers our own boundary changes with it, and is no difference of its own then. */
function withoutBoundaryTag(actions: readonly Action[]): readonly Action[] {
  if (!actions.some(({ kind }) => kind === 'PutBoundary' || kind === 'DeleteBoundary')) return actions;
  return actions.map((action) => {
    if (action.kind === 'UntagRole') return { ...action, keys: action.keys.filter((key) => key !== BOUNDARY_TAG) };
    if (action.kind !== 'TagRole') return action;
    return { ...action, tags: Object.fromEntries(Object.entries(action.tags).filter(([key]) => key !== BOUNDARY_TAG)) };
  });
}

/** The mark of a kept role goes when the role is taken back, and nobody's doing is told by it. */
function withoutReleasedTag(actions: readonly Action[]): readonly Action[] {
  return actions.map((action) =>
    action.kind === 'UntagRole'
      ? { ...action, keys: action.keys.filter((key) => key.toLowerCase() !== RELEASED_TAG) }
      : action,
  );
}

/** A policy that is first narrowed and then written is one difference: the last write tells it. */
function withoutSteps(actions: readonly Action[]): readonly Action[] {
  const last = new Map(actions.flatMap((action, index) => (isInline(action) ? [[action.policyName, index]] : [])));
  return actions.filter((action, index) => !isInline(action) || last.get(action.policyName) === index);
}

function isInline(action: Action): action is InlineAction {
  return action.kind === 'PutInlinePolicy' || action.kind === 'DeleteInlinePolicy';
}

type InlineAction = Extract<Action, { kind: 'PutInlinePolicy' | 'DeleteInlinePolicy' }>;

/** Order of the telling: what is gone or lets somebody in, what it can do, how it is handed over, how it is labelled. */
const RANK: Readonly<Record<Action['kind'], number>> = {
  CreateRole: 0,
  DeleteRole: 0,
  UpdateTrustPolicy: 1,
  DetachManagedPolicy: 2,
  AttachManagedPolicy: 3,
  DeleteInlinePolicy: 2,
  PutInlinePolicy: 3,
  PutBoundary: 4,
  DeleteBoundary: 4,
  CreateInstanceProfile: 5,
  DeleteInstanceProfile: 5,
  AddRoleToInstanceProfile: 5,
  RemoveRoleFromInstanceProfile: 5,
  CreateAssociation: 5,
  UpdateAssociation: 5,
  DeleteAssociation: 5,
  AnnotateServiceAccount: 5,
  UnannotateServiceAccount: 5,
  TagRole: 6,
  TagInstanceProfile: 6,
  TagAssociation: 6,
  UntagRole: 6,
  UpdateRole: 7,
};

function differencesOfAction(action: Action, observed: Observation): readonly Difference[] {
  const { role } = observed;
  switch (action.kind) {
    case 'CreateRole':
      return [{ kind: 'Missing', what: `role ${action.role.name}` }];
    case 'DeleteRole':
      return [{ kind: 'Extra', what: `role ${action.roleName}` }];
    case 'UpdateTrustPolicy':
      return role === undefined ? [] : policyDifferences('trust policy', action.document, role.trust);
    case 'PutInlinePolicy':
      return role === undefined
        ? []
        : policyDifferences(`inline policy ${action.policyName}`, action.document, role.inline[action.policyName]);
    case 'DeleteInlinePolicy':
      // One that only denied all for a moment was never there.
      return role !== undefined && !Object.hasOwn(role.inline, action.policyName)
        ? []
        : [{ kind: 'Extra', what: `inline policy ${action.policyName}` }];
    case 'AttachManagedPolicy':
      return role === undefined ? [] : [{ kind: 'Missing', what: `managed policy ${action.policyArn}` }];
    case 'DetachManagedPolicy':
      return [{ kind: 'Extra', what: `managed policy ${action.policyArn}` }];
    case 'PutBoundary':
      return [boundaryDifference(role?.permissionsBoundary, action.policyArn)];
    case 'DeleteBoundary':
      return [boundaryDifference(role?.permissionsBoundary, undefined)];
    case 'TagRole':
      return tagDifferences(action.tags, role?.tags);
    case 'UntagRole':
      return action.keys.map((key) => ({ kind: 'Extra', what: `tag ${key}` }) as const);
    case 'UpdateRole':
      return [
        ...valueDifference('description', action.description, role?.description ?? '', quoted),
        ...valueDifference(
          'longest session',
          action.maxSessionSeconds,
          role?.maxSessionSeconds,
          (value) => `${value} s`,
        ),
      ];
    case 'CreateInstanceProfile':
      return [{ kind: 'Missing', what: `instance profile ${action.profile.name}` }];
    case 'TagInstanceProfile':
      return tagDifferences(action.tags, observed.instanceProfile?.tags, `instance profile ${action.profileName}`);
    case 'DeleteInstanceProfile':
      return [{ kind: 'Extra', what: `instance profile ${action.profileName}` }];
    case 'AddRoleToInstanceProfile':
      // A profile that is missing altogether is a difference of its own.
      return observed.instanceProfile === undefined
        ? []
        : [{ kind: 'Missing', where: `instance profile ${action.profileName}`, what: `role ${action.roleName}` }];
    case 'RemoveRoleFromInstanceProfile':
      return [{ kind: 'Extra', where: `instance profile ${action.profileName}`, what: `role ${action.roleName}` }];
    case 'CreateAssociation':
      return [{ kind: 'Missing', what: associationText(action.association) }];
    case 'UpdateAssociation': {
      const found = associationOf(action.associationId, observed);
      const where = associationText(found ?? action.associationId);
      return [{ kind: 'Other', where, observed: found?.roleArn ?? 'for another role', desired: action.roleArn }];
    }
    case 'TagAssociation': {
      const found = associationOf(action.associationId, observed);
      return tagDifferences(action.tags, found?.tags, associationText(found ?? action.associationId));
    }
    case 'DeleteAssociation': {
      const found = associationOf(action.associationId, observed);
      return [{ kind: 'Extra', what: associationText(found ?? action.associationId) }];
    }
    case 'AnnotateServiceAccount':
      return [annotationDifference(action.account, action.roleArn, observed)];
    case 'UnannotateServiceAccount':
      return [{ kind: 'Extra', where: accountText(action.account), what: ROLE_ARN_ANNOTATION }];
    default:
      return action satisfies never;
  }
}

function boundaryDifference(observed: string | undefined, desired: string | undefined): Difference {
  return { kind: 'Other', where: 'permissions boundary', observed: observed ?? 'none', desired: desired ?? 'none' };
}

/** Of the role, or of what `where` names. Keys of tags are one when they differ in case alone. */
function tagDifferences(desired: Tags, observed: Tags = {}, where?: string): readonly Difference[] {
  return Object.entries(desired).map(([key, value]) => {
    const found = Object.entries(observed).find(([other]) => other.toLowerCase() === key.toLowerCase());
    if (found === undefined) return { kind: 'Missing', ...(where === undefined ? {} : { where }), what: `tag ${key}` };
    const place = where === undefined ? `tag ${key}` : `${where}, tag ${key}`;
    return { kind: 'Other', where: place, observed: quoted(found[1]), desired: quoted(value) };
  });
}

function valueDifference<Value>(
  where: string,
  desired: Value,
  observed: Value | undefined,
  show: (value: Value) => string,
): readonly Difference[] {
  if (observed === undefined || desired === observed) return [];
  return [{ kind: 'Other', where, observed: show(observed), desired: show(desired) }];
}

function annotationDifference(
  account: Pick<ObservedServiceAccount, 'namespace' | 'name'>,
  roleArn: string,
  { serviceAccounts }: Observation,
): Difference {
  const where = accountText(account);
  const found = serviceAccounts.find(({ name }) => name === account.name)?.roleArn;
  if (found === undefined) return { kind: 'Missing', where, what: ROLE_ARN_ANNOTATION };
  return { kind: 'Other', where: `${where}, ${ROLE_ARN_ANNOTATION}`, observed: found, desired: roleArn };
}

function accountText({ namespace, name }: Pick<ObservedServiceAccount, 'namespace' | 'name'>): string {
  return `service account ${namespace}/${name}`;
}

function associationOf(id: string, { associations }: Observation): ObservedAssociation | undefined {
  return associations.find((association) => association.id === id);
}

function associationText(association: Pick<ObservedAssociation, 'namespace' | 'serviceAccount'> | string): string {
  if (typeof association === 'string') return `Pod Identity association ${association}`;
  return `Pod Identity association of service account ${association.namespace}/${association.serviceAccount}`;
}

function quoted(text: string): string {
  return `"${text}"`;
}
