import { atLastMoment } from './last-moment.ts';

/** Called right before each request that may change something, with the action as in an IAM policy: `iam:CreateRole`. */
export type BeforeWrite = (action: string) => void;

/**
 * Middleware that asks `beforeWrite` before each request of a write, retries too, when all else is done: turns are taken,
 * the signature is made, only the socket comes after; and again once a connection stands, where one has to be made. What it
 * throws ends the call. Every action counts as a write whose name does not begin as AWS's reads do.
 */
export function guardWrites(service: string, beforeWrite: BeforeWrite) {
  return <Args, Answer>(next: (args: Args) => Promise<Answer>, { commandName = '' }: { commandName?: string }) =>
    async (args: Args): Promise<Answer> => {
      const action = commandName.replace(/Command$/, '');
      if (/^(Get|List|Describe)[A-Z]/.test(action)) return next(args);
      const check = () => beforeWrite(`${service}:${action}`);
      check();
      return atLastMoment(check, () => next(args));
    };
}

/** Place of {@link guardWrites} in a client's middleware stack: below the signing, the last of all that changes a request. */
export const LAST = { name: 'writeGuard', relation: 'after', toMiddleware: 'httpSigningMiddleware' } as const;
