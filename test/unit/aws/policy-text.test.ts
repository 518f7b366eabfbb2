import { expect, test } from 'vitest';
import { parsePolicyText } from '../../../src/aws/policy-text.ts';

test('parsePolicyText decodes by RFC 3986, so that a plus sign stays one', () => {
  const document = { Version: '2012-10-17', Statement: [], Id: 'a+b ü' };
  expect(
    parsePolicyText(
      '%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%2C%22Id%22%3A%22a+b%20%C3%BC%22%7D',
    ),
  ).toEqual(document);
  expect(parsePolicyText(encodeURIComponent(JSON.stringify(document)))).toEqual(document);
});

test('parsePolicyText returns the decoded text of what is no JSON object', () => {
  expect(parsePolicyText('no%20json')).toBe('no json');
  expect(parsePolicyText('%5B1%5D')).toBe('[1]');
  expect(parsePolicyText('')).toBe('');
});

test('parsePolicyText returns what cannot be decoded as it came', () => {
  expect(parsePolicyText('100% sure')).toBe('100% sure');
});

test('a lone statement without a list is read as a list of one', () => {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } });
  expect(parsePolicyText(encodeURIComponent(text))).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
  });
});
