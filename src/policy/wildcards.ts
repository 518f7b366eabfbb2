/** Whether IAM's `pattern` (`*` any run, `?` one character) matches `text` as a whole. Case counts. */
export function matchesPattern(pattern: string, text: string): boolean {
  // Greedy matching with one point to go back to: linear for what people write, never exponential.
  let at = 0;
  let index = 0;
  let star = -1;
  let resume = 0;
  while (index < text.length) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      resume = index;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      index = resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
