import PQueue from 'p-queue';
import type { AppAccess } from '../../src/api/app-access.ts';
import { APP_ACCESSES } from '../../src/cli/controller/resource-paths.ts';
import type { KubeClient } from '../../src/kube/kube-client.ts';
import type { ResourcePath } from '../../src/kube/resource-path.ts';

/** Requests under way at once: each has a connection, and a time limit from its start. */
const AT_ONCE = 50;

/** Where one object stands, as a watch last told. */
export interface Standing {
  readonly isReady: boolean;
  /** Generation that was last applied. */
  readonly appliedGeneration: number;
}

/** Many AppAccess objects in one namespace, which differ in their names only, and a watch over them. */
export class Fleet {
  readonly #client: KubeClient;
  readonly #names: readonly string[];
  readonly #ending = new AbortController();
  readonly #listeners = new Set<(name: string, standing: Standing | undefined) => void>();

  private constructor(client: KubeClient, objects: number) {
    this.#client = client;
    this.#names = Array.from({ length: objects }, (_, index) => `app-${index}`);
  }

  /** A fleet that does not exist yet. */
  static async open(client: KubeClient, objects: number): Promise<Fleet> {
    const fleet = new Fleet(client, objects);
    const { signal } = fleet.#ending;
    const { resourceVersion } = await client.list(COLLECTION, {}, signal);
    void fleet.#watch(resourceVersion, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error; // the phase that waits would wait for ever
    });
    return fleet;
  }

  /** Creates all objects as fast as the server takes them; resolves when the last is Ready. */
  async create(): Promise<void> {
    const ready = this.#untilEach((standing) => standing?.isReady === true);
    await this.#each((name) => this.#client.create(COLLECTION, manifest(name), this.#ending.signal));
    await ready;
  }

  /** Deletes all objects as fast as the server takes that; resolves when the last is gone. */
  async delete(): Promise<void> {
    const gone = this.#untilEach((standing) => standing === undefined);
    await this.#each((name) => this.#client.delete(pathOf(name), {}, this.#ending.signal));
    await gone;
  }

  /**
   * Gives `count` objects, spread over all, another prefix, one each `everyMs`, applied or not. Milliseconds from each
   * edit until its generation was applied, ascending.
   */
  async edit(count: number, everyMs: number): Promise<readonly number[]> {
    const step = Math.max(1, Math.floor(this.#names.length / count));
    const chosen = this.#names.filter((_, index) => index % step === 0).slice(0, count);
    const edits = chosen.map(async (name, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * everyMs));
      return this.#editOne(name);
    });
    return (await Promise.all(edits)).sort((a, b) => a - b);
  }

  close(): void {
    this.#ending.abort();
  }

  async #editOne(name: string): Promise<number> {
    const applied = Promise.withResolvers<void>();
    let wanted = Number.POSITIVE_INFINITY;
    let seen = 0;
    const listener = (changed: string, standing: Standing | undefined) => {
      if (changed === name) seen = standing?.appliedGeneration ?? 0;
      if (seen >= wanted) applied.resolve();
    };
    this.#listeners.add(listener);
    const startedMs = performance.now();
    const spec = { grants: [grant(`${name}/edited/`)] };
    const { metadata } = await this.#client.patch<AppAccess>(pathOf(name), { spec }, 'merge', this.#ending.signal);
    wanted = metadata.generation ?? 0;
    listener('', undefined); // the watch may have been faster than the answer
    await applied.promise;
    this.#listeners.delete(listener);
    return performance.now() - startedMs;
  }

  async #each(request: (name: string) => Promise<unknown>): Promise<void> {
    await new PQueue({ concurrency: AT_ONCE }).addAll(this.#names.map((name) => () => request(name)));
  }

  /** Resolves when `holds` was true of every object once. */
  #untilEach(holds: (standing: Standing | undefined) => boolean): Promise<void> {
    const left = new Set(this.#names);
    return new Promise((resolve) => {
      const listener = (name: string, standing: Standing | undefined) => {
        if (holds(standing)) left.delete(name);
        if (left.size > 0) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  /** Goes on where a watch ended, as the API server ends one when a definition has just been installed. */
  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    let from = resourceVersion;
    while (!signal.aborted) {
      for await (const event of this.#client.watch<AppAccess>(COLLECTION, { resourceVersion: from }, signal)) {
        if (event.type === 'ERROR') throw new Error(`the watch of the bench failed: ${JSON.stringify(event)}`);
        from = event.object.metadata.resourceVersion ?? from;
        if (event.type === 'BOOKMARK') continue;
        const standing = event.type === 'DELETED' ? undefined : standingOf(event.object);
        for (const listener of this.#listeners) listener(event.object.metadata.name, standing);
      }
    }
  }
}

const COLLECTION: ResourcePath = { ...APP_ACCESSES, namespace: 'default' };

function pathOf(name: string): ResourcePath {
  return { ...COLLECTION, name };
}

function standingOf({ status }: AppAccess): Standing {
  const isReady = status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  return { isReady: isReady === true, appliedGeneration: status?.applied?.generation ?? 0 };
}

function manifest(name: string) {
  return {
    apiVersion: 'appaccess.dev/v1alpha1',
    kind: 'AppAccess',
    metadata: { name, namespace: 'default' },
    spec: { subject: { lambda: { functionName: name } }, grants: [grant(`${name}/`)] },
  };
}

function grant(prefix: string) {
  return { s3: { bucket: 'invoices', prefix, access: ['Write'] } };
}
