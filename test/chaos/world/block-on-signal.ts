/**
 * Loaded into a controller before its own code: SIGUSR2 blocks its event loop for CHAOS_BLOCK_MS, as an endless loop or a
 * huge collection would. Timers, sockets and signals wait meanwhile.
 */
process.on('SIGUSR2', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.CHAOS_BLOCK_MS));
});
