import { type AppAccess, FINALIZER } from '../api/app-access.ts';
import type { Clock } from '../base/clock.ts';
import { keyOf } from './key-of.ts';

/** No request to the API server takes longer. Source: kube-apiserver, `--request-timeout` */
const DELETION_MS = 60_000;

/**
 * Objects that went although our finalizer held them, with what was made for them still standing: the API server looks for
 * finalizers before it deletes and not while it does, so one that is added in between holds nothing. Whatever else takes an
 * object away without a word, as a cluster that is set back to a backup, is none of this: its role stays.
 * Source: https://github.com/kubernetes/apiserver/blob/v0.36.0/pkg/registry/generic/registry/store.go, `Delete`
 */
export class VanishedObjects {
  readonly #clock: Clock;
  /** By uid, until when a deletion that did not see our finalizer may end; in the order in which they were added. */
  readonly #guardedUntilMs = new Map<string, number>();
  readonly #objects = new Map<string, AppAccess>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Our finalizer has just been added to `written`. */
  guarded({ metadata }: AppAccess): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [uid, untilMs] of this.#guardedUntilMs) {
      if (untilMs > nowMs) break;
      this.#guardedUntilMs.delete(uid);
    }
    this.#guardedUntilMs.set(metadata.uid ?? '', nowMs + DELETION_MS);
  }

  /** `last` is gone; as it was last seen it is kept where it should not have gone. Tells whether it is. */
  gone(last: AppAccess): boolean {
    const { uid = '', deletionTimestamp, finalizers = [] } = last.metadata;
    const untilMs = this.#guardedUntilMs.get(uid) ?? Number.NEGATIVE_INFINITY;
    this.#guardedUntilMs.delete(uid);
    const isHeld = deletionTimestamp === undefined && finalizers.includes(FINALIZER);
    if (!isHeld || untilMs <= this.#clock.monotonicMs()) return false;
    const metadata = { ...last.metadata, deletionTimestamp: new Date(this.#clock.now()).toISOString() };
    this.#objects.set(keyOf(last), { ...last, metadata });
    return true;
  }

  /** As an object that is being deleted. */
  get(key: string): AppAccess | undefined {
    return this.#objects.get(key);
  }

  includes(appAccess: AppAccess): boolean {
    return this.#objects.get(keyOf(appAccess)) === appAccess;
  }

  /** It is seen to, or another object of that name does so. */
  forget(key: string): void {
    this.#objects.delete(key);
  }
}
