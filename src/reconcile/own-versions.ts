import type { AppAccess } from '../api/app-access.ts';
import { keyOf } from './key-of.ts';

/**
 * Objects as our own last writes left them. The store learns of a write some time after it was answered; a pass that
 * starts in between would see a status without the role that was just made, and might make a second one.
 */
export class OwnVersions {
  readonly #versions = new Map<string, { superseded: readonly string[]; object: AppAccess }>();

  /** `object` is what became of `before`, by writes of ours alone. */
  remember(before: readonly AppAccess[], object: AppAccess): void {
    const key = keyOf(object);
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
