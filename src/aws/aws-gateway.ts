import type { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient, IAMServiceException } from '@aws-sdk/client-iam';
import { type AwsCallerOptions, createAwsCaller } from './aws-caller.ts';
import { clientOptions, type PriorityOf, TURN, takeTurns } from './budgeted-client.ts';
import type { CallLimiter } from './call-limiter.ts';
import { createEksCalls, type EksAccess } from './eks-calls.ts';
import { createInstanceProfileCalls } from './instance-profile-calls.ts';
import { createOutageGate } from './outage-gate.ts';
import { refuseQuotaRetries } from './retry-strategy.ts';
import { createRoleReads } from './role-reads.ts';
import { createRoleWrites } from './role-writes.ts';
import { type ServiceWatch, watchService } from './service-watch.ts';
import { type BeforeWrite, guardWrites, LAST } from './write-guard.ts';

export interface AwsGatewayOptions extends AwsCallerOptions {
  readonly region: string;
  /** Base URL of all services; absent: AWS_ENDPOINT_URL, else AWS itself. */
  readonly endpoint?: string;
  /** 12 digits. When given, a role in another account is refused rather than read. */
  readonly accountId?: string;
  /** One for all gateways to the same account. */
  readonly limiter: CallLimiter;
  /** How long AWS may take for one answer, by the machine's clock; 15 s when absent. */
  readonly answerTimeoutMs?: number;
  /** Asked right before each request of a write; what it throws ends the call. */
  readonly beforeWrite?: BeforeWrite;
  /** Told when calls of a service begin to be held back, with the reason, and without one when it answers again. */
  readonly onOutage?: (service: 'iam' | 'eks', reason: string | undefined) => void;
  /** Of the call that goes with a signal, at the limiter: higher goes first; by default all are equal. */
  readonly priorityOf?: PriorityOf;
}

export type AwsGateway = ReturnType<typeof createAwsGateway>;

/**
 * The IAM and EKS calls of this project through the AWS SDK. Every method rejects with a `ReconcileError`, or with what
 * `beforeWrite` threw; an absent thing is `undefined` from a read and no error from a delete. Nothing is sent before
 * the first call, and the SDK's EKS client is loaded at the first call that needs it. `close` ends idle connections.
 */
export function createAwsGateway(options: AwsGatewayOptions) {
  const { region, endpoint, accountId, limiter, priorityOf = () => 0, beforeWrite = () => undefined } = options;
  const iam = new IAMClient(clientOptions(region, endpoint, options.answerTimeoutMs));
  refuseQuotaRetries(iam);
  const watch = watchClient('iam', iam, options, (error) => error instanceof IAMServiceException);
  iam.middlewareStack.addRelativeTo(takeTurns(limiter, priorityOf, watch), TURN);
  iam.middlewareStack.add(guardWrites('iam', beforeWrite), LAST);
  const caller = createAwsCaller(options, watch);

  let eks: Promise<EksAccess> | undefined;
  const openEks = () => {
    eks ??= loadEks(options);
    return eks;
  };

  return {
    ...createRoleReads(iam, caller, accountId),
    ...createRoleWrites(iam, caller, accountId),
    ...createInstanceProfileCalls(iam, caller),
    ...createEksCalls(openEks),
    async close(): Promise<void> {
      iam.destroy();
      (await eks)?.client.destroy();
    },
  };
}

/** Only clusters with Pod Identity need it, and it is megabytes of memory. */
async function loadEks(options: AwsGatewayOptions): Promise<EksAccess> {
  const sdk = await import('@aws-sdk/client-eks');
  const client = new sdk.EKSClient(clientOptions(options.region, options.endpoint, options.answerTimeoutMs));
  refuseQuotaRetries(client);
  const watch = watchClient('eks', client, options, (error) => error instanceof sdk.EKSServiceException);
  client.middlewareStack.addRelativeTo(takeTurns(options.limiter, options.priorityOf ?? (() => 0), watch), TURN);
  client.middlewareStack.add(guardWrites('eks', options.beforeWrite ?? (() => undefined)), LAST);
  return { client, sdk, caller: createAwsCaller(options, watch) };
}

/** An outage of one service is logged when it begins, when its reason changes and when it ends. */
function watchClient(
  service: 'iam' | 'eks',
  { config }: Pick<IAMClient, 'config'> | Pick<EKSClient, 'config'>,
  { clock, log, onOutage }: AwsGatewayOptions,
  isFromService: (error: unknown) => boolean,
): ServiceWatch {
  const gate = createOutageGate({
    service,
    clock,
    onChange(fault) {
      onOutage?.(service, fault?.reason);
      if (fault === undefined) log.info('aws answers again', { service });
      else log.error('aws gives no answer, calls are held back', { service, reason: fault.reason, error: fault });
    },
  });
  return watchService({
    service,
    gate,
    isFromService,
    renewCredentials: () => config.credentials({ forceRefresh: true }),
    clock,
  });
}
