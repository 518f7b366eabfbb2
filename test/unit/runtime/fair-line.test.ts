import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairLine } from '../../../src/runtime/fair-line.ts';

test('a key is in line once, keeps its place when it is added again, and is gone once taken out', () => {
  const line = new FairLine();
  for (const key of ['a/1', 'a/2', 'a/1']) line.add(key);
  expect(line.size).toBe(2);
  line.delete('a/2');
  line.delete('b/unknown');
  expect([line.size, line.shift(), line.shift(), line.size]).toEqual([1, 'a/1', undefined, 0]);
});

test('keys without a namespace are one group', () => {
  const line = new FairLine();
  for (const key of ['x', 'y', 'a/1']) line.add(key);
  expect([line.shift(), line.shift(), line.shift()]).toEqual(['x', 'a/1', 'y']);
});

test('whatever comes and goes, no namespace gets two turns while another has a key in line, and each keeps its order', () => {
  const step = fc.oneof(
    fc.record({ add: fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(9)) }),
    fc.record({ remove: fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(9)) }),
    fc.constant({ shift: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const line = new FairLine();
      let waiting: string[] = [];
      /** How many of the others had a turn since a namespace with keys in line had its own. */
      const turnsOfOthers = new Map<string, string[]>();
      for (const one of steps) {
        if ('add' in one) {
          const key = one.add.join('/');
          if (!waiting.includes(key)) waiting.push(key);
          line.add(key);
        } else if ('remove' in one) {
          const key = one.remove.join('/');
          waiting = waiting.filter((each) => each !== key);
          line.delete(key);
        } else {
          const key = line.shift();
          const namespace = key?.split('/')[0] ?? '';
          expect(key).toBe(waiting.find((each) => each.startsWith(`${namespace}/`)));
          waiting = waiting.filter((each) => each !== key);
          turnsOfOthers.delete(namespace);
          for (const other of new Set(waiting.map((each) => each.split('/')[0] ?? ''))) {
            if (other === namespace) continue;
            const turns = [...(turnsOfOthers.get(other) ?? []), namespace];
            expect(new Set(turns).size).toBe(turns.length);
            turnsOfOthers.set(other, turns);
          }
        }
        for (const namespace of turnsOfOthers.keys()) {
          if (!waiting.some((each) => each.startsWith(`${namespace}/`))) turnsOfOthers.delete(namespace);
        }
        expect(line.size).toBe(waiting.length);
      }
    }),
  );
});
