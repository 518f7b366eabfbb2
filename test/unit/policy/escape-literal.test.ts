import { expect, test } from 'vitest';
import { escapeLiteral } from '../../../src/policy/escape-literal.ts';

test.each([
  ['uploads/2026-$/a{b}', 'uploads/2026-$/a{b}'],
  ['*', '${*}'],
  ['a?b', 'a${?}b'],
  ['${aws:username}', '${$}{aws:username}'],
  ['$${*}', '${$}${$}{${*}}'],
  ['$*', '${$}${*}'],
])('escapeLiteral makes %s stand for itself: %s', (text, escaped) => {
  expect(escapeLiteral(text)).toBe(escaped);
});
