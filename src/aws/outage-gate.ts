import type { Clock } from '../base/clock.ts';
import { TransientError, WaitingError } from '../base/errors.ts';
import { unlessAborted } from '../base/unless-aborted.ts';
import type { ServiceFault } from './service-fault.ts';

/*
 *            five failures in a row            the wait is over, one call enters
 *   Closed --------------------------> Open ----------------------------------> Probing
 *      ^                                 ^                                        |  |
 *      |                                 +---- it failed: a longer wait ----------+  |
 *      +-------------------------------- AWS answered it ----------------------------+
 */

/** Keeps calls from a service that gives nobody an answer. */
export interface OutageGate {
  /**
   * Resolves when a call may be sent, with what to call when it is over, whatever came of it. While the gate is open it
   * throws the fault that opened it at once, and while a probe is under way it waits for how that ends. Rejects with the
   * signal's reason when that aborts first.
   */
  enter(signal: AbortSignal): Promise<() => void>;
  /** What `enter` would throw now; `undefined` while the gate is closed or a probe is under way. */
  refusal(): ServiceFault | undefined;
  /** A request or call ended in a fault that any other would have met too. */
  failed(fault: ServiceFault): void;
  /** AWS answered a request, be it with a refusal. */
  answered(): void;
}

/**
 * A gate for the service called `service`. It opens after five faults in a row with no answer in between: 5 s at first,
 * doubled with each probe that fails, at most 60 s. `onChange` is told when it opens and when it closes.
 */
export function createOutageGate(options: {
  readonly service: string;
  readonly clock: Clock;
  readonly onChange?: (fault: ServiceFault | undefined) => void;
}): OutageGate {
  const { service, clock, onChange } = options;
  let failures = 0;
  let waits = 0;
  let fault: ServiceFault | undefined;
  let openUntilMs = 0;
  let probe: PromiseWithResolvers<void> | undefined;

  const open = (cause: ServiceFault) => {
    const before = fault?.reason;
    fault = cause;
    openUntilMs = clock.monotonicMs() + Math.min(FIRST_WAIT_MS * 2 ** waits, LONGEST_WAIT_MS);
    waits = Math.min(waits + 1, 10);
    endProbe();
    if (before !== cause.reason) onChange?.(cause);
  };
  const endProbe = () => {
    probe?.resolve();
    probe = undefined;
  };
  const toRefusal = (cause: ServiceFault): ServiceFault => {
    const retryAfterMs = Math.max(openUntilMs - clock.monotonicMs(), 0) + PROBE_SLACK_MS;
    const outage = { name: `${service} ${cause.reason}`, retryAfterMs };
    if (cause instanceof WaitingError) {
      return new WaitingError(cause.reason, cause.message, retryAfterMs, cause.cause, outage);
    }
    return new TransientError(cause.reason, cause.message, cause.cause, outage);
  };

  return {
    async enter(signal) {
      while (probe !== undefined) await unlessAborted(probe.promise, signal);
      if (fault === undefined) return () => undefined;
      if (clock.monotonicMs() < openUntilMs) throw toRefusal(fault);
      const own = Promise.withResolvers<void>();
      probe = own;
      return () => {
        if (probe === own) endProbe(); // it was cut off before AWS said anything
      };
    },
    refusal: () => (fault === undefined || probe !== undefined ? undefined : toRefusal(fault)),
    failed(cause) {
      failures += 1;
      if (fault === undefined ? failures >= FAILURES_TO_OPEN : probe !== undefined) open(cause);
    },
    answered() {
      failures = 0;
      waits = 0;
      if (fault === undefined) return;
      fault = undefined;
      endProbe();
      onChange?.(undefined);
    },
  };
}

const FAILURES_TO_OPEN = 5;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 60_000;
/** So that a pass that comes back when told finds the wait over. */
const PROBE_SLACK_MS = 50;
