import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, sleep } from '../../base/clock.ts';
import { listenOnLoopback } from '../listen-on-loopback.ts';
import { toAccount } from './account.ts';
import { type AwsAnswer, type AwsRequest, answerCall, answerError, guessService, parseCall } from './answer-request.ts';
import type { CallContext } from './call-context.ts';
import { AwsError } from './errors.ts';
import { type Fault, FaultQueue, faultError, throttling } from './faults.ts';
import { readRequest, send } from './http-messages.ts';
import { NameTable } from './iam-store.ts';
import { awsPolicies } from './managed-policies.ts';
import type { Parameters } from './parameters.ts';
import { type AwsCall, performEksCall, performQueryCall } from './perform-call.ts';
import { QUOTAS } from './quotas.ts';
import { type AwsSnapshot, takeSnapshot } from './snapshot.ts';
import { type RateLimit, TokenBucket } from './token-bucket.ts';

export interface EmbeddedAwsOptions {
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** Names of the EKS clusters that exist. */
  readonly clusters: readonly string[];
  readonly clock: Clock;
  /** How long every call takes; 0 when absent. */
  readonly latencyMs?: number;
  /** How long reads, and EKS, do not see a new role or instance profile; 0 when absent. */
  readonly visibilityDelayMs?: number;
  /** Quota of roles, which AWS raises on request; its default when absent. */
  readonly rolesPerAccount?: number;
  /** Beyond it, calls of IAM are throttled; no limit when absent. */
  readonly iamRateLimit?: RateLimit;
  /** Rows in one page at most, however many a call asks for; no limit of its own when absent. */
  readonly pageLimit?: number;
}

/** A call as it came in, the parameters nested: `{ Tags: [{ Key, Value }] }`. */
export interface RecordedCall {
  readonly service: 'iam' | 'sts' | 'eks';
  readonly action: string;
  readonly requestId: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What went wrong with it, asked for by name or by the rate limit; absent when nothing did. */
  readonly fault?: Fault['kind'];
}

/**
 * Runs when a call came in and again when its work is done, before it is answered; the call waits for it. One that throws
 * cuts the connection.
 */
export type CallHook = (call: RecordedCall, moment: 'received' | 'done') => void | Promise<void>;

export interface EmbeddedAws {
  /** `http://127.0.0.1:PORT`, for AWS_ENDPOINT_URL; one endpoint for IAM, STS and EKS. */
  readonly url: string;
  /** Cuts all connections; resolves when the port is free. */
  stop(): Promise<void>;
  /** The next `times` (1 when absent) calls of `action` suffer `fault`, after those asked for before. `*`: any call. */
  failNext(action: string, fault: Fault, times?: number): void;
  /** From now on every call of `action` suffers `fault`, save those that `failNext` speaks of. `*`: any call. */
  failAlways(action: string, fault: Fault): void;
  /** Calls that this access key signed are refused as `ExpiredToken` from now on. */
  expireAccessKey(accessKeyId: string): void;
  /** Calls that this access key signs are of that other account from now on, in which there is nothing at first. */
  assignAccessKey(accessKeyId: string, accountId: string): void;
  /** Cuts all connections and refuses new ones until `pickUp`; what is stored stays. */
  hangUp(): Promise<void>;
  pickUp(): Promise<void>;
  /** Calls that are being worked on, and those never answered whose client still waits. */
  pending(): number;
  /** Drops the faults that stand and those that have not been used up. */
  clearFaults(): void;
  /** Every call received since the last reset, in order, those with faults included. */
  calls(): readonly RecordedCall[];
  resetCalls(): void;
  /** Of the account that is served unless another one is named. */
  snapshot(accountId?: string): AwsSnapshot;
  /**
   * Does one IAM call at once as somebody else would, without HTTP, latency, faults or a record in `calls`. Throws
   * `AwsError`.
   */
  actAsOther(action: string, parameters: Parameters): void;
  /** As {@link EmbeddedAws.actAsOther}, for EKS. */
  actAsOtherInEks(action: string, parameters: Readonly<Record<string, unknown>>): void;
  onCall: CallHook | undefined;
}

/**
 * Serves IAM, STS and the Pod Identity part of EKS on loopback, from memory; resolves once it listens. Signatures are not
 * checked and nobody is denied anything; a request without any signature is refused. Rejects with the error of `listen`
 * (`EADDRINUSE` when the port is taken). Calls are worked on one after another, each at once after its latency.
 */
export async function startAwsServer(options: EmbeddedAwsOptions): Promise<EmbeddedAws> {
  const context = newContext(options);
  const others = new Map<string, CallContext>();
  const accounts = new Map<string, string>();
  const contextOf = (accountId = options.accountId): CallContext => {
    if (accountId === options.accountId) return context;
    const found = others.get(accountId) ?? newContext({ ...options, accountId });
    others.set(accountId, found);
    return found;
  };
  const faults = new FaultQueue();
  const bucket = options.iamRateLimit && new TokenBucket(options.clock, options.iamRateLimit);
  const stopping = new AbortController();
  let recorded: RecordedCall[] = [];
  let pending = 0;
  const expired = new Set<string>();

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const requestId = randomUUID();
    const call = parseOrAnswer(request, response, requestId);
    if (call === undefined) return;
    const overLimit = call.service === 'iam' && bucket?.take() === false;
    const keyId = /Credential=([^/]+)\//.exec(request.authorization ?? '')?.[1] ?? '';
    const injected: Fault | undefined = expired.has(keyId) ? { kind: 'ExpiredToken' } : faults.take(call.action);
    const fault = injected ?? (overLimit ? throttling() : undefined);
    const record: RecordedCall = { ...call, requestId, ...(fault === undefined ? {} : { fault: fault.kind }) };
    recorded.push(record);
    pending += 1;
    if (fault?.kind === 'TimeOut') {
      response.once('close', () => {
        pending -= 1;
      });
      return void (await aws.onCall?.(record, 'received'));
    }
    try {
      await answerWith(call, record, fault, response, contextOf(accounts.get(keyId)));
    } finally {
      pending -= 1;
    }
  }

  async function answerWith(
    call: AwsCall,
    record: RecordedCall,
    fault: Fault | undefined,
    response: ServerResponse,
    within: CallContext,
  ): Promise<void> {
    if (fault?.kind === 'Cut') return void response.destroy();
    await aws.onCall?.(record, 'received');
    await pause((options.latencyMs ?? 0) + (fault?.kind === 'Delay' ? fault.delayMs : 0));
    const answer = work(call, fault, record.requestId, within);
    await aws.onCall?.(record, 'done');
    if (fault?.kind === 'LostAnswer') response.destroy();
    else send(response, answer);
  }

  function work(call: AwsCall, fault: Fault | undefined, requestId: string, within: CallContext): AwsAnswer {
    try {
      const refusal = faultError(fault, { ...call, callerArn: within.account.callerArn });
      if (refusal !== undefined) throw refusal;
      return answerCall(call, { ...within, blind: fault?.kind === 'NotVisible' }, requestId);
    } catch (error) {
      return answerError(call.service, toAwsError(error), requestId);
    }
  }

  async function pause(delayMs: number): Promise<void> {
    if (delayMs > 0) await sleep(options.clock, delayMs, stopping.signal);
  }

  const server = createServer((incoming, response) => {
    // Only a client that went away, a hook that failed, or the stop of the server ends here.
    handle(incoming, response).catch(() => response.destroy());
  });
  // Longer than clients keep an idle connection, so that none meets a connection that is just being closed.
  server.keepAliveTimeout = 120_000;
  const { port, hangUp, pickUp } = await listenOnLoopback(server, options.port);

  const aws: EmbeddedAws = {
    url: `http://127.0.0.1:${port}`,
    stop() {
      stopping.abort(new Error('the embedded AWS API stops'));
      return hangUp();
    },
    hangUp,
    pickUp,
    pending: () => pending,
    failAlways: (action, fault) => faults.stand(action, fault),
    expireAccessKey: (accessKeyId) => void expired.add(accessKeyId),
    assignAccessKey: (accessKeyId, accountId) => void accounts.set(accessKeyId, accountId),
    failNext: (action, fault, times = 1) => faults.add(action, fault, times),
    clearFaults: () => faults.clear(),
    calls: () => [...recorded],
    resetCalls() {
      recorded = [];
    },
    snapshot(accountId) {
      const { iam, eks } = contextOf(accountId);
      return takeSnapshot(iam, eks);
    },
    actAsOther(action, parameters) {
      performQueryCall({ service: 'iam', action, parameters }, context);
    },
    actAsOtherInEks(action, parameters) {
      performEksCall({ service: 'eks', action, parameters }, context);
    },
    onCall: undefined,
  };
  return aws;
}

function newContext(options: EmbeddedAwsOptions): CallContext {
  const account = toAccount(options.accountId, options.region);
  return {
    account,
    clock: options.clock,
    iam: {
      roles: new NameTable(),
      instanceProfiles: new NameTable(),
      managedPolicies: awsPolicies(account, options.clock.now()),
    },
    eks: { clusters: options.clusters, associations: new Map() },
    visibilityDelayMs: options.visibilityDelayMs ?? 0,
    rolesPerAccount: options.rolesPerAccount ?? QUOTAS.rolesPerAccount,
    pageLimit: options.pageLimit ?? Number.POSITIVE_INFINITY,
    blind: false,
  };
}

function parseOrAnswer(request: AwsRequest, response: ServerResponse, requestId: string): AwsCall | undefined {
  try {
    return parseCall(request);
  } catch (error) {
    send(response, answerError(guessService(request), toAwsError(error), requestId));
    return undefined;
  }
}

/** A bug in the embedded API shows as AWS's own server error, with its message. */
function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError(
    500,
    'InternalFailure',
    error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  );
}
