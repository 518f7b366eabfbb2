import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, expect, test, vi } from 'vitest';
import { commandClock, systemClock } from '../../../src/base/clock.ts';

const CLOCK = fileURLToPath(new URL('../../../src/base/clock.ts', import.meta.url));

test('a process that waits by the clock of commands lives on until the wait is over', async () => {
  const program = `
    import { commandClock, sleep } from ${JSON.stringify(CLOCK)};
    await sleep(commandClock, 10, new AbortController().signal);
    console.log('waited');`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program]);
  expect(stdout).toBe('waited');
});

afterEach(() => {
  vi.useRealTimers();
});

const DAY_MS = 86_400_000;

test.each([
  ['of the machine', systemClock],
  ['of commands', commandClock],
])(
  'a time that is longer than a timer of Node can be is waited out by the clock %s, and can be cancelled',
  (_, clock) => {
    vi.useFakeTimers();
    const fired: string[] = [];
    clock.after(60 * DAY_MS, () => fired.push('in 60 days'));
    clock.after(Number.POSITIVE_INFINITY, () => fired.push('never'));
    const cancel = clock.after(60 * DAY_MS, () => fired.push('cancelled'));
    vi.advanceTimersByTime(60 * DAY_MS - 1);
    expect(fired).toEqual([]);
    cancel();
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(['in 60 days']);
  },
);
