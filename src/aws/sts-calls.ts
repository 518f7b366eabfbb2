import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { WaitingError } from '../base/errors.ts';
import { type AwsCaller, promised } from './aws-caller.ts';

/** STS' call that tells whose credentials these are. */
export function createStsCalls(sts: STSClient, { call }: AwsCaller) {
  return {
    /** Account of the credentials that `sts` signs with, 12 digits. */
    async accountOfCaller(signal: AbortSignal): Promise<string> {
      const what = { service: 'sts', action: 'GetCallerIdentity', target: "the controller's credentials" } as const;
      const answer = await call(
        { ...what, write: false },
        signal,
        (options) => sts.send(new GetCallerIdentityCommand({}), options),
        { classify: deniedOnTheWay },
      );
      return promised(answer.Account, "account of the controller's credentials");
    },
  };
}

/**
 * IAM policies neither allow this call nor deny it, so that what denies it stands in the network.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
function deniedOnTheWay(code: string, message: string, cause: unknown): Error | undefined {
  return code === 'AccessDenied'
    ? new WaitingError(
        'AccessDenied',
        `sts:GetCallerIdentity was denied: ${message}; it needs no permission in IAM: allow it in the policy of the ` +
          'VPC endpoint of STS',
        60_000,
        cause,
        { name: 'sts:GetCallerIdentity denied' },
      )
    : undefined;
}
