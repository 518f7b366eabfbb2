import type { DesiredAssociation, DesiredInstanceProfile, DesiredRole, PolicyDocument, Tags } from '../policy/types.ts';

/** One write, with all it needs to run. Every action may safely run twice. */
export type Action =
  | { readonly kind: 'CreateRole'; readonly role: DesiredRole }
  | { readonly kind: 'UpdateTrustPolicy'; readonly roleName: string; readonly document: PolicyDocument }
  | {
      readonly kind: 'PutInlinePolicy';
      readonly roleName: string;
      readonly policyName: string;
      readonly document: PolicyDocument;
    }
  | { readonly kind: 'DeleteInlinePolicy'; readonly roleName: string; readonly policyName: string }
  | { readonly kind: 'AttachManagedPolicy'; readonly roleName: string; readonly policyArn: string }
  | { readonly kind: 'DetachManagedPolicy'; readonly roleName: string; readonly policyArn: string }
  | { readonly kind: 'PutBoundary'; readonly roleName: string; readonly policyArn: string }
  | { readonly kind: 'DeleteBoundary'; readonly roleName: string }
  | { readonly kind: 'TagRole'; readonly roleName: string; readonly tags: Tags }
  | { readonly kind: 'UntagRole'; readonly roleName: string; readonly keys: readonly string[] }
  | {
      readonly kind: 'UpdateRole';
      readonly roleName: string;
      readonly description: string;
      readonly maxSessionSeconds: number;
    }
  | { readonly kind: 'DeleteRole'; readonly roleName: string }
  | { readonly kind: 'CreateInstanceProfile'; readonly profile: DesiredInstanceProfile }
  | { readonly kind: 'TagInstanceProfile'; readonly profileName: string; readonly tags: Tags }
  | { readonly kind: 'DeleteInstanceProfile'; readonly profileName: string }
  | { readonly kind: 'AddRoleToInstanceProfile'; readonly profileName: string; readonly roleName: string }
  | { readonly kind: 'RemoveRoleFromInstanceProfile'; readonly profileName: string; readonly roleName: string }
  | { readonly kind: 'CreateAssociation'; readonly association: DesiredAssociation; readonly roleArn: string }
  | {
      readonly kind: 'UpdateAssociation';
      readonly clusterName: string;
      readonly associationId: string;
      readonly roleArn: string;
    }
  | { readonly kind: 'TagAssociation'; readonly associationId: string; readonly arn: string; readonly tags: Tags }
  | {
      readonly kind: 'DeleteAssociation';
      readonly clusterName: string;
      readonly associationId: string;
      readonly serviceAccount: string;
    }
  | { readonly kind: 'AnnotateServiceAccount'; readonly account: ServiceAccountRef; readonly roleArn: string }
  | { readonly kind: 'UnannotateServiceAccount'; readonly account: ServiceAccountRef };

export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
  /** Guards against writing to a namesake made since. */
  readonly uid: string;
}

/** `action` in words for people: the command `plan`, drift in status, events. At most 256 characters. */
export function describeAction(action: Action): string {
  const text = describe(action);
  return text.length <= 256 ? text : `${text.slice(0, 255)}…`;
}

function describe(action: Action): string {
  switch (action.kind) {
    case 'CreateRole':
      return `create role ${action.role.path}${action.role.name}`;
    case 'UpdateTrustPolicy':
      return `write the trust policy of role ${action.roleName}`;
    case 'PutInlinePolicy':
      return `write inline policy ${action.policyName} of role ${action.roleName}`;
    case 'DeleteInlinePolicy':
      return `delete inline policy ${action.policyName} of role ${action.roleName}`;
    case 'AttachManagedPolicy':
      return `attach ${action.policyArn} to role ${action.roleName}`;
    case 'DetachManagedPolicy':
      return `detach ${action.policyArn} from role ${action.roleName}`;
    case 'PutBoundary':
      return `set permissions boundary ${action.policyArn} on role ${action.roleName}`;
    case 'DeleteBoundary':
      return `remove the permissions boundary of role ${action.roleName}`;
    case 'TagRole':
      return `set tags ${Object.keys(action.tags).join(', ')} on role ${action.roleName}`;
    case 'UntagRole':
      return `remove tags ${action.keys.join(', ')} from role ${action.roleName}`;
    case 'UpdateRole':
      return `set description and session length (${action.maxSessionSeconds} s) of role ${action.roleName}`;
    case 'DeleteRole':
      return `delete role ${action.roleName}`;
    case 'CreateInstanceProfile':
      return `create instance profile ${action.profile.path}${action.profile.name}`;
    case 'TagInstanceProfile':
      return `set tags ${Object.keys(action.tags).join(', ')} on instance profile ${action.profileName}`;
    case 'DeleteInstanceProfile':
      return `delete instance profile ${action.profileName}`;
    case 'AddRoleToInstanceProfile':
      return `put role ${action.roleName} into instance profile ${action.profileName}`;
    case 'RemoveRoleFromInstanceProfile':
      return `take role ${action.roleName} out of instance profile ${action.profileName}`;
    case 'CreateAssociation':
      return `associate service account ${action.association.namespace}/${action.association.serviceAccount} of cluster ${action.association.clusterName} with the role`;
    case 'UpdateAssociation':
      return `point Pod Identity association ${action.associationId} at the role`;
    case 'TagAssociation':
      return `set tags ${Object.keys(action.tags).join(', ')} on Pod Identity association ${action.associationId}`;
    case 'DeleteAssociation':
      return `delete Pod Identity association ${action.associationId}`;
    case 'AnnotateServiceAccount':
      return `annotate service account ${action.account.namespace}/${action.account.name} with the role`;
    case 'UnannotateServiceAccount':
      return `remove the role from service account ${action.account.namespace}/${action.account.name}`;
    default:
      return action satisfies never;
  }
}
