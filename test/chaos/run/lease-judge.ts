import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { AuditEvent } from '../../e2e/world/audit-log.ts';
import { AuditTail } from './audit-tail.ts';
import { type LeaseWrite, leaseViolations, type SentWrite } from './lease-violations.ts';
import { type ProxiedReplica, sentWrites } from './sent-writes.ts';

/** Longer than a request can have been on its way. */
const KEPT_MS = 120_000;
/** Of a request from a replica to its proxy, which runs in this process. */
const WAY_MS = 150;

/** What the lease says of what replicas wrote. */
export interface LeaseVerdict {
  readonly writes: readonly SentWrite[];
  /** How often another process got the lease. */
  readonly takeovers: number;
  /** In words. */
  readonly violations: readonly string[];
}

/**
 * Holds the writes of replicas against the lease, as often as it is asked, each time those since the time before. What the
 * API server wrote down of the lease is the word of a third party.
 */
export class LeaseJudge {
  readonly #auditLog: AuditTail;
  readonly #renewDeadlineMs: number;
  /** When this process stands still, proxies see requests later than they came. */
  readonly #standstill = monitorEventLoopDelay({ resolution: 10 });
  /** Writes of the lease that later ones of replicas may rest on. */
  #recent: readonly LeaseWrite[] = [];

  constructor(auditLogPath: string, renewDeadlineMs: number) {
    this.#auditLog = new AuditTail(auditLogPath);
    this.#renewDeadlineMs = renewDeadlineMs;
    this.#standstill.enable();
  }

  /** Makes the proxies of `replicas` forget their requests. */
  async judge(replicas: readonly ProxiedReplica[]): Promise<LeaseVerdict> {
    const writes = replicas.flatMap(sentWrites);
    for (const { kube, aws } of replicas) {
      kube.forgetRequests();
      aws.forgetRequests();
    }
    const slackMs = WAY_MS + this.#standstill.max / 1e6;
    this.#standstill.reset();
    const names = replicas.map(({ name }) => name);
    const lines = await this.#auditLog.readNew(); // after the requests: what these rest on was written down before
    const fresh = lines.flatMap((line) => toLeaseWrite(line) ?? []).filter(({ replica }) => names.includes(replica));
    const known = [...this.#recent, ...fresh].sort((a, b) => a.atMs - b.atMs);
    const takeovers = countHolders(known) - countHolders(this.#recent);
    this.#recent = stillNeeded(known);
    const rules = { renewDeadlineMs: this.#renewDeadlineMs, slackMs };
    return { writes, takeovers, violations: leaseViolations(known, writes, rules) };
  }

  close(): Promise<void> {
    this.#standstill.disable();
    return this.#auditLog.close();
  }
}

/** A write of a lease that was taken; `undefined` for any other line. */
function toLeaseWrite(line: string): LeaseWrite | undefined {
  if (!line.includes('"resource":"leases"')) return undefined;
  // A server that was killed leaves the beginning of an event, and the next one goes on behind it.
  const event = JSON.parse(line.slice(line.lastIndexOf('{"kind":"Event"'))) as AuditEvent;
  const { verb, objectRef, responseStatus, requestReceivedTimestamp, requestObject, user } = event;
  if (objectRef?.resource !== 'leases' || verb === 'get' || (responseStatus?.code ?? 500) >= 300) return undefined;
  return { replica: user.username, atMs: Date.parse(requestReceivedTimestamp), holder: holderOf(requestObject) };
}

function holderOf(lease: unknown): string {
  return (lease as { spec?: { holderIdentity?: string } } | undefined)?.spec?.holderIdentity ?? '';
}

/** How many holders followed upon each other. */
function countHolders(inOrder: readonly LeaseWrite[]): number {
  const holders = inOrder.map(({ holder }) => holder).filter((holder) => holder !== '');
  return holders.filter((holder, place) => holder !== holders[place - 1]).length;
}

/** Of writes in their order: the last of each replica, and all that are not much older than the last of all. */
function stillNeeded(inOrder: readonly LeaseWrite[]): readonly LeaseWrite[] {
  const newestMs = inOrder.at(-1)?.atMs ?? 0;
  const last = new Map(inOrder.map((write) => [write.replica, write]));
  return inOrder.filter((write) => newestMs - write.atMs < KEPT_MS || last.get(write.replica) === write);
}
