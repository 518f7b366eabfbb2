import type { PolicyDocument } from '../policy/types.ts';

/**
 * A policy document as IAM returns it, percent-encoded by RFC 3986, parsed. What decodes to something that is no JSON
 * object comes back as decoded text, and what cannot be decoded as it came, so that it can still be told apart from
 * any document of ours. A plus sign is a plus sign. Never throws.
 * `Statement` is a list, also where IAM holds a lone statement without one.
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export function parsePolicyText(encoded: string): PolicyDocument | string {
  const text = decode(encoded);
  try {
    const value: unknown = JSON.parse(text);
    return isDocument(value) ? { ...value, Statement: [value.Statement ?? []].flat() } : text;
  } catch {
    return text;
  }
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded; // a stray percent sign: the text is shown as it is rather than lost
  }
}

/** Any JSON object counts: those who compare documents expect every spelling that IAM accepts. */
function isDocument(value: unknown): value is PolicyDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
