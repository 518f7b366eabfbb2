import type { TextRule } from './parameters.ts';

/** Lengths and characters of IAM's parameters. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/ */

const NAME_CHARACTERS: Pick<TextRule, 'pattern' | 'patternMessage'> = {
  pattern: /^[\w+=,.@-]+$/,
  patternMessage: (field) =>
    `The specified value for ${field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
};

export const ROLE_NAME: TextRule = { minChars: 1, maxChars: 64, ...NAME_CHARACTERS };
export const POLICY_NAME: TextRule = { minChars: 1, maxChars: 128, ...NAME_CHARACTERS };
export const INSTANCE_PROFILE_NAME: TextRule = { minChars: 1, maxChars: 128, ...NAME_CHARACTERS };

export const PATH: TextRule = {
  minChars: 1,
  maxChars: 512,
  pattern: /^(\/|\/[!-~]+\/)$/,
  patternMessage: (field) =>
    `The specified value for ${field} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`,
};

export const PATH_PREFIX: TextRule = {
  minChars: 1,
  maxChars: 512,
  pattern: /^\/[!-~]*$/,
  patternMessage: (field) => `The specified value for ${field} is invalid. It must begin with /.`,
};

/** Latin-1 with tab and line ends. */
export const DESCRIPTION: TextRule = { maxChars: 1_000, pattern: /^[\t\n\r\x20-\x7e\xa1-\xff]*$/ };

/** Source of the size: the request limit of PutRolePolicy; the quotas are much lower. */
export const DOCUMENT: TextRule = {
  minChars: 1,
  maxChars: 131_072,
  pattern: /^[\t\n\r\x20-\xff]+$/,
  patternMessage: (field) =>
    `The specified value for ${field} is invalid. It must contain only printable ASCII characters.`,
};

export const ARN: TextRule = { minChars: 20, maxChars: 2_048 };
export const TAG_KEY: TextRule = { minChars: 1, maxChars: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u };
export const TAG_VALUE: TextRule = { maxChars: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u };
export const SESSION_SECONDS = { min: 3_600, max: 43_200 };
export const MAX_ITEMS = { min: 1, max: 1_000 };
