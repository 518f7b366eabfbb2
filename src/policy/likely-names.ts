/** Edits beyond which nobody takes one name for another. */
const MAX_EDITS = 2;

/**
 * Those of `names` that may be at most two edits from `written`, case left out: none that is so near is missing. Cheap
 * where the exact distance is not: a manifest may hold thousands of unknown names, and AWS has hundreds to compare with.
 */
export function likelyNames(written: string, names: readonly string[]): readonly string[] {
  const letters = written.toLowerCase();
  return names.filter((name) => {
    return Math.abs(name.length - letters.length) <= MAX_EDITS && lacksFew(letters, name.toLowerCase());
  });
}

/** Whether at most two letters of `a`, each counted as often as it stands there, are missing from `b`. */
function lacksFew(a: string, b: string): boolean {
  let left = b;
  let missing = 0;
  for (const letter of a) {
    const at = left.indexOf(letter);
    if (at >= 0) left = left.slice(0, at) + left.slice(at + 1);
    else missing += 1;
    if (missing > MAX_EDITS) return false;
  }
  return true;
}
