import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestName } from '../../../src/api/nearest-name.ts';
import { likelyNames } from '../../../src/policy/likely-names.ts';
import { serviceActions } from '../../../src/policy/service-reference.ts';

const NAMES = [...(serviceActions('s3')?.values() ?? [])].map(({ name }) => name);

test('likelyNames never leaves out the nearest name', () => {
  const edit = fc.tuple(
    fc.nat(40),
    fc.constantFrom('delete', 'insert', 'replace', 'swap'),
    fc.constantFrom('e', 'X', '0'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), fc.array(edit, { maxLength: 3 }), (name, edits) => {
      const written = edits.reduce(
        (text, [at, kind, letter]) => edited(text, at % (text.length + 1), kind, letter),
        name,
      );
      expect(nearestName(written, likelyNames(written, NAMES))).toBe(nearestName(written, NAMES));
    }),
  );
});

test('likelyNames leaves out what is far away, and asks for the exact distance of few', () => {
  expect(NAMES.length).toBeGreaterThan(100);
  expect(likelyNames('getobjekt', NAMES)).toEqual(['GetObject']);
});

function edited(text: string, at: number, kind: string, letter: string): string {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  if (kind === 'delete') return before + after.slice(1);
  if (kind === 'insert') return before + letter + after;
  if (kind === 'replace') return before + letter + after.slice(1);
  return before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2);
}
