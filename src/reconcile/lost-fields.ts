import type { AppAccessStatus } from '../api/status-schema.ts';
import type { Logger } from '../base/logger.ts';

/**
 * Fields of status that the cluster does not keep, since its CustomResourceDefinition is older than this controller and
 * the API server drops what that does not know. They are left out of comparisons, else every pass would write them again.
 */
export class LostFields {
  #paths: ReadonlySet<string> = new Set();

  /** Learns from a write what is lost: what stands in `sent` and not in `stored`. Logged when that changes. */
  learn(sent: AppAccessStatus, stored: AppAccessStatus | undefined, log: Logger): void {
    const paths = new Set(missingPaths(sent, stored ?? {}, 'status'));
    if ([...paths].join() === [...this.#paths].join()) return;
    if (paths.size > 0) {
      log.warn(
        'the CustomResourceDefinition is older than this controller and drops fields of status; apply crds/ of this version',
        { fields: [...paths] },
      );
    }
    this.#paths = paths;
  }

  /** `status` as it would be stored. */
  without(status: AppAccessStatus): AppAccessStatus {
    return this.#paths.size === 0 ? status : (strip(status, this.#paths, 'status') as AppAccessStatus);
  }
}

function missingPaths(sent: object, stored: object, path: string): readonly string[] {
  const there: Readonly<Record<string, unknown>> = { ...stored };
  return Object.entries(sent).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    if (!(name in there)) return [at];
    const kept = there[name];
    return isPlain(value) && isPlain(kept) ? missingPaths(value, kept, at) : [];
  });
}

function strip(value: object, paths: ReadonlySet<string>, path: string): object {
  const kept = Object.entries(value).filter(([name]) => !paths.has(`${path}.${name}`));
  return Object.fromEntries(
    kept.map(([name, item]) => [name, isPlain(item) ? strip(item, paths, `${path}.${name}`) : item]),
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
