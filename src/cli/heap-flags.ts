/**
 * V8's settings for a process that runs for long on little memory: it starts a collection of young objects after 8 MiB
 * instead of 64, and lets old ones grow by a third between two collections instead of to four times their size. The
 * controller keeps a few kilobytes of each object; without these most of its memory is garbage that nobody collects.
 * Source: `node --v8-options`; the sizes by measurement, with `npm run bench`.
 */
const HEAP_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=30'] as const;

/**
 * The arguments, without the program, with which Node runs the command in `argv` on little memory; `undefined` when it
 * already does, when the command does not run for long, or when whoever started it chose these settings otherwise.
 */
export function argumentsForSmallHeap(process: {
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}): readonly string[] | undefined {
  const { argv, execArgv, env } = process;
  if (argv[2] !== 'controller') return undefined;
  const given = [...execArgv, env.NODE_OPTIONS ?? ''].join(' ');
  if (/semi[-_]space|heap[-_]growing/.test(given)) return undefined;
  return [...HEAP_FLAGS, ...execArgv, ...argv.slice(1)];
}
