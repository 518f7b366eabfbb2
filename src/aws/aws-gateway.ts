import type { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient, IAMServiceException } from '@aws-sdk/client-iam';
import { STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { type AccountCheck, createAccountCheck } from './account-check.ts';
import { type AwsCaller, type AwsCallerOptions, createAwsCaller } from './aws-caller.ts';
import { clientOptions, type PriorityOf, TURN, takeTurns } from './budgeted-client.ts';
import type { CallLimiter } from './call-limiter.ts';
import { createEksCalls, type EksAccess } from './eks-calls.ts';
import { wasRefused } from './error-code.ts';
import { createInstanceProfileCalls } from './instance-profile-calls.ts';
import { createOutageGate } from './outage-gate.ts';
import { refuseQuotaRetries } from './retry-strategy.ts';
import { createRoleReads } from './role-reads.ts';
import { createRoleWrites } from './role-writes.ts';
import type { AwsService } from './service-fault.ts';
import { watchService } from './service-watch.ts';
import { createStsCalls } from './sts-calls.ts';
import { type BeforeWrite, guardWrites, LAST } from './write-guard.ts';

export interface AwsGatewayOptions extends AwsCallerOptions {
  /** Base URL of all services; absent: AWS_ENDPOINT_URL, else AWS itself. */
  readonly endpoint?: string;
  /** 12 digits. When given, no call is made with credentials of another account, and no role of another is read. */
  readonly accountId?: string;
  /** One for all gateways to the same account. */
  readonly limiter: CallLimiter;
  /** How long AWS may take for one answer, by the machine's clock; 15 s when absent. */
  readonly answerTimeoutMs?: number;
  /** Asked right before each request of a write; what it throws ends the call. */
  readonly beforeWrite?: BeforeWrite;
  /** Told when calls of a service begin to be held back, with the reason, and without one when it answers again. */
  readonly onOutage?: (service: AwsService, reason: string | undefined) => void;
  /** Of the call that goes with a signal, at the limiter: higher goes first; by default all are equal. */
  readonly priorityOf?: PriorityOf;
}

export type AwsGateway = ReturnType<typeof createAwsGateway>;

/**
 * The IAM and EKS calls of this project through the AWS SDK. Every method rejects with a `ReconcileError`, or with what
 * `beforeWrite` threw; an absent thing is `undefined` from a read and no error from a delete. Nothing is sent before
 * the first call, and the SDK's EKS client is loaded at the first call that needs it. All services are called with the
 * same credentials; where `accountId` is given, STS is asked whose they are before the first call and for each new access
 * key. `close` ends idle connections.
 */
export function createAwsGateway(options: AwsGatewayOptions) {
  const { accountId } = options;
  const iam = new IAMClient(clientOptions(options.region, options.endpoint, options.answerTimeoutMs));
  const { credentials } = iam.config;
  const sts = new STSClient(optionsWith(credentials, options));
  const isFromSts = (error: unknown) => error instanceof STSServiceException;
  const { accountOfCaller } = createStsCalls(sts, watchedCaller('sts', sts, options, isFromSts));
  const account =
    accountId === undefined
      ? undefined
      : createAccountCheck({ accountId, clock: options.clock, credentials, accountOf: accountOfCaller });
  const isFromIam = (error: unknown) => error instanceof IAMServiceException;
  const caller = watchedCaller('iam', iam, options, isFromIam, account);

  let eks: Promise<EksAccess> | undefined;
  const openEks = () => {
    eks ??= loadEks(credentials, options, account);
    return eks;
  };

  return {
    ...createRoleReads(iam, caller, accountId),
    ...createRoleWrites(iam, caller, accountId),
    ...createInstanceProfileCalls(iam, caller),
    ...createEksCalls(openEks),
    wasRefused,
    async close(): Promise<void> {
      account?.stop();
      iam.destroy();
      sts.destroy();
      (await eks)?.client.destroy();
    },
  };
}

type Credentials = IAMClient['config']['credentials'];

/** Only clusters with Pod Identity need it, and it is megabytes of memory. */
async function loadEks(
  credentials: Credentials,
  options: AwsGatewayOptions,
  account: AccountCheck | undefined,
): Promise<EksAccess> {
  const sdk = await import('@aws-sdk/client-eks');
  const client = new sdk.EKSClient(optionsWith(credentials, options));
  const isFromEks = (error: unknown) => error instanceof sdk.EKSServiceException;
  return { client, sdk, caller: watchedCaller('eks', client, options, isFromEks, account) };
}

function optionsWith(credentials: Credentials, { region, endpoint, answerTimeoutMs }: AwsGatewayOptions) {
  return { ...clientOptions(region, endpoint, answerTimeoutMs), credentials };
}

/**
 * A caller for `client`, whose requests then take turns and whose outages are watched: each is logged when it begins, when
 * its reason changes and when it ends.
 */
function watchedCaller(
  service: AwsService,
  client: IAMClient | STSClient | EKSClient,
  options: AwsGatewayOptions,
  isFromService: (error: unknown) => boolean,
  account?: AccountCheck,
): AwsCaller {
  const { clock, log, onOutage, limiter, priorityOf = () => 0, beforeWrite = () => undefined } = options;
  refuseQuotaRetries(client);
  const gate = createOutageGate({
    service,
    clock,
    onChange(fault) {
      onOutage?.(service, fault?.reason);
      if (fault === undefined) log.info('aws answers again', { service });
      else log.error('aws gives no answer, calls are held back', { service, reason: fault.reason, error: fault });
    },
  });
  const renewCredentials = () => client.config.credentials({ forceRefresh: true });
  const watch = watchService({ service, gate, isFromService, renewCredentials, clock });
  client.middlewareStack.addRelativeTo(takeTurns(limiter, priorityOf, watch), TURN);
  client.middlewareStack.addRelativeTo(guardWrites(service, beforeWrite), LAST);
  return createAwsCaller(options, watch, account);
}
