import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinBounded } from '../../../src/base/join-bounded.ts';

test('what fits stands there whole', () => {
  expect(joinBounded(['a', 'b', 'c'], '; ', 7)).toBe('a; b; c');
});

test('items that do not fit are counted, and none is halved', () => {
  expect(joinBounded(['first', 'second', 'third', 'fourth'], '; ', 25)).toBe('first; second; and 2 more');
});

test('a first item that is too long by itself is cut, and the others are counted', () => {
  expect(joinBounded(['abcdefghijklmnopqrst', 'x'], '; ', 20)).toBe('abcde…; and 1 more');
  expect(joinBounded(['abcdefghij'], '; ', 6)).toBe('abc…');
});

test('the result never takes more bytes than it may, whatever the alphabet', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 40 })),
      fc.integer({ min: 30, max: 100 }),
      (items, max) => {
        expect(Buffer.byteLength(joinBounded(items, '; ', max))).toBeLessThanOrEqual(max);
      },
    ),
  );
});
