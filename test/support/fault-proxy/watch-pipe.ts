import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { statusBody } from './proxy-fault.ts';

/**
 * The stream of one watch from the server (`upstream`) to the client, in the order in which it came, with what can go wrong
 * on the way. Ends when either side does.
 */
export class WatchPipe {
  readonly #upstream: Readable;
  readonly #outgoing: ServerResponse;
  /** What has come and was not passed on. */
  #waiting: Buffer[] = [];
  #hasEnded = false;
  #isHeld = false;
  #isSilent = false;
  #truncation: 'Clean' | 'Broken' | undefined;
  #delayMs = 0;
  /** What is to happen, in this order, none before its time. */
  readonly #steps: { readonly dueMs: number; readonly take: () => void }[] = [];

  constructor(upstream: Readable, outgoing: ServerResponse) {
    this.#upstream = upstream;
    this.#outgoing = outgoing;
    upstream.on('data', (chunk: Buffer) => this.#later(() => this.#take(chunk)));
    upstream.on('end', () =>
      this.#later(() => {
        this.#hasEnded = true;
        this.#flush();
      }),
    );
    upstream.on('error', () => this.#outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#flush();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Says nothing any more, for ever. */
  silence(): void {
    this.#isSilent = true;
  }

  reset(): void {
    this.#outgoing.socket?.resetAndDestroy();
  }

  /** Breaks the next event off in the middle and closes the stream, in order or not. */
  truncate(how: 'Clean' | 'Broken'): void {
    this.#truncation = how;
  }

  /** Ends the stream with an ERROR event. */
  fail(code: number): void {
    this.#outgoing.end(`${JSON.stringify({ type: 'ERROR', object: statusBody(code) })}\n`);
  }

  #later(take: () => void): void {
    this.#steps.push({ dueMs: performance.now() + this.#delayMs, take });
    if (this.#steps.length === 1) this.#takeDue();
  }

  /** One timer for all: of two that end in the same millisecond, the one that was set last may well come first. */
  #takeDue(): void {
    for (let [next] = this.#steps; next !== undefined; [next] = this.#steps) {
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        setTimeout(() => this.#takeDue(), waitMs).unref();
        return;
      }
      this.#steps.shift();
      next.take();
    }
  }

  #take(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#flush();
  }

  #flush(): void {
    if (this.#isHeld || this.#isSilent || this.#outgoing.writableEnded || this.#outgoing.destroyed) return;
    for (const chunk of this.#waiting.splice(0)) {
      if (this.#truncation !== undefined) return this.#breakOff(chunk);
      this.#outgoing.write(chunk);
    }
    if (this.#hasEnded) this.#outgoing.end();
  }

  #breakOff(chunk: Buffer): void {
    const half = chunk.subarray(0, chunk.length / 2);
    if (this.#truncation === 'Clean') this.#outgoing.end(half);
    else this.#outgoing.write(half, () => this.#outgoing.destroy());
    this.#upstream.destroy();
  }
}
