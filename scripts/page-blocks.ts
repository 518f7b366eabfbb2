/**
 * The commands in a page of Markdown, by the rules that CONTRIBUTING.md gives to whoever writes one:
 *
 *   ```sh                    is run, all such blocks of a page in their order, in one shell; each command must end with 0
 *   ```sh exit=2             is run; its last command must end with 2
 *   ```sh on=cluster         is run against a real API server, with exit=… or without
 *   ```sh no-run="reason"    is only shown; the test lists the reason
 *   ```text                  right after a block: what it prints, `…` standing for any text; see match-output.ts
 */
export interface Page {
  /** In their order. */
  readonly run: readonly RunBlock[];
  readonly excused: readonly ExcusedBlock[];
  /** Where the page breaks the rules. */
  readonly problems: readonly string[];
}

export interface RunBlock {
  /** Of the opening fence, one-based. */
  readonly line: number;
  readonly script: string;
  readonly exitCode: number;
  /** Whether it needs a real API server. */
  readonly onCluster: boolean;
  /** What it prints, on both streams, `…` standing for any text; absent: anything. */
  readonly output?: string;
}

export interface ExcusedBlock {
  readonly line: number;
  readonly reason: string;
}

/** Reads all blocks of `markdown`. Never throws; what is no block is passed over. */
export function readPage(markdown: string): Page {
  const run: RunBlock[] = [];
  const excused: ExcusedBlock[] = [];
  const problems: string[] = [];
  let before: RunBlock | ExcusedBlock | undefined;
  for (const fence of readFences(markdown)) {
    const { line, language, text, followsBlock } = fence;
    const problem = problemOf(fence, before !== undefined);
    if (problem !== undefined) problems.push(`line ${line}: ${problem}`);
    const ran = run.at(-1);
    if (language === 'text' && followsBlock && ran !== undefined && ran === before) {
      run.splice(-1, 1, { ...ran, output: text });
    }
    before = undefined;
    if (language !== 'sh' || problem !== undefined) continue;
    const { reason, ...how } = readInfo(fence.info);
    before = reason === undefined ? { line, script: text, ...how } : { line, reason };
    if ('script' in before) run.push(before);
    else excused.push(before);
  }
  return { run, excused, problems };
}

/** `markdown` from the heading of level two that starts with `title` up to the next of that level; empty without one. */
export function sectionOf(markdown: string, title: string): string {
  return markdown.split(/^## /m).find((text) => text.startsWith(title)) ?? '';
}

interface Fence {
  readonly line: number;
  readonly language: string;
  /** All that stands behind the language. */
  readonly info: string;
  readonly text: string;
  /** Whether nothing but blank lines stands between this block and the one before. */
  readonly followsBlock: boolean;
  readonly isClosed: boolean;
}

const FENCE = /^( *)(`{3,}|~{3,})\s*([^\s`]*)\s*(.*?)\s*$/;

function readFences(markdown: string): readonly Fence[] {
  const lines = markdown.split('\n');
  const fences: Fence[] = [];
  let followsBlock = false;
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = '', marks, language = '', info = ''] = FENCE.exec(lines[index] ?? '') ?? [];
    if (marks === undefined) {
      if (lines[index]?.trim() !== '') followsBlock = false;
      continue;
    }
    const end = lines.findIndex((text, at) => at > index && text.trim() === marks);
    const content = lines.slice(index + 1, end === -1 ? undefined : end);
    const text = content.map((row) => `${row.startsWith(indent) ? row.slice(indent.length) : row}\n`).join('');
    fences.push({ line: index + 1, language, info, text, followsBlock, isClosed: end !== -1 });
    followsBlock = true;
    index = end === -1 ? lines.length : end;
  }
  return fences;
}

const INFO = /^(?:(on=cluster)? ?(?:exit=([1-9][0-9]{0,2}))?|no-run="([^"]+)")$/;

function readInfo(info: string): { exitCode: number; onCluster: boolean; reason?: string } {
  const [, on, exit = '0', reason] = INFO.exec(info) ?? [];
  return { exitCode: Number(exit), onCluster: on !== undefined, ...(reason === undefined ? {} : { reason }) };
}

/** Languages in which commands would stand that nobody runs. */
const OTHER_SHELLS = ['bash', 'console', 'powershell', 'shell', 'shell-session', 'shellsession', 'zsh'];
const COMMAND = /^\s*(\$ |(aws|appaccess|curl|docker|helm|kubectl|make|node|npm|terraform) )/m;

function problemOf({ language, info, text, followsBlock, isClosed }: Fence, isAfterShell: boolean): string | undefined {
  if (!isClosed) return 'a block without an end';
  if (OTHER_SHELLS.includes(language)) return `${language} is not run; write sh`;
  if (language === '' && COMMAND.test(text)) return 'commands in a block without a language; write sh';
  if (language === 'text' && !(followsBlock && isAfterShell)) {
    return 'text is what the sh block right before it prints; a picture goes into a block without a language';
  }
  if (language === 'sh' && !INFO.test(info))
    return `${info} is unknown; write on=cluster, exit=<number> or no-run="<reason>"`;
  return undefined;
}
