import { expect, test } from 'vitest';
import { drawSeed, profileOf, STRETCH } from '../../../../scripts/soak/profile-of.ts';

test('stretches of rounds in which everything goes wrong alternate with some that no process ends by', () => {
  const profiles = Array.from({ length: 4 * STRETCH }, (_, place) => profileOf(1_000 * STRETCH + place));
  const stretch = (profile: string) => Array.from({ length: STRETCH }, () => profile);
  expect(profiles).toEqual(['All', 'Lasting', 'All', 'Lasting'].flatMap(stretch));
});

test.each([0, 0.37, 0.999_999])(
  'a soak without a seed begins with a whole stretch of everything, drawn by %f',
  (random) => {
    const seed = drawSeed(random);
    expect(Number.isSafeInteger(seed)).toBe(true);
    expect([seed, seed + STRETCH - 1].map(profileOf)).toEqual(['All', 'All']);
    expect(profileOf(seed + STRETCH)).toBe('Lasting');
  },
);
