import { isRecord, toList } from './document-grammar.ts';

/**
 * Whether a trust policy lets EKS Pod Identity in: `pods.eks.amazonaws.com` may both `sts:AssumeRole` and
 * `sts:TagSession`. Conditions are not looked at, as EKS cannot know them when the association is made.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export function trustsPodIdentity(trustDocument: string): boolean {
  const document: unknown = JSON.parse(trustDocument);
  const actions = toList(isRecord(document) ? document.Statement : undefined)
    .filter(isRecord)
    .filter((statement) => statement.Effect === 'Allow' && namesPodIdentity(statement.Principal))
    .flatMap((statement) => toList(statement.Action).map((action) => String(action).toLowerCase()));
  return ['sts:assumerole', 'sts:tagsession'].every((action) => actions.includes(action) || actions.includes('sts:*'));
}

function namesPodIdentity(principal: unknown): boolean {
  return isRecord(principal) && toList(principal.Service).includes('pods.eks.amazonaws.com');
}
