import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Node's own, of `node:http`: the SDK for AWS has got the head of an answer. */
const ANSWER = 'http.client.response.finish';
/** A controller that has nothing to do at AWS hangs too. */
const LONGEST_WAIT_MS = 1_000;

/**
 * Loaded into a controller before its own code: SIGUSR2 blocks its event loop for CHAOS_BLOCK_MS, as an endless loop or a
 * huge collection would. Timers, sockets and signals wait meanwhile. That begins with the next answer of AWS: what a pass
 * does with it comes before any timer could tell that the lease is over.
 */
process.on('SIGUSR2', () => {
  const block = () => {
    unsubscribe(ANSWER, block);
    clearTimeout(timer);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.CHAOS_BLOCK_MS));
  };
  const timer = setTimeout(block, LONGEST_WAIT_MS);
  subscribe(ANSWER, block);
});
