import type { PolicyDocument } from '../policy/types.ts';

/** Whether `document` can only take access away. A responder puts such a policy on a role; it is left alone. */
export function isDenyOnly(document: PolicyDocument | string): boolean {
  return (
    typeof document !== 'string' &&
    document.Statement.length > 0 &&
    document.Statement.every((statement) => statement.Effect === 'Deny')
  );
}
