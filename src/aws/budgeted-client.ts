import type { IAMClientConfig } from '@aws-sdk/client-iam';
import type { CallLimiter } from './call-limiter.ts';
import { checkedAgents } from './last-moment.ts';
import type { ServiceWatch } from './service-watch.ts';

type ClientOptions = Pick<IAMClientConfig, 'region' | 'endpoint' | 'maxAttempts' | 'retryMode' | 'customUserAgent'> & {
  readonly ignoreCache: boolean;
  readonly requestHandler: ReturnType<typeof checkedAgents> & {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
};

/**
 * Constructor options that every client shares. Credentials, AWS_ENDPOINT_URL and the number of attempts come from
 * the SDK's own chain and environment. A connection may take 3 s and an answer `answerTimeoutMs`.
 */
export function clientOptions(
  region: string,
  endpoint: string | undefined,
  answerTimeoutMs = ANSWER_TIMEOUT_MS,
): ClientOptions {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    retryMode: 'standard', // adaptive would slow one client by itself; the limiter slows all of them
    customUserAgent: 'appaccess',
    ignoreCache: true, // the credentials' files are read again when credentials are renewed
    requestHandler: {
      ...checkedAgents(),
      connectionTimeout: 3000,
      requestTimeout: answerTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
}

const ANSWER_TIMEOUT_MS = 15_000;

/** Of the call that goes with a signal, at the limiter: higher goes first. Asked again while the call waits. */
export type PriorityOf = (signal: AbortSignal) => number;

/**
 * Middleware that makes every request, each page and each retry too, take its turn at `limiter`. It belongs where
 * {@link TURN} says: below the SDK's retries, so that a call that waits for its retry holds no place, and above the
 * signing, so that no signature grows old in the queue.
 */
export function takeTurns(limiter: CallLimiter, priorityOf: PriorityOf, watch: ServiceWatch) {
  return <Args, Answer>(next: (args: Args) => Promise<Answer>, context: SdkContext) =>
    (args: Args): Promise<Answer> => {
      const given = context.__smithy_context?.abortSignal;
      const signal = given instanceof AbortSignal ? given : undefined;
      const request = () => watch.request(() => next(args));
      return limiter.run(request, { priority: () => (signal === undefined ? 0 : priorityOf(signal)), signal });
    };
}

/** Place of {@link takeTurns} in a client's middleware stack. */
export const TURN = { name: 'callLimiter', relation: 'after', toMiddleware: 'retryMiddleware' } as const;

/** Where the SDK keeps the options of the call that a request belongs to. */
interface SdkContext {
  readonly __smithy_context?: Readonly<Record<string, unknown>>;
}
