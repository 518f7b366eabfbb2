/**
 * Whether a command printed what its page shows. In `expected`, `…` stands for any text within a line, and a line that is
 * only `…` for any number of lines, none too. Runs of blanks count as one, for columns are as wide as their contents, and
 * blanks at the end of a line do not count.
 */
export function matchesOutput(expected: string, output: string): boolean {
  const rows = toRows(expected).map((row) => (row === ELLIPSIS ? '(?:.*\\n)*' : `${toPattern(row)}\\n`));
  return new RegExp(`^${rows.join('')}$`).test(`${toRows(output).join('\n')}\n`);
}

const ELLIPSIS = '…';

function toPattern(row: string): string {
  return row
    .split(ELLIPSIS)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
    .join('.*');
}

function toRows(text: string): readonly string[] {
  return text
    .trim()
    .split('\n')
    .map((row) => row.replace(/\s+/g, ' ').trimEnd());
}
