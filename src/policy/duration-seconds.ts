const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Seconds of a duration such as `1h` or `2h30m`; the schema has checked its form. */
export function durationSeconds(duration: string): number {
  return [...duration.matchAll(/([0-9]+)([smh])/g)].reduce(
    (sum, [, count = '0', unit = 's']) => sum + Number(count) * (UNIT_SECONDS[unit] ?? 0),
    0,
  );
}
