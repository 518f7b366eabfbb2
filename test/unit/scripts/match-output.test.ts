import { describe, expect, test } from 'vitest';
import { matchesOutput } from '../../../scripts/match-output.ts';

describe('what a page shows matches what was printed', () => {
  test.each([
    ['word by word', 'a b\nc\n', 'a b\nc\n'],
    [
      'whatever the width of columns and the blanks at the ends',
      'NAME READY\nweb True\n',
      'NAME   READY  \nweb    True\n\n',
    ],
    ['with any text within a line', 'role …-web-… stands', 'role billing-web-0c5f stands'],
    ['with any number of lines', 'first\n…\nlast', 'first\n2\n3\nlast'],
    ['with no line at all', 'first\n…\nlast', 'first\nlast'],
    ['with the rest left out', 'first\n…', 'first\nsecond\nthird\n'],
    ['where both are empty', '', '\n'],
    ['with the characters of patterns taken literally', '(a|b)* [c] $d', '(a|b)* [c] $d'],
  ])('%s', (_, expected, output) => {
    expect(matchesOutput(expected, output)).toBe(true);
  });
});

describe('what a page shows does not match', () => {
  test.each([
    ['another word', 'web True', 'web False'],
    ['a line more at the end', 'first', 'first\nsecond'],
    ['a line more at the start', 'second', 'first\nsecond'],
    ['a line less', 'first\nsecond', 'first'],
    ['a line break within a line', 'a … c', 'a\nc'],
    ['nothing printed', 'first', ''],
    ['characters that a pattern would take', 'a.c', 'abc'],
  ])('%s', (_, expected, output) => {
    expect(matchesOutput(expected, output)).toBe(false);
  });
});
