import { parseDocument, type RawStatement, syntaxErrors, toTexts } from './document-grammar.ts';
import { malformedPolicyDocument } from './errors.ts';

const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-eusc', '*'];

/**
 * Checks the inline policy of a role as IAM does on write: grammar, not sense; unknown actions pass. Throws
 * `MalformedPolicyDocument`. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function requireValidIdentityPolicy(text: string): void {
  const { version, statements } = parseDocument(text, 'The policy is not in the valid JSON format.');
  if (version !== '2012-10-17') {
    throw malformedPolicyDocument('Policy document must be version 2012-10-17 or greater.');
  }
  for (const statement of statements) {
    if ('Principal' in statement || 'NotPrincipal' in statement) {
      throw malformedPolicyDocument('Policy document should not specify a principal.');
    }
    requireOneOf(statement, 'Action', 'Policy statement must contain actions.').forEach(checkAction);
    requireOneOf(statement, 'Resource', 'Policy statement must contain resources.').forEach(checkResource);
  }
}

/** The values of `Action` or `NotAction` (`Resource` or `NotResource`): exactly one of the two must be there. */
function requireOneOf(statement: RawStatement, name: 'Action' | 'Resource', message: string): readonly string[] {
  const plain = statement[name];
  const negated = statement[`Not${name}`];
  if (plain !== undefined && negated !== undefined) throw syntaxErrors();
  const value = plain ?? negated;
  if (value === undefined || (Array.isArray(value) && value.length === 0)) throw malformedPolicyDocument(message);
  return toTexts(value);
}

function checkAction(action: string): void {
  if (action === '*') return;
  const [vendor = '', name, ...more] = action.split(':');
  if (name === undefined) {
    throw malformedPolicyDocument('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  }
  if (more.length > 0) throw malformedPolicyDocument('Actions/Condition can contain only one colon.');
  if (!/^([a-zA-Z0-9-]+|\*)$/.test(vendor)) throw malformedPolicyDocument(`Vendor ${vendor} is not valid`);
}

function checkResource(resource: string): void {
  if (resource === '*') return;
  const [scheme, partition = '', , , , rest] = resource.split(':');
  if (scheme !== 'arn') throw malformedPolicyDocument(`Resource ${resource} must be in ARN format or "*".`);
  if (!PARTITIONS.includes(partition)) {
    throw malformedPolicyDocument(`Partition "${partition}" is not valid for resource "${resource}".`);
  }
  // AWS completes shorter ARNs with wildcards once the service is there; the compiler never writes those, so a slip shows.
  if (rest === undefined) throw malformedPolicyDocument('The policy failed legacy parsing');
}
