import type { Clock } from '../base/clock.ts';
import { ReconcileError } from '../base/errors.ts';
import type { OutageGate } from './outage-gate.ts';
import { type AwsService, toServiceFault } from './service-fault.ts';

/** Watches how the calls and requests to one service end, and holds calls back while it gives nobody an answer. */
export interface ServiceWatch {
  /** See `OutageGate.enter`. */
  enter(signal: AbortSignal): Promise<() => void>;
  /** Runs one request when its turn has come, unless an outage began while it waited. */
  request<Answer>(send: () => Promise<Answer>): Promise<Answer>;
  /**
   * A call ended in `error`, perhaps before any request: credentials are fetched first. Returns what to throw instead
   * when it is part of an outage that is known by now.
   */
  callFailed(error: unknown): ReconcileError | undefined;
  /** Tells errors of the service itself from those of others, such as STS. */
  isFromService(error: unknown): boolean;
}

/**
 * A watch over `service`. Whenever credentials were found wanting, `renewCredentials` is called before the next call, so
 * that those put into a file meanwhile are found. Requests that were under way together and are throttled together count as
 * one failure: AWS that serves fewer than it is asked for is no outage.
 */
export function watchService(options: {
  readonly service: AwsService;
  readonly gate: OutageGate;
  readonly isFromService: (error: unknown) => boolean;
  readonly renewCredentials: () => Promise<unknown>;
  readonly clock: Clock;
}): ServiceWatch {
  const { service, gate, isFromService, renewCredentials, clock } = options;
  const counted = new WeakSet<Error>();
  let credentialsFailed = false;
  let throttledAtMs = Number.NEGATIVE_INFINITY;

  const judge = (error: unknown, startedMs: number): 'Fault' | 'Answer' => {
    if (error instanceof ReconcileError) return 'Answer'; // the gate's own
    const fault = toServiceFault(error, service, isFromService(error));
    if (fault === undefined) return 'Answer';
    if (fault.reason === 'NoCredentials') credentialsFailed = true;
    if (error instanceof Error) counted.add(error);
    if (fault.reason !== 'Throttled' || startedMs > throttledAtMs) gate.failed(fault);
    if (fault.reason === 'Throttled') throttledAtMs = clock.monotonicMs();
    return 'Fault';
  };

  return {
    isFromService,
    async enter(signal) {
      const leave = await gate.enter(signal);
      if (credentialsFailed) {
        credentialsFailed = false;
        await renewCredentials().catch(() => undefined); // the call that follows says what is wrong
      }
      return leave;
    },
    async request(send) {
      const refusal = gate.refusal(); // an outage may have begun while the request waited for its turn
      if (refusal !== undefined) throw refusal;
      const startedMs = clock.monotonicMs();
      try {
        const answer = await send();
        gate.answered();
        return answer;
      } catch (error) {
        if (isAbort(error)) throw error;
        if (judge(error, startedMs) === 'Answer' && isFromService(error)) gate.answered();
        throw error;
      }
    },
    callFailed(error) {
      if (!(error instanceof Error) || isAbort(error)) return undefined;
      const isFault = counted.has(error) || judge(error, clock.monotonicMs()) === 'Fault';
      return isFault ? gate.refusal() : undefined;
    },
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
