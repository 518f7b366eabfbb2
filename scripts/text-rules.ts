import { parseAst } from 'vitest/node';
import { isSyntaxNode, lineCounter, nameOf, type SyntaxNode, walkSyntax } from './list-imports.ts';

/** A place in a file where a {@link TextRule} does not hold. */
export interface Finding {
  /** One-based. */
  readonly line: number;
  readonly problem: string;
}

/** Looks at one file; `path` is relative to the top of the repository, with `/` between names. */
export type TextRule = (path: string, text: string) => readonly Finding[];

/** Longest source that is read as one concept; generated ones may be longer. */
export const MAX_SOURCE_LINES = 300;

const MACHINE_PATHS = [/(?<![\w.-])\/root\//, /(?<![\w.-])\/(?:home|Users)\/[\w.-]+\//, /(?<![\w.-])\/tmp\/[\w.-]/];

// Top folders that say nothing about one machine, and ours: IAM paths start with it.
const GENERIC_TOPS = new Set(
  'app appaccess apps bin build builds data dev etc home lib media mnt opt private proc repo root run src srv sys tmp Users usr var workspace workspaces'.split(
    ' ',
  ),
);

/**
 * Refuses paths that exist on one machine only: home and temporary trees, and what shares its top folder with the
 * `checkout`, an absolute path, unless that folder is one that many machines have.
 */
export function refuseMachinePaths(checkout: string): TextRule {
  const top = checkout.split('/')[1] ?? '';
  const own = GENERIC_TOPS.has(top) ? [] : [new RegExp(`(?<![\\w.-])/${top.replace(/\W/g, '\\$&')}/`)];
  return matchLines([...MACHINE_PATHS, ...own], 'names a path of one machine');
}

/** Refuses download addresses in the lock file: other machines use other registries. */
export const refuseResolved: TextRule = (path, text) => {
  if (path !== 'package-lock.json') return [];
  return matchLines([/"resolved"/], 'has a download address; keep the settings in .npmrc')(path, text);
};

/** Refuses notes about work left over: they belong into an issue. */
export const refuseLeftOvers: TextRule = (path, text) => {
  if (path === 'package-lock.json') return [];
  // In brackets, lest the rule refuse its own source.
  return matchLines([/\b(?:T[O]DO|F[I]XME)\b/], 'leaves work over; finish it or open an issue')(path, text);
};

/** Refuses sources in src that are longer than {@link MAX_SOURCE_LINES}, generated ones apart. */
export const refuseLongSources: TextRule = (path, text) => {
  if (!/^src\/.*\.ts$/.test(path) || path.includes('/generated/')) return [];
  const lines = text.replace(/\n$/, '').split('\n').length;
  if (lines <= MAX_SOURCE_LINES) return [];
  return [{ line: lines, problem: `is ${lines} lines long; more than ${MAX_SOURCE_LINES} hold two concepts` }];
};

const MODIFIERS = new Set(['skip', 'only', 'todo', 'skipIf', 'runIf', 'fails']);
const OPTIONS = new Set(['skip', 'only', 'todo', 'fails', 'retry']);

/**
 * Refuses tests that need not pass: skipped, focused, announced, expected to fail or retried, as a modifier
 * (`it.skip`, `context.skip()`) or as an option (`{ retry: 2 }`). Sources that do not parse have a finding as well.
 */
export const refuseWeakTests: TextRule = (path, text) => {
  if (!/^test\/.*\.ts$/.test(path) && path !== 'vitest.config.ts') return [];
  try {
    const lineAt = lineCounter(text);
    return [...walkSyntax(parseAst(text, { lang: 'ts' }, path))].flatMap((node) => {
      const name = weakening(node);
      return name === undefined ? [] : [{ line: lineAt(node.start), problem: `weakens a test with "${name}"` }];
    });
  } catch (error) {
    return [{ line: 1, problem: `does not parse: ${error instanceof Error ? error.message : error}` }];
  }
};

function weakening(node: SyntaxNode): string | undefined {
  if (node.type === 'MemberExpression') {
    const name = nameOf(node.property);
    return name !== undefined && MODIFIERS.has(name) ? name : undefined;
  }
  if (node.type !== 'Property' || !isOn(node.value)) return undefined;
  const name = nameOf(node.key);
  return name !== undefined && OPTIONS.has(name) ? name : undefined;
}

// `{ retry: 0 }` and `{ skip: false }` weaken nothing; functions and texts under such a name are no option.
function isOn(value: unknown): boolean {
  if (!isSyntaxNode(value)) return false;
  if (value.type === 'Literal') return typeof value.value !== 'string' && Boolean(value.value);
  return !/^(Arrow)?Function/.test(value.type) && value.type !== 'TemplateLiteral';
}

function matchLines(patterns: readonly RegExp[], problem: string): TextRule {
  return (_, text) =>
    text
      .split('\n')
      .flatMap((line, index) => (patterns.some((pattern) => pattern.test(line)) ? [{ line: index + 1, problem }] : []));
}
