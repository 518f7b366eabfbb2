/** A policy document of Allow statements, as our generated ones are. */
export interface AllowDocument {
  readonly Version: string;
  readonly Statement: readonly AllowStatement[];
}

export interface AllowStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What IAM decides upon. */
export interface AuthorizationRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the request has, with their values. */
  readonly context: Readonly<Record<string, string>>;
}

/**
 * Whether `document` allows `request`: some statement matches action, resource and every condition. A condition whose key
 * the request lacks does not match. An effect, element or operator that our policies do not use throws.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function isAllowed({ Statement }: AllowDocument, request: AuthorizationRequest): boolean {
  return Statement.some((statement) => {
    refuseUnknown(statement);
    return (
      statement.Action.some((pattern) => matches(pattern.toLowerCase(), request.action.toLowerCase())) &&
      statement.Resource.some((pattern) => matches(pattern, request.resource)) &&
      conditionsHold(statement.Condition ?? {}, request.context)
    );
  });
}

function conditionsHold(
  conditions: NonNullable<AllowStatement['Condition']>,
  context: AuthorizationRequest['context'],
): boolean {
  return Object.entries(conditions).every(([operator, block]) =>
    Object.entries(block).every(([key, values]) => {
      const found = context[key];
      if (found === undefined) return false;
      return [values].flat().some((value) => compare(operator, value, found));
    }),
  );
}

function compare(operator: string, value: string, found: string): boolean {
  if (operator === 'StringEquals') return value === found;
  if (operator === 'ArnLike') return matches(value, found);
  throw new Error(`condition operator ${operator} is not known here`);
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

function refuseUnknown(statement: AllowStatement): void {
  const unknown = Object.keys(statement).filter(
    (key) => !['Sid', 'Effect', 'Action', 'Resource', 'Condition'].includes(key),
  );
  if (statement.Effect !== 'Allow' || unknown.length > 0) throw new Error(`statement ${statement.Sid} is not known`);
}
