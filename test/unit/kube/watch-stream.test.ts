import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonLines } from '../../../src/kube/watch-stream.ts';

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let piece = 0; start < bytes.length; piece += 1) {
    const size = sizes[piece % sizes.length] ?? 1;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

async function read(text: string, sizes: readonly number[]): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of jsonLines(inPieces(Buffer.from(text), sizes))) values.push(value);
  return values;
}

test('lines come back whole wherever the connection cut them, inside a character too', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), sizes, async (names, pieces) => {
      const text = names.map((name) => `${JSON.stringify({ name })}\n`).join('');
      expect(await read(text, pieces)).toEqual(names.map((name) => ({ name })));
    }),
  );
});

test('a stream whose chunks are all there at once lets everything else have its turn between them', async () => {
  let turns = 0;
  const count = () => {
    turns += 1;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  await read('{"a":1}\n'.repeat(100), [8]);
  clearImmediate(immediate);
  expect(turns).toBeGreaterThanOrEqual(100);
});

test('a last line without its line feed is dropped, and empty lines are none', async () => {
  expect(await read('{"a":1}\n\n{"b":', [3])).toEqual([{ a: 1 }]);
});

test('a whole line that is no JSON is an error', async () => {
  await expect(read('{"a":1}\n<html>\n', [100])).rejects.toThrow(SyntaxError);
});
