import { randomBytes } from 'node:crypto';

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SMALL = 'abcdefghijklmnopqrstuvwxyz012345';

/**
 * A new unique id: `AROA` for a role, `AIPA` for an instance profile, `ANPA` for a managed policy, then 17 characters; never handed out again.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function newIamId(prefix: 'AROA' | 'AIPA' | 'ANPA' | 'ASIA'): string {
  return prefix + randomCharacters(CAPITALS, prefix === 'ASIA' ? 16 : 17);
}

/** The id of a new Pod Identity association: `a-` and 17 characters. */
export function newAssociationId(): string {
  return `a-${randomCharacters(SMALL, 17)}`;
}

function randomCharacters(alphabet: string, length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}
