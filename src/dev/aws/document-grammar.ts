import { malformedPolicyDocument } from './errors.ts';

/** One statement as it stands in a document that was sent; its values are not looked at yet. */
export type RawStatement = Readonly<Record<string, unknown>>;
export interface RawDocument {
  readonly version: string | undefined;
  readonly statements: readonly RawStatement[];
}

const VERSIONS = ['2012-10-17', '2008-10-17'];
const OPERATOR =
  /^(ForAllValues:|ForAnyValue:)?(String(Equals|NotEquals|EqualsIgnoreCase|NotEqualsIgnoreCase|Like|NotLike)|(Numeric|Date)(Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)|Bool|BinaryEquals|IpAddress|NotIpAddress|Arn(Equals|Like|NotEquals|NotLike))(IfExists)?$|^Null$/;

/**
 * The parts of `text` that identity and trust policies share, checked: it is a JSON object with known members, a known
 * version, at least one statement, and in each an effect, a Sid that no other has, and known condition operators.
 * Throws `MalformedPolicyDocument`.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parseDocument(text: string, notJsonMessage: string): RawDocument {
  const document = parseJson(text);
  if (!isRecord(document)) throw malformedPolicyDocument(notJsonMessage);
  if (hasOtherKeys(document, ['Version', 'Id', 'Statement'])) throw syntaxErrors();
  const version = document.Version;
  if (version !== undefined && !(typeof version === 'string' && VERSIONS.includes(version))) throw syntaxErrors();
  const statements = toList(document.Statement);
  if (statements.length === 0) throw syntaxErrors();
  const checked = statements.map(checkStatement);
  requireUniqueSids(checked);
  return { version, statements: checked };
}

export function syntaxErrors() {
  return malformedPolicyDocument('Syntax errors in policy.');
}

/** A lone value counts as a list of one; absence as the empty list. */
export function toList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** A text or a list of texts that is not empty; anything else is a syntax error. */
export function toTexts(value: unknown): readonly string[] {
  const texts = toList(value).filter((item) => typeof item === 'string');
  if (texts.length === 0 || texts.length !== toList(value).length) throw syntaxErrors();
  return texts;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const STATEMENT_KEYS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

function checkStatement(statement: unknown): RawStatement {
  if (!isRecord(statement) || hasOtherKeys(statement, STATEMENT_KEYS)) throw syntaxErrors();
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw syntaxErrors();
  checkSid(statement.Sid);
  checkCondition(statement.Condition);
  return statement;
}

function checkSid(sid: unknown): void {
  if (sid === undefined) return;
  if (typeof sid !== 'string') throw syntaxErrors();
  if (!/^[0-9A-Za-z]*$/.test(sid)) {
    throw malformedPolicyDocument(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    );
  }
}

function requireUniqueSids(statements: readonly RawStatement[]): void {
  const sids = statements.map((statement) => statement.Sid).filter((sid) => sid !== undefined && sid !== '');
  if (new Set(sids).size !== sids.length) {
    throw malformedPolicyDocument('Statement IDs (SID) in a single policy must be unique.');
  }
}

function checkCondition(condition: unknown): void {
  if (condition === undefined) return;
  if (!isRecord(condition)) throw syntaxErrors();
  for (const [operator, keys] of Object.entries(condition)) {
    if (!OPERATOR.test(operator) || !isRecord(keys)) throw syntaxErrors();
    for (const [key, values] of Object.entries(keys)) {
      if (!key.includes(':')) {
        throw malformedPolicyDocument('Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
      }
      if (!toList(values).every((value) => ['string', 'number', 'boolean'].includes(typeof value)))
        throw syntaxErrors();
    }
  }
}

function hasOtherKeys(record: Readonly<Record<string, unknown>>, known: readonly string[]): boolean {
  return Object.keys(record).some((key) => !known.includes(key));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller names the fault in the words of its kind of policy
  }
}
