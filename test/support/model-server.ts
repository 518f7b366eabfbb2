import type { ListRequest } from '../../src/runtime/list-pages.ts';
import type { WatchRequest } from '../../src/runtime/reflector.ts';
import type { ListPage, WatchEvent, WatchedObject } from '../../src/runtime/watched-object.ts';
import { bookmark, listEnd } from './scripted-reflector.ts';

export type Change = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: WatchedObject };

/** What goes wrong with the next request. */
export type Fault =
  | { readonly kind: 'Status'; readonly status: number }
  /** A list breaks; a streaming list after so many objects. */
  | { readonly kind: 'Break'; readonly after: number }
  /** A streaming list ends in order after so many objects; a page's objects go, and its token expires, once it is read. */
  | { readonly kind: 'End'; readonly after: number };

/** The time from one complete list to the next. Versions are counts of changes. */
export interface Epoch {
  readonly listed: number;
  /** How much the listeners had been told before the list was taken over, and after it. */
  readonly toldBefore: number;
  readonly toldAfter: number;
  /** Version of the last event that was handed out since. */
  handedOut: number;
}

const PAGE_SIZE = 2;

/** An API server for one kind, as a model: versions, a history that can be forgotten, and every way to end a watch. */
export class ModelServer {
  readonly objects = new Map<string, WatchedObject>();
  readonly history: Change[] = [];
  readonly epochs: Epoch[] = [];
  readonly #told: () => number;
  readonly #faults: Fault[] = [];
  #forgotten = 0;
  #wake = Promise.withResolvers<void>();
  #ending: WatchEvent<WatchedObject> | 'End' | 'Break' | undefined;
  #repeats: ('Change' | 'Bookmark')[] = [];
  #pagesDone: { listed: number; toldBefore: number } | undefined;
  #uids = 0;

  /** `told` counts what the listeners of the store have been told so far. */
  constructor(told: () => number) {
    this.#told = told;
  }

  put(name: string): void {
    const uid = this.objects.get(name)?.metadata.uid ?? `uid-${this.#uids++}`;
    this.#record(this.objects.has(name) ? 'MODIFIED' : 'ADDED', { name, uid });
  }

  remove(name: string): void {
    const uid = this.objects.get(name)?.metadata.uid;
    if (uid !== undefined) this.#record('DELETED', { name, uid });
  }

  failNext(fault: Fault): void {
    this.#faults.push(fault);
  }

  heal(): void {
    this.#faults.length = 0;
  }

  forget(): void {
    this.#forgotten = this.history.length;
  }

  /** Ends the watch that is open, if one is. */
  endWatch(how: WatchEvent<WatchedObject> | 'End' | 'Break'): void {
    this.#ending = how;
    this.#wake.resolve();
  }

  /** Sends the last change again, or a bookmark, on the watch that is open, if one is. */
  repeat(what: 'Change' | 'Bookmark'): void {
    this.#repeats.push(what);
    this.#wake.resolve();
  }

  async list({ limit, continueToken }: ListRequest): Promise<ListPage<WatchedObject>> {
    this.#endPages();
    const fault = this.#faults.shift();
    if (fault !== undefined && fault.kind !== 'End') throw brokenBy(fault);
    const [version = this.history.length, start = 0] = continueToken?.split('/').map(Number) ?? [];
    if (continueToken !== undefined && version < this.#forgotten) throw brokenBy({ kind: 'Status', status: 410 });
    const all = this.#stateAt(version);
    const end = limit === undefined ? all.length : start + PAGE_SIZE;
    const page = { items: all.slice(start, end), resourceVersion: String(version) };
    if (fault?.kind === 'End') {
      for (const { metadata } of page.items) this.remove(metadata.name);
      this.forget();
    }
    if (end < all.length) return { ...page, continueToken: `${version}/${end}` };
    this.#pagesDone = { listed: version, toldBefore: this.#told() };
    return page;
  }

  async *watch(request: WatchRequest, signal: AbortSignal): AsyncGenerator<WatchEvent<WatchedObject>> {
    this.#endPages();
    const fault = this.#faults.shift();
    if (fault?.kind === 'Status') throw brokenBy(fault);
    const from = request.sendInitialEvents ? this.history.length : Number(request.resourceVersion);
    if (from < this.#forgotten) throw brokenBy({ kind: 'Status', status: 410 });
    this.#ending = undefined;
    this.#repeats = [];
    if (request.sendInitialEvents && !(yield* this.#initialEvents(from, fault))) return;
    yield* this.#changesAfter(from, signal);
  }

  /** Whether the list was complete. */
  async *#initialEvents(version: number, fault: Fault | undefined): AsyncGenerator<WatchEvent<WatchedObject>, boolean> {
    let sent = 0;
    for (const object of this.#stateAt(version)) {
      if (fault !== undefined && fault.kind !== 'Status' && sent === fault.after) break;
      yield { type: 'ADDED', object };
      sent += 1;
    }
    if (fault?.kind === 'Break') throw brokenBy(fault);
    if (fault?.kind === 'End') return false;
    const toldBefore = this.#told();
    yield listEnd(String(version));
    this.#beginEpoch({ listed: version, toldBefore });
    return true;
  }

  async *#changesAfter(version: number, signal: AbortSignal): AsyncGenerator<WatchEvent<WatchedObject>> {
    const onAbort = () => this.endWatch('End');
    signal.addEventListener('abort', onAbort, { once: true });
    for (let next = version; ; ) {
      for (; next < this.history.length; next += 1) {
        const change = this.history[next];
        if (change === undefined) break;
        yield change;
        const epoch = this.epochs.at(-1);
        if (epoch !== undefined) epoch.handedOut = Math.max(epoch.handedOut, next + 1);
      }
      for (const what of this.#repeats.splice(0)) {
        const last = this.history[next - 1];
        if (what === 'Bookmark') yield bookmark(String(next));
        else if (last !== undefined) yield last;
      }
      if (this.#ending === 'Break') throw brokenBy({ kind: 'Break', after: 0 });
      if (this.#ending === 'End') return;
      if (this.#ending !== undefined) return yield this.#ending;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  /** A list in pages has been taken over by the time that something else is asked for. */
  #endPages(): void {
    if (this.#pagesDone !== undefined) this.#beginEpoch(this.#pagesDone);
    this.#pagesDone = undefined;
  }

  #beginEpoch({ listed, toldBefore }: { listed: number; toldBefore: number }): void {
    this.epochs.push({ listed, toldBefore, toldAfter: this.#told(), handedOut: listed });
  }

  #stateAt(version: number): WatchedObject[] {
    const state = new Map<string, WatchedObject>();
    for (const { type, object } of this.history.slice(0, version)) {
      if (type === 'DELETED') state.delete(object.metadata.name);
      else state.set(object.metadata.name, object);
    }
    return [...state.values()];
  }

  #record(type: Change['type'], metadata: { name: string; uid: string }): void {
    const object = { metadata: { ...metadata, resourceVersion: String(this.history.length + 1) } };
    if (type === 'DELETED') this.objects.delete(metadata.name);
    else this.objects.set(metadata.name, object);
    this.history.push({ type, object });
    this.#wake.resolve();
  }
}

function brokenBy(fault: Fault): Error {
  return Object.assign(new Error(fault.kind), fault.kind === 'Status' ? { status: fault.status } : {});
}
