import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { cutToBytes } from '../base/join-bounded.ts';
import type { Logger } from '../base/logger.ts';
import { isNotFound } from './kube-api-error.ts';
import type { KubeClient } from './kube-client.ts';
import type { ResourcePath } from './resource-path.ts';

/** The object that an event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for a cluster-scoped object; its events go to namespace `default`. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
}

export interface EventRecord {
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, at most 128 characters. */
  readonly reason: string;
  readonly action: string;
  /** Cut to 1,024 bytes. */
  readonly note: string;
}

export interface EventRecorderOptions {
  readonly client: Pick<KubeClient, 'create' | 'patch'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Qualified name: `example.dev/controller`. */
  readonly controller: string;
  /** Which replica. */
  readonly instance: string;
}

/** A repetition within this time makes a series of one event. Source: client-go tools/events. */
const SERIES_MS = 6 * 60_000;
/** In UTF-8. Source: kubernetes pkg/apis/core/validation/events.go, whose "characters" are Go's `len`, so bytes. */
const MAX_NOTE_BYTES = 1024;
const MAX_REMEMBERED = 1000;
/** Events that may wait for the API server; what comes on top is dropped. */
const MAX_WAITING = 1000;
const WRITE_TIME_LIMIT_MS = 10_000;

interface Series {
  readonly path: ResourcePath;
  readonly count: number;
  readonly lastMs: number;
}

/**
 * Writes Events (`events.k8s.io/v1`), one after another and in the background.
 *
 * Guarantees: `record` returns at once and never throws; an event that cannot be written is logged and lost; an equal
 * event within six minutes raises the count of the first one; memory is bounded: while 1,000 events wait to be written,
 * further ones are dropped, and how many is logged.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new Map<string, Series>();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #dropped = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(record: EventRecord): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#tryToWrite(record));
  }

  /** Resolves once every event recorded so far was written or given up. */
  async flush(): Promise<void> {
    await this.#last;
  }

  async #tryToWrite(record: EventRecord): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#write(record);
    } catch (error) {
      const { kind, namespace, name } = record.regarding;
      log.warn('event could not be written', { kind, namespace, name, reason: record.reason, error });
    }
    this.#waiting -= 1;
    if (this.#waiting > 0 || this.#dropped === 0) return;
    log.warn('events dropped because too many waited', { count: this.#dropped });
    this.#dropped = 0;
  }

  async #write(record: EventRecord): Promise<void> {
    const { client, clock } = this.#options;
    const nowMs = clock.now();
    const key = JSON.stringify([record.regarding.uid, record.type, record.reason, record.action, record.note]);
    const signal = AbortSignal.timeout(WRITE_TIME_LIMIT_MS);
    const known = this.#series.get(key);
    if (known !== undefined && nowMs - known.lastMs < SERIES_MS) {
      const longer = { path: known.path, count: known.count + 1, lastMs: nowMs };
      if (await this.#extend(longer, signal)) {
        this.#remember(key, longer);
        return;
      }
    }
    const event = this.#eventOf(record, key, nowMs);
    const namespace = event.metadata.namespace;
    const path: ResourcePath = { group: 'events.k8s.io', version: 'v1', plural: 'events', namespace };
    await client.create(path, event, signal);
    this.#remember(key, { path: { ...path, name: event.metadata.name }, count: 1, lastMs: nowMs });
  }

  /** False when somebody deleted the event; it then has to be created anew. */
  async #extend({ path, count, lastMs }: Series, signal: AbortSignal): Promise<boolean> {
    const series = { count, lastObservedTime: microTime(lastMs) };
    try {
      await this.#options.client.patch(path, { series }, 'merge', signal);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  #remember(key: string, series: Series): void {
    this.#series.delete(key);
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > MAX_REMEMBERED && oldest !== undefined) this.#series.delete(oldest);
  }

  #eventOf({ regarding, type, reason, action, note }: EventRecord, key: string, nowMs: number) {
    const suffix = createHash('sha256').update(`${key}${nowMs}`).digest('hex').slice(0, 16);
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${nameStart(regarding.name)}.${suffix}`, namespace: regarding.namespace ?? 'default' },
      eventTime: microTime(nowMs),
      reportingController: this.#options.controller,
      reportingInstance: this.#options.instance,
      type,
      reason,
      action,
      note: cutToBytes(note, MAX_NOTE_BYTES),
      regarding,
    };
  }
}

/** As much of `name` as leaves room for a suffix; each part between dots must end in a letter or digit. */
function nameStart(name: string): string {
  return name.slice(0, 230).replace(/[^a-z0-9]+$/, '');
}

/** Time as `metav1.MicroTime` wants it. */
function microTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('Z', '000Z');
}
