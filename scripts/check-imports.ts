import path from 'node:path';
import { LAYERS, type Layer } from './import-layers.ts';
import { type ImportSite, listImports, type SourceImports } from './list-imports.ts';
import { readTextFiles } from './read-text-files.ts';

/** One import that breaks a rule, as `file:line imports specifier: rule`. */
export type Offence = string;

/** What {@link checkImports} saw. Zero `files` or `imports` means that nothing was checked. */
export interface ImportReport {
  readonly files: number;
  readonly imports: number;
  /** In the order of the files; empty when every rule holds. */
  readonly offences: readonly Offence[];
}

/**
 * Checks the import directions of `sources`: paths from the top of the repository, all of them below `src/`, to
 * their texts. Type imports count like any other. Sources that are not TypeScript count only as what others import.
 */
export function checkImports(sources: ReadonlyMap<string, string>): ImportReport {
  const offences: Offence[] = [];
  const graph = new Map<string, Edge[]>();
  let imports = 0;
  for (const [file, text] of sources) {
    if (!file.endsWith('.ts')) continue;
    const found = checkFile(file, text, sources);
    offences.push(...found.offences);
    graph.set(file, found.edges);
    imports += found.imports;
  }
  return { files: graph.size, imports, offences: [...offences, ...findCycles(graph)] };
}

interface Edge extends ImportSite {
  readonly target: string;
}

interface FileReport {
  readonly imports: number;
  readonly edges: Edge[];
  readonly offences: Offence[];
}

function checkFile(file: string, text: string, sources: ReadonlyMap<string, string>): FileReport {
  const folder = folderOf(file);
  const layer = LAYERS[folder];
  if (layer === undefined) {
    return {
      imports: 0,
      edges: [],
      offences: [`${file}:1 lies in ${folder}: scripts/import-layers.ts gives it no layer`],
    };
  }
  const parsed = parse(text, file);
  if (typeof parsed === 'string') return { imports: 0, edges: [], offences: [parsed] };
  const { imports, environmentLines } = parsed;
  const offences: Offence[] = [];
  const edges: Edge[] = [];
  for (const site of imports) {
    const target = resolveRelative(file, site.specifier);
    const rule = brokenRule(site.specifier, target, folder, layer, sources);
    if (rule !== undefined)
      offences.push(`${file}:${site.line} imports ${site.specifier ?? 'a computed path'}: ${rule}`);
    if (target !== undefined && sources.has(target)) edges.push({ ...site, target });
  }
  if (!layer.allowsEnvironment) {
    for (const line of environmentLines)
      offences.push(`${file}:${line} reads process.env: ${folder} takes values only`);
  }
  return { imports: imports.length, edges, offences };
}

// One broken file must not hide the offences of all others.
function parse(text: string, file: string): SourceImports | Offence {
  try {
    return listImports(text, file);
  } catch (error) {
    return `${file}:1 does not parse: ${error instanceof Error ? error.message : error}`;
  }
}

function brokenRule(
  specifier: string | undefined,
  target: string | undefined,
  folder: string,
  layer: Layer,
  sources: ReadonlyMap<string, string>,
): string | undefined {
  if (specifier === undefined) return 'a path that is computed cannot be checked';
  if (target === undefined) {
    return layer.allowsPackage(specifier) ? undefined : `${folder} may not use this package or module`;
  }
  if (!/\.(ts|json)$/.test(target)) return 'a relative import ends in .ts';
  if (!sources.has(target)) return 'there is no such file in src';
  const targetFolder = folderOf(target);
  if (targetFolder === folder || layer.folders.includes(targetFolder)) return undefined;
  return `${folder} may import ${layer.folders.join(', ') || 'its own folder only'}, not ${targetFolder}`;
}

/** Folder below src/, or the bare name of a file that lies in src/ itself. */
function folderOf(file: string): string {
  return (file.split('/')[1] ?? '').replace(/\.ts$/, '');
}

/** Undefined for what is not a path. */
function resolveRelative(file: string, specifier: string | undefined): string | undefined {
  if (specifier === undefined || !/^(\.|\/|file:)/.test(specifier)) return undefined;
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
}

// Depth first; an edge back to a file that is still open closes a cycle.
function findCycles(graph: ReadonlyMap<string, readonly Edge[]>): Offence[] {
  const offences: Offence[] = [];
  const closed = new Set<string>();
  const open: string[] = [];
  const visit = (file: string): void => {
    open.push(file);
    for (const edge of graph.get(file) ?? []) {
      const start = open.indexOf(edge.target);
      if (start >= 0) {
        const cycle = [...open.slice(start), edge.target].join(' -> ');
        offences.push(`${file}:${edge.line} imports ${edge.specifier}: closes the cycle ${cycle}`);
      } else if (!closed.has(edge.target)) visit(edge.target);
    }
    open.pop();
    closed.add(file);
  };
  for (const file of graph.keys()) if (!closed.has(file)) visit(file);
  return offences;
}

function main(): number {
  const sources = readTextFiles(path.dirname(import.meta.dirname), 'src');
  const { files, imports, offences } = checkImports(sources);
  for (const offence of offences) console.error(offence);
  console.log(`${files} files and ${imports} imports checked, ${offences.length} offences`);
  if (files === 0 || imports === 0) console.error('nothing was checked');
  return offences.length > 0 || files === 0 || imports === 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = main();
