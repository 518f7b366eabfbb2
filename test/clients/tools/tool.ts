/** A tool that brings a manifest into the cluster and waits until its object is as asked for. */
export interface Tool {
  readonly name: string;
  /** Brings `manifest` in, for the first time or anew, and starts to wait; does not wait for the end. */
  deliver(manifest: Manifest): Promise<Delivery>;
  /** Takes what was delivered under that name away again, and starts to wait until it is gone. */
  remove(name: string): Promise<Delivery>;
  stop(): Promise<void>;
}

/** An AppAccess as a user writes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/** One run of a tool. */
export interface Delivery {
  /** The tool's last word; rejects only when the tool itself breaks. */
  readonly verdict: Promise<Verdict>;
  /** Resolves when the tool has judged the object as it is now and waits on; throws when it has ended instead. */
  waitsOn(): Promise<void>;
}

export interface Verdict {
  /** Ready: the tool is content, be it that the object is gone. Failed: it gave up, whether early or by its time-out. */
  readonly outcome: 'Ready' | 'Failed';
  /** What the tool shows its user. */
  readonly message: string;
}
