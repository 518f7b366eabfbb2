/** A part of a pass. */
export type Phase = 'compile' | 'observe' | 'plan' | 'apply' | 'report';

/** A request of a pass to another program. */
export type TracedRequest =
  | { readonly kind: 'Aws'; readonly service: string; readonly action: string; readonly region: string }
  | {
      readonly kind: 'Kubernetes';
      /** The API server's: `update`. */
      readonly verb: string;
      /** In capitals. */
      readonly method: string;
      /** The plural, with the subresource: `appaccesses/status`. */
      readonly resource: string;
      readonly namespace?: string | undefined;
      /** Base URL of the API server. */
      readonly server: string;
    };

/** How a request ended. */
export interface RequestEnd {
  /** HTTP status of the answer, where it is known. */
  readonly status?: number;
  /** Requests that were sent for it, where a client sends some again by itself. */
  readonly attempts?: number;
  /** A code from a small set; absent for an answer that was hoped for. */
  readonly errorCode?: string;
}

/** What records the course of one pass. Nothing here throws by itself or waits for anything. */
export interface PassTrace {
  /**
   * Runs `work` and passes on its result, a promise too, or its error. Requests begun meanwhile belong to the phase;
   * phases of one pass do not overlap.
   */
  phase<Result>(name: Phase, work: () => Result): Result;
  /** A request begins; what it returns is to be called once, when it has ended. */
  request(request: TracedRequest): (end: RequestEnd) => void;
  /** The pass is over; `error` is why, when it did not end well. */
  end(outcome: string, error?: unknown): void;
}

/** Records passes. */
export interface Tracer {
  startPass(pass: {
    /** Of the object; absent when its kind has none. */
    readonly namespace?: string;
    readonly name: string;
    readonly reconcileID: string;
    readonly priority: string;
  }): PassTrace;
}

const ended = () => undefined;

/** Records nothing. */
export const noTrace: PassTrace = {
  phase: (_name, work) => work(),
  request: () => ended,
  end() {},
};

export const noTracer: Tracer = { startPass: () => noTrace };
