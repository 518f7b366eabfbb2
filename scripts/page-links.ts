import { posix } from 'node:path';

/** A link from one page to a place in this repository. */
export interface PageLink {
  /** One-based. */
  readonly line: number;
  /** As it is written. */
  readonly target: string;
  /** From the top of the repository. */
  readonly path: string;
  /** Without its `#`. */
  readonly anchor?: string;
}

/** Links of the page at `path` that stay in the repository; addresses elsewhere are left out. Code is passed over. */
export function linksOf(path: string, markdown: string): readonly PageLink[] {
  const text = withoutCode(markdown);
  return [...text.matchAll(LINK)].flatMap(({ 1: target = '', index }) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
    return [toLink(path, target, text.slice(0, index).split('\n').length)];
  });
}

/** `[words](target)`, the target without blanks. */
const LINK = /\[[^\]]*\]\(([^()\s]+)\)/g;

function toLink(from: string, target: string, line: number): PageLink {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : posix.normalize(posix.join(posix.dirname(from), file));
  return { line, target, path, ...(anchor === undefined ? {} : { anchor }) };
}

/**
 * Anchors of the headings of a page, as GitHub makes them: lower case, letters, digits, `-` and `_` only, blanks as
 * hyphens, `-1` behind the second of a name. Anchors that the page names itself in HTML are in it too.
 */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, words = ''] of withoutBlocks(markdown).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = words
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');
    const twins = [...Array(anchors.size + 1).keys()].map((count) => (count === 0 ? slug : `${slug}-${count}`));
    anchors.add(twins.find((candidate) => !anchors.has(candidate)) ?? slug);
  }
  for (const [, name = ''] of markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(name);
  return anchors;
}

/** The same lines, those of code empty: a bracket in code is no link, a hash no heading. */
function withoutCode(markdown: string): string {
  return withoutBlocks(markdown).replace(/`[^`\n]*`(?!\])/g, '');
}

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^ *(`{3,})[^`]*\n[\s\S]*?^ *\1 *$/gm, (block) => block.replace(/.+/g, ''));
}
