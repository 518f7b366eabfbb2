import type { Clock } from '../base/clock.ts';
import { TransientError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { PassContextOf } from '../base/pass-context.ts';
import type { AccountCheck } from './account-check.ts';
import { attemptsOf, awsErrorCode } from './error-code.ts';
import type { AwsService } from './service-fault.ts';
import type { ServiceWatch } from './service-watch.ts';
import { type AwsCall, toReconcileError } from './to-reconcile-error.ts';

/** One call as it ended, for metrics. */
export interface CallRecord {
  readonly service: AwsService;
  /** As in an IAM policy: `CreateRole`. */
  readonly action: string;
  /** `Success`, `Aborted`, or the code of the error without `Exception`: `NoSuchEntity`. */
  readonly outcome: string;
  /** Requests sent, retries included. */
  readonly attempts: number;
  /** From the first wait for the budget to the answer. */
  readonly seconds: number;
}

interface SdkAnswer {
  readonly $metadata: { readonly attempts?: number };
}

/** Sends one request and classifies how it ended. */
export interface AwsCaller {
  /**
   * Result of `send`, which gets the options for the SDK's client. An error whose code (without `Exception`) is a key of
   * `expected` is that value instead, or what it makes of the number of requests that were sent. Everything else is thrown
   * as a `ReconcileError`; `classify` may name a better one.
   */
  call<Answer extends SdkAnswer, Value = never>(
    call: AwsCall,
    signal: AbortSignal,
    send: (options: { abortSignal: AbortSignal }) => Promise<Answer>,
    rules?: {
      readonly expected?: Readonly<Record<string, Value | ((attempts: number) => Value)>>;
      readonly classify?: (code: string, message: string, cause: unknown) => Error | undefined;
    },
  ): Promise<Answer | Value>;
}

export interface AwsCallerOptions {
  /** Where requests are signed for; for traces. */
  readonly region: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where a call belongs to no pass, {@link log} is used. */
  readonly contextOf?: PassContextOf;
  readonly onCall?: (record: CallRecord) => void;
}

/**
 * A caller of the service that `watch` watches; while that is out of order, calls fail at once. No call is sent, and no
 * read either, that `account` does not let through: in another account, that a role is absent says nothing.
 */
export function createAwsCaller(options: AwsCallerOptions, watch: ServiceWatch, account?: AccountCheck): AwsCaller {
  const { clock, log, contextOf, onCall, region } = options;
  return {
    async call(call, signal, send, rules = {}) {
      const leave = await watch.enter(signal);
      await account?.pass(signal).catch((error: unknown) => {
        leave();
        throw error;
      });
      const startedMs = clock.monotonicMs();
      const { service, action } = call;
      const pass = contextOf?.(signal);
      const traced = pass?.trace.request({ kind: 'Aws', service, action, region });
      const record = (outcome: string, attempts: number) => {
        const seconds = (clock.monotonicMs() - startedMs) / 1000;
        const isAnswer = outcome === 'Success' || outcome in (rules.expected ?? {});
        traced?.({ attempts, ...(isAnswer ? {} : { errorCode: outcome }) });
        onCall?.({ service, action, outcome, attempts, seconds });
        (pass?.log ?? log).debug('aws call', { ...call, outcome, attempts, seconds });
      };
      try {
        const answer = await send({ abortSignal: signal });
        record('Success', answer.$metadata.attempts ?? 1);
        return answer;
      } catch (error) {
        if (signal.aborted) {
          record('Aborted', attemptsOf(error));
          throw new TransientError(
            'Interrupted',
            `${call.service}:${call.action} for ${call.target} was cut off`,
            error,
          );
        }
        const code = awsErrorCode(error);
        record(code, attemptsOf(error));
        const outage = watch.callFailed(error);
        if (outage !== undefined) throw outage;
        for (const [expectedCode, value] of Object.entries(rules.expected ?? {})) {
          if (expectedCode === code) return value instanceof Function ? value(attemptsOf(error)) : value;
        }
        const message = error instanceof Error ? error.message : String(error);
        throw rules.classify?.(code, message, error) ?? toReconcileError(error, call, watch.isFromService(error));
      } finally {
        leave();
      }
    },
  };
}

/** `value`, or a `TransientError` when AWS left out the part of its answer that the API promises. */
export function promised<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TransientError('AwsUnavailable', `the answer of AWS has no ${what}`);
  return value;
}
