import type { IAMClientConfig } from '@aws-sdk/client-iam';
import { awsErrorCode } from './error-code.ts';

type ConfiguredStrategy = NonNullable<IAMClientConfig['retryStrategy']>;
/** A retry strategy of the SDK's present kind. */
export type RetryStrategy = Extract<ConfiguredStrategy, { refreshRetryTokenForRetry: unknown }>;

/** The part of a client of the SDK that this file changes. */
interface ClientWithRetries {
  readonly config: { retryStrategy: () => Promise<ConfiguredStrategy> };
}

/**
 * Makes `client` send a request that hit a quota once only. The SDK counts the name `LimitExceededException` among the
 * throttling errors, but from IAM it is a quota: each would be sent three times, with waits, and empty the retry bucket
 * that all calls share. All else stays as the client has it.
 * Source: `THROTTLING_ERROR_CODES` of @smithy/core 3.41, submodule retry.
 */
export function refuseQuotaRetries(client: ClientWithRetries): void {
  const inherited = client.config.retryStrategy;
  let wrapped: Promise<ConfiguredStrategy> | undefined; // one for all calls: the retry bucket is shared
  client.config.retryStrategy = () => {
    wrapped ??= inherited().then((strategy) => (isCurrentKind(strategy) ? withoutQuotaRetries(strategy) : strategy));
    return wrapped;
  };
}

/** `strategy`, except that it gives no token for a request that ended in `LimitExceeded`. */
export function withoutQuotaRetries(strategy: RetryStrategy): RetryStrategy {
  return {
    acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
    recordSuccess: (token) => strategy.recordSuccess(token),
    async refreshRetryTokenForRetry(token, failure) {
      // The SDK throws the answer's own error when there is no token; this one is not seen.
      if (awsErrorCode(failure.error) === 'LimitExceeded') throw new Error('a quota is not retried');
      return strategy.refreshRetryTokenForRetry(token, failure);
    },
  };
}

function isCurrentKind(strategy: ConfiguredStrategy): strategy is RetryStrategy {
  return 'refreshRetryTokenForRetry' in strategy;
}
