import { parseAst } from 'vitest/node';

/** One way in which a source names another module. */
export interface ImportSite {
  /** As written; undefined when a dynamic import computes it. */
  readonly specifier: string | undefined;
  /** One-based. */
  readonly line: number;
}

/** What {@link listImports} finds in one source. */
export interface SourceImports {
  readonly imports: readonly ImportSite[];
  /** Lines that read `process.env`, one-based. */
  readonly environmentLines: readonly number[];
}

/** A node of the syntax tree, with the offset of its first character. */
export type SyntaxNode = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number };

/**
 * Every import of a TypeScript source in the order of the text: static, dynamic, `export … from`, and those that
 * exist for types only (`import type`, `import('…').T`). Throws the parser's error when the source has none of
 * these because it does not parse.
 */
export function listImports(source: string, path: string): SourceImports {
  const imports: ImportSite[] = [];
  const environmentLines: number[] = [];
  const lineAt = lineCounter(source);
  for (const node of walkSyntax(parseAst(source, { lang: 'ts' }, path))) {
    if (isImport(node)) imports.push({ specifier: literalText(node.source), line: lineAt(node.start) });
    if (readsEnvironment(node)) environmentLines.push(lineAt(node.start));
  }
  return { imports, environmentLines };
}

/** `root` and every syntax node below it, parents first, in the order of the text. */
export function* walkSyntax(root: unknown): Generator<SyntaxNode> {
  if (Array.isArray(root)) {
    for (const item of root) yield* walkSyntax(item);
    return;
  }
  if (typeof root !== 'object' || root === null) return;
  if (isSyntaxNode(root)) yield root;
  for (const child of Object.values(root)) yield* walkSyntax(child);
}

/** A function that gives the one-based line of an offset into `source`, counted in UTF-16 units. */
export function lineCounter(source: string): (offset: number) => number {
  return (offset) => source.slice(0, offset).split('\n').length;
}

/** Whether `value` is a node of the syntax tree. */
export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The name of an identifier, or of a member written as `.name` or `['name']`; undefined for anything else. */
export function nameOf(value: unknown): string | undefined {
  if (!isSyntaxNode(value)) return undefined;
  if (value.type === 'Identifier') return String(value.name);
  return literalText(value);
}

const IMPORTING_TYPES = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function isImport(node: SyntaxNode): boolean {
  return IMPORTING_TYPES.has(node.type) && isSyntaxNode(node.source);
}

function literalText(value: unknown): string | undefined {
  if (!isSyntaxNode(value) || value.type !== 'Literal') return undefined;
  return typeof value.value === 'string' ? value.value : undefined;
}

// process.env, globalThis.process.env, process['env'], and const { env } = process.
function readsEnvironment(node: SyntaxNode): boolean {
  if (node.type === 'MemberExpression') return nameOf(node.property) === 'env' && isProcess(node.object);
  return node.type === 'VariableDeclarator' && isProcess(node.init);
}

function isProcess(value: unknown): boolean {
  if (!isSyntaxNode(value)) return false;
  return nameOf(value.type === 'MemberExpression' ? value.property : value) === 'process';
}
