import { expect, test } from 'vitest';
import { badInput } from '../../cases/bad-input.ts';

test('every row of bad input has a title of its own', () => {
  const titles = badInput.map(({ title }) => title);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});
