import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const CLOCK = fileURLToPath(new URL('../../../src/base/clock.ts', import.meta.url));

test('a process that waits by the clock of commands lives on until the wait is over', async () => {
  const program = `
    import { commandClock, sleep } from ${JSON.stringify(CLOCK)};
    await sleep(commandClock, 10, new AbortController().signal);
    console.log('waited');`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program]);
  expect(stdout).toBe('waited');
});
