import type { Clock } from '../base/clock.ts';
import { WaitingError } from '../base/errors.ts';
import { unlessAborted } from '../base/unless-aborted.ts';

/*
 *              the key is of our account
 *   Unknown ------------------------------> Right: every call passes
 *    ^   |                                    |
 *    |   |  of another                        | another key, as after a renewal
 *    |   +--------> Wrong: no call passes     |
 *    |                |                       |
 *    +----------------+-----------------------+
 *      after a minute, once the credentials were renewed and have another key
 */

/** Lets calls through while the credentials are of the account that the controller was told. */
export interface AccountCheck {
  /**
   * Resolves when they are. Rejects with the `WaitingError` `WrongAccount` when they are not, with what kept STS from
   * saying whose they are, or with the signal's reason when that aborts first.
   */
  pass(signal: AbortSignal): Promise<void>;
  /** Ends a question that is under way. */
  stop(): void;
}

export interface AccountCheckOptions {
  /** 12 digits. */
  readonly accountId: string;
  readonly clock: Clock;
  /** The credentials that calls are signed with, from memory unless they have expired or are to be renewed. */
  readonly credentials: (options?: { readonly forceRefresh: boolean }) => Promise<{ readonly accessKeyId: string }>;
  /** Account of those credentials, by AWS's own word. */
  readonly accountOf: (signal: AbortSignal) => Promise<string>;
}

/**
 * A check that asks AWS once for each access key, for a key is of one account for good. All that come meanwhile share the
 * one question. Where the key is of another account, nothing is asked again: after a minute the credentials are renewed,
 * and only another key is asked about.
 */
export function createAccountCheck({ accountId, clock, credentials, accountOf }: AccountCheckOptions): AccountCheck {
  const stopping = new AbortController();
  let right: string | undefined;
  let wrong: { readonly key: string | undefined; readonly account: string; readonly untilMs: number } | undefined;
  let look: Promise<void> | undefined;

  /** `undefined` when there are no credentials; the question to AWS then says why. */
  const accessKey = async (options?: { readonly forceRefresh: boolean }): Promise<string | undefined> => {
    const found = await credentials(options).catch(() => undefined);
    return found?.accessKeyId;
  };
  const refuse = (key: string | undefined, account: string): never => {
    wrong = { key, account, untilMs: clock.monotonicMs() + RECHECK_MS };
    throw wrongAccount(account, accountId, RECHECK_MS);
  };
  const findOut = async (): Promise<void> => {
    const before = wrong;
    const key = await accessKey(before && { forceRefresh: true });
    if (before !== undefined && key !== undefined && key === before.key) refuse(key, before.account);
    const account = await accountOf(stopping.signal);
    if (account !== accountId) refuse(key, account);
    wrong = undefined;
    right = key;
  };

  return {
    async pass(signal) {
      const key = await accessKey();
      if (key !== undefined && key === right) return;
      const leftMs = wrong !== undefined && wrong.key === key ? wrong.untilMs - clock.monotonicMs() : 0;
      if (wrong !== undefined && leftMs > 0) throw wrongAccount(wrong.account, accountId, leftMs);
      if (look === undefined) {
        look = findOut().finally(() => {
          look = undefined;
        });
        look.catch(() => undefined); // whoever waits hears of it, and perhaps nobody does any more
      }
      await unlessAborted(look, signal);
    },
    stop: () => stopping.abort(new Error('the controller is stopping')),
  };
}

function wrongAccount(actual: string, accountId: string, afterMs: number): WaitingError {
  const retryAfterMs = afterMs + SLACK_MS;
  return new WaitingError(
    'WrongAccount',
    `the controller's AWS credentials are of account ${actual}, but it is configured for ${accountId}: give it ` +
      'credentials of that account, which it takes up without a restart, save those in environment variables, or ' +
      'correct --account-id',
    retryAfterMs,
    undefined,
    { name: 'WrongAccount', retryAfterMs },
  );
}

const RECHECK_MS = 60_000;
/** So that a pass that comes back when told finds the minute over. */
const SLACK_MS = 50;
