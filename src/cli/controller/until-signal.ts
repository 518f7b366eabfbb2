/** Resolves with the name of the first SIGTERM or SIGINT, and keeps the process alive until then. A second one kills. */
export function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 2 ** 30);
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.once(name, () => {
        clearInterval(alive);
        resolve(name);
      });
    }
  });
}
