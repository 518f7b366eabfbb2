import type { AppAccess } from '../api/app-access.ts';
import { keyOf } from './key-of.ts';

/**
 * Objects as our own last writes left them, until the store shows them so. It learns of a write some time after that was
 * answered, or shortly before; a pass that starts in between would see a status without the role that was just made, and
 * might make a second one.
 */
export class OwnVersions {
  readonly #versions = new Map<string, { superseded: readonly string[]; object: AppAccess }>();
  readonly #shownVersion: (key: string) => string | undefined;

  /** `shownVersion` returns the resource version of the object that the store shows under a key. */
  constructor(shownVersion: (key: string) => string | undefined) {
    this.#shownVersion = shownVersion;
  }

  /** How many objects the store does not show as we left them. */
  get size(): number {
    return this.#versions.size;
  }

  /** The store shows `object` from now on, and will never show an older version again. */
  shown(object: AppAccess): void {
    const key = keyOf(object);
    if (this.#versions.get(key)?.object.metadata.resourceVersion === object.metadata.resourceVersion) {
      this.#versions.delete(key);
    }
  }

  /** `object` is what became of `before`, by writes of ours alone. */
  remember(before: readonly AppAccess[], object: AppAccess): void {
    const key = keyOf(object);
    if (this.#shownVersion(key) === object.metadata.resourceVersion) {
      this.#versions.delete(key);
      return;
    }
    const versions = before.flatMap(({ metadata }) => metadata.resourceVersion ?? []);
    const own = this.#versions.get(key);
    const goesOn = own !== undefined && versions.includes(own.object.metadata.resourceVersion ?? '');
    this.#versions.set(key, { superseded: [...(goesOn ? own.superseded : []), ...versions], object });
  }

  forget(object: AppAccess): void {
    this.#versions.delete(keyOf(object));
  }

  /** `stored`, or what we know to have become of it. */
  newestOf(stored: AppAccess): AppAccess {
    const { uid, resourceVersion = '' } = stored.metadata;
    const own = this.#versions.get(keyOf(stored));
    if (own === undefined) return stored;
    if (own.object.metadata.uid === uid && own.superseded.includes(resourceVersion)) return own.object;
    this.#versions.delete(keyOf(stored));
    return stored;
  }
}
