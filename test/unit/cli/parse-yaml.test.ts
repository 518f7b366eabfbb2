import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { parseYaml } from '../../../src/cli/parse-yaml.ts';

/** Text that is nearly YAML: the pieces that its grammar turns on, in any order. */
const nearlyYaml = fc
  .array(
    fc.constantFrom(
      ...['a', 'b: ', '- ', '? ', ': ', '\n', '\n  ', '\t', '{', '}', '[', ']', ', ', '"', "'", '|\n', '>-\n', '# c'],
      ...[
        '&x ',
        '*x',
        '!t ',
        '!!str ',
        '<<: ',
        '{{ v }}',
        '---\n',
        '...\n',
        '%YAML 1.2\n',
        '\u0000',
        '\uFEFF',
        'é',
        '\r\n',
      ],
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(''));

test('parseYaml throws at no text whatever, and every line that it names is one of the text', () => {
  fc.assert(
    fc.property(nearlyYaml, (text) => {
      const lines = text.split(/\r\n|\r|\n/).length;
      const { documents, problems } = parseYaml(text);
      const named = [...documents.map(({ line }) => line), ...problems.map(({ line }) => line)];
      expect(named.filter((line) => !(line >= 1 && line <= lines))).toEqual([]);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('parseYaml reads a text of one document as js-yaml does, or finds a problem in it', () => {
  fc.assert(
    fc.property(nearlyYaml, (text) => {
      const { documents, problems } = parseYaml(text);
      if (problems.length > 0 || documents.length !== 1 || /---|\.\.\./.test(text)) return;
      expect(documents[0]?.value).toEqual(load(text));
    }),
    { seed: 2, numRuns: 2000 },
  );
});

test('parseYaml gives the line of every field of a JSON value, however it is nested', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }),
      (value) => {
        const [document] = parseYaml(JSON.stringify(value, undefined, 2)).documents;
        const lines = JSON.stringify(value, undefined, 2).split('\n');
        for (const name of Object.keys(value)) {
          const line = document?.lineOf(name) ?? 0;
          expect(lines[line - 1]).toMatch(new RegExp(`^  "${name}":`));
        }
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

test.each([
  ['duplicate keys', 'a: 1\n'.repeat(200_000)],
  ['documents', 'a: 1\n---\n'.repeat(100_000)],
  ['braces', `a: "${'{{'.repeat(500_000)}"\n`],
])('parseYaml reads a mebibyte of %s in a time that grows with its size only', (_what, text) => {
  const { documents, problems } = parseYaml(text);
  expect(documents.length + problems.length).toBeGreaterThan(0);
});
