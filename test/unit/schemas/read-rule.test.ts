import { expect, test } from 'vitest';
import { readRule } from '../../../scripts/json-schema/read-rule.ts';

test('readRule reads each form that the rules of the CRD have', () => {
  const self = { kind: 'Self' };
  expect(readRule("self.matches('^a+$')")).toEqual({ kind: 'Text', place: self, pattern: '^a+$', negated: false });
  expect(readRule("!self.startsWith('a.') && !self.contains('$' + '{')")).toEqual({
    kind: 'Text',
    place: self,
    pattern: '^a\\.|\\$\\{',
    negated: true,
  });
  expect(readRule("self == '$LATEST'")).toEqual({ kind: 'Text', place: self, pattern: '^\\$LATEST$', negated: false });
  expect(readRule('has(self.a) != has(self.b)')).toEqual({ kind: 'Exclusive', fields: ['a', 'b'], atLeastOne: true });
  expect(readRule('!(has(self.a) && has(self.b))')).toEqual({
    kind: 'Exclusive',
    fields: ['a', 'b'],
    atLeastOne: false,
  });
  expect(readRule('[has(self.a), has(self.b)].filter(x, x).size() == 1')).toEqual({
    kind: 'Exclusive',
    fields: ['a', 'b'],
    atLeastOne: true,
  });
  expect(readRule("!(self.a.startsWith('x') && (has(self.b) || has(self.c)))")).toEqual({
    kind: 'Any',
    parts: [
      { kind: 'Text', place: { kind: 'Field', name: 'a' }, pattern: '^x', negated: true },
      {
        kind: 'All',
        parts: [
          { kind: 'Given', field: 'b', negated: true },
          { kind: 'Given', field: 'c', negated: true },
        ],
      },
    ],
  });
  expect(readRule("self.all(k, !k.lowerAscii().startsWith('ab') && self[k].matches('^x$'))")).toEqual({
    kind: 'All',
    parts: [
      { kind: 'Text', place: { kind: 'Keys' }, pattern: '^[aA][bB]', negated: true },
      { kind: 'Text', place: { kind: 'Values' }, pattern: '^x$', negated: false },
    ],
  });
});

test('readRule keeps what can be said of a conjunction, and nothing of a choice or of a negation that cannot', () => {
  const known = { kind: 'Text', place: { kind: 'Self' }, pattern: '^a', negated: false };
  expect(readRule("self.startsWith('a') && duration(self) > duration('1h')")).toEqual(known);
  expect(readRule("self.startsWith('a') || duration(self) > duration('1h')")).toBeUndefined();
  expect(readRule("!(self.startsWith('a') && duration(self) > duration('1h'))")).toBeUndefined();
  expect(readRule('has(self.a) == has(oldSelf.a)')).toBeUndefined();
});
