import { samePolicy } from '../policy/same-policy.ts';
import type { PolicyDocument, PolicyStatement } from '../policy/types.ts';

/**
 * A policy that grants no more than either of the two: the Allow statements that both hold and the Deny statements of
 * both. `undefined` when no statement is left.
 */
export function commonStatements(a: PolicyDocument, b: PolicyDocument): PolicyDocument | undefined {
  const denies = [...a.Statement, ...b.Statement].filter((statement) => statement.Effect === 'Deny');
  const allows = a.Statement.filter(
    (statement) => statement.Effect === 'Allow' && b.Statement.some((other) => sameStatement(statement, other)),
  );
  const Statement = [...withoutTwins(denies), ...allows].map(withoutSid);
  return Statement.length === 0 ? undefined : { Version: '2012-10-17', Statement };
}

function withoutTwins(statements: readonly PolicyStatement[]): readonly PolicyStatement[] {
  return statements.filter(
    (statement, index) => statements.findIndex((other) => sameStatement(statement, other)) === index,
  );
}

/** Sids may clash between the two documents, and this one stands for a moment only. */
function withoutSid({ Sid: _, ...statement }: PolicyStatement): PolicyStatement {
  return statement;
}

function sameStatement(a: PolicyStatement, b: PolicyStatement): boolean {
  return samePolicy(documentOf(withoutSid(a)), documentOf(withoutSid(b)));
}

function documentOf(statement: PolicyStatement): PolicyDocument {
  return { Version: '2012-10-17', Statement: [statement] };
}
