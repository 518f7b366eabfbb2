import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { flowYaml } from '../../../src/api/flow-yaml.ts';

test('flowYaml writes what a person would write on one line', () => {
  const value = { s3: { bucket: 'invoices', accountId: '111122223333', access: ['Write', 'Delete'] }, pause: false };
  expect(flowYaml(value)).toBe(
    '{s3: {bucket: invoices, accountId: "111122223333", access: [Write, Delete]}, pause: false}',
  );
});

test('flowYaml leaves an ARN bare, and puts the words that kubectl reads as booleans into quotes', () => {
  expect(flowYaml(['arn:aws:iam::111122223333:policy/a', 'on', 'Yes', ''])).toBe(
    '[arn:aws:iam::111122223333:policy/a, "on", "Yes", ""]',
  );
});

test('flowYaml reads back as it was', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z/][\w/.:*-]{0,8}$/));
  const value = fc.oneof(text, fc.array(text), fc.dictionary(text, fc.oneof(text, fc.boolean(), fc.integer())));
  fc.assert(
    fc.property(value, (given) => {
      const plain = JSON.parse(JSON.stringify(given));
      expect(load(flowYaml(plain))).toEqual(plain);
    }),
  );
});
