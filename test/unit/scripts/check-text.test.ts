import { describe, expect, test } from 'vitest';
import { checkText } from '../../../scripts/check-text.ts';

const CHECKOUT = ['', 'orchard', 'main'].join('/');
const MACHINE_PATH = 'names a path of one machine';

// The words that the check refuses are put together here, so that it can read this file as well.
const join = (...parts: readonly string[]): string => parts.join('');

function offencesOf(file: string, text: string, checkout = CHECKOUT): string[] {
  return checkText(checkout, new Map([[file, text]]));
}

describe('checkText', () => {
  test('finds nothing in a file that keeps every rule', () => {
    const text = "import { test } from 'vitest';\ntest('a role is created', { retry: 0 }, () => {});\n";
    expect(offencesOf('test/unit/plan/plan.test.ts', text)).toEqual([]);
  });

  test.each([
    ['the home of root', join('/ro', 'ot/x')],
    ['the home of a user', join('/ho', 'me/ada/x')],
    ['the home of a user on macOS', join('/Us', 'ers/ada/x')],
    ['a file in the temporary folder', join('/t', 'mp/x')],
    ['the checkout', `${CHECKOUT}/x`],
    ['a sibling of the checkout', '/orchard/other'],
  ])('refuses the path of %s', (_, path) => {
    expect(offencesOf('README.md', `see\n\`${path}\``)).toEqual([`README.md:2 ${MACHINE_PATH}`]);
  });

  test('accepts the same names inside a longer path, and the top of a checkout that many machines have', () => {
    const text = join('a/ro', 'ot/x https://example.com/orchard/x');
    expect(offencesOf('README.md', text)).toEqual([]);
    expect(offencesOf('README.md', '/usr/bin/env', ['', 'usr', 'x'].join('/'))).toEqual([]);
    expect(offencesOf('README.md', '/appaccess/prod/billing/', ['', 'appaccess', 'x'].join('/'))).toEqual([]);
  });

  test('refuses a download address in package-lock.json only', () => {
    const text = '{\n  "resolved": "https://example.com/x.tgz"\n}';
    expect(offencesOf('package-lock.json', text)).toEqual([
      'package-lock.json:2 has a download address; keep the settings in .npmrc',
    ]);
    expect(offencesOf('docs/lock.json', text)).toEqual([]);
  });

  test.each([join('TO', 'DO'), join('FIX', 'ME')])('refuses %s in any file', (word) => {
    expect(offencesOf('docs/design.md', `one\ntwo ${word}: three`)).toEqual([
      'docs/design.md:2 leaves work over; finish it or open an issue',
    ]);
  });

  test('refuses a source of more than 300 lines, generated ones and tests apart', () => {
    const line = 'export {};\n';
    expect(offencesOf('src/plan/plan.ts', line.repeat(300))).toEqual([]);
    expect(offencesOf('src/plan/plan.ts', line.repeat(301))).toEqual([
      'src/plan/plan.ts:301 is 301 lines long; more than 300 hold two concepts',
    ]);
    expect(offencesOf('src/policy/generated/actions.ts', line.repeat(301))).toEqual([]);
    expect(offencesOf('test/unit/plan/plan.test.ts', line.repeat(301))).toEqual([]);
  });

  test.each([
    ['skip', "test.skip('x', () => {});"],
    ['skip', "worldTest['skip']('x', () => {});"],
    ['skip', "test('x', (context) => context.skip());"],
    ['only', "describe.only('x', () => {});"],
    ['todo', "it.todo('x');"],
    ['skipIf', "test.skipIf(noGo)('x', () => {});"],
    ['runIf', "test.runIf(go)('x', () => {});"],
    ['fails', "test.fails('x', () => {});"],
    ['skip', "test('x', { skip: noGo }, () => {});"],
    ['retry', "test('x', { retry: 2 }, () => {});"],
  ])('refuses a test weakened with %s as in %s', (name, statement) => {
    expect(offencesOf('test/unit/a.test.ts', `\n${statement}`)).toEqual([
      `test/unit/a.test.ts:2 weakens a test with "${name}"`,
    ]);
  });

  test('refuses retries in the configuration of the tests', () => {
    expect(offencesOf('vitest.config.ts', 'export default { test: { retry: 1 } };')).toEqual([
      'vitest.config.ts:1 weakens a test with "retry"',
    ]);
  });

  test('refuses a test that it cannot read', () => {
    expect(offencesOf('test/unit/a.test.ts', 'import {')).toEqual([
      expect.stringMatching(/^test\/unit\/a\.test\.ts:1 does not parse: /),
    ]);
  });
});
