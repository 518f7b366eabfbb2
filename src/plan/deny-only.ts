import type { PolicyDocument } from '../policy/types.ts';

/** Whether `document` can only take access away. A responder puts such a policy on a role; it is left alone. */
export function isDenyOnly(document: PolicyDocument | string): boolean {
  return (
    typeof document !== 'string' &&
    document.Statement.length > 0 &&
    document.Statement.every((statement) => statement.Effect === 'Deny')
  );
}

/** Whether `document` takes anything away that its removal could give back; a text that is no JSON might. */
export function mayDeny(document: PolicyDocument | string): boolean {
  return typeof document === 'string' || document.Statement.some((statement) => statement.Effect === 'Deny');
}

/** Whether `arn` is a managed policy of AWS's own that only denies, as AWS and responders put it on what leaked. */
export function isDenyOnlyAwsPolicy(arn: string): boolean {
  return /^arn:[a-z0-9-]+:iam::aws:policy\/(AWSDenyAll|AWSCompromisedKeyQuarantine(V[0-9]+)?)$/i.test(arn);
}
