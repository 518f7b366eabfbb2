import { expect, test } from 'vitest';
import { takePage } from '../../../../src/dev/aws/paging.ts';

const page = (rows: readonly string[], maxItems: number, marker?: string, limit = 100) =>
  takePage(rows, (row) => row, { maxItems, marker }, limit);

test('a page that takes all rows has no marker', () => {
  expect(page(['a', 'b'], 2)).toEqual({ items: ['a', 'b'], nextMarker: undefined });
  expect(page([], 2)).toEqual({ items: [], nextMarker: undefined });
});

test('rows that come and go between two pages are neither repeated nor do they hide others', () => {
  const first = page(['a', 'b', 'c', 'd'], 2);
  expect(first.items).toEqual(['a', 'b']);
  expect(page(['a', 'aa', 'c', 'd'], 2, first.nextMarker).items).toEqual(['c', 'd']);
});

test('the limit shortens a page below what was asked for', () => {
  const { items, nextMarker } = page(['a', 'b', 'c'], 100, undefined, 1);
  expect([items, page(['a', 'b', 'c'], 100, nextMarker, 1).items]).toEqual([['a'], ['b']]);
});

test('a marker that was never handed out is a ValidationError', () => {
  expect(() => page(['a'], 1, 'made-up')).toThrow(expect.objectContaining({ code: 'ValidationError', status: 400 }));
});
