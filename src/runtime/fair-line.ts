/**
 * Keys in line, group after group by turns: a group with many keys in line holds up another group's first key by no more
 * than one key. Within a group first come, first served. The group of `namespace/name` is its namespace.
 */
export class FairLine {
  /** Groups with a key in line, the one whose turn it is first. */
  readonly #groups = new Map<string, Set<string>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Does nothing when the key is in line already. */
  add(key: string): void {
    const group = groupOf(key);
    const keys = this.#groups.get(group) ?? new Set();
    if (keys.has(key)) return;
    this.#groups.set(group, keys.add(key));
    this.#size += 1;
  }

  delete(key: string): void {
    const group = groupOf(key);
    const keys = this.#groups.get(group);
    if (keys?.delete(key) !== true) return;
    this.#size -= 1;
    if (keys.size === 0) this.#groups.delete(group);
  }

  /** Takes the key whose turn it is out of the line; its group then goes to the end. `undefined` when the line is empty. */
  shift(): string | undefined {
    for (const [group, keys] of this.#groups) {
      for (const key of keys) {
        this.delete(key);
        if (this.#groups.delete(group)) this.#groups.set(group, keys);
        return key;
      }
    }
    return undefined;
  }

  clear(): void {
    this.#groups.clear();
    this.#size = 0;
  }
}

function groupOf(key: string): string {
  return key.slice(0, Math.max(key.indexOf('/'), 0));
}
