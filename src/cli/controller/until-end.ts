import type { Logger } from '../../base/logger.ts';
import type { RunningController } from './start-controller.ts';

/**
 * Resolves when `controller` has to stop, with the exit code of the process: 0 after SIGTERM or SIGINT, 1 when it led and
 * does not any more, so that whoever supervises the process starts it anew. Keeps the process alive until then. A signal
 * after that ends the process at once.
 */
export async function untilEnd({ lost }: Pick<RunningController, 'lost'>, log: Logger): Promise<0 | 1> {
  const alive = setInterval(() => undefined, 2 ** 30);
  const signaled = Promise.withResolvers<string>();
  const names = ['SIGTERM', 'SIGINT'] as const;
  for (const name of names) process.once(name, signaled.resolve);
  try {
    const signal = await Promise.race([signaled.promise, lost]);
    if (signal === undefined) log.error('another replica may lead by now: stopping, to begin anew as a standby');
    else log.info('stopping, running passes may end', { signal });
    return signal === undefined ? 1 : 0;
  } finally {
    clearInterval(alive);
    for (const name of names) process.off(name, signaled.resolve);
  }
}
