/**
 * Resolves with the name of the first SIGTERM or SIGINT, or with nothing once `otherwise` resolves, and keeps the process
 * alive until then. A signal after that ends the process at once.
 */
export async function untilSignal(
  otherwise: Promise<void> = new Promise(() => undefined),
): Promise<string | undefined> {
  const alive = setInterval(() => undefined, 2 ** 30);
  const signaled = Promise.withResolvers<string>();
  const names = ['SIGTERM', 'SIGINT'] as const;
  for (const name of names) process.once(name, signaled.resolve);
  try {
    return (await Promise.race([signaled.promise, otherwise])) ?? undefined;
  } finally {
    clearInterval(alive);
    for (const name of names) process.off(name, signaled.resolve);
  }
}
