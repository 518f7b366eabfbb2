import { API_GROUP, APP_ACCESS_KIND } from '../api/app-access.ts';
import { fieldPath, itemPath } from '../api/field-path.ts';
import { isRecord } from '../api/is-record.ts';
import { type LineProblem, parseYaml, type YamlDocument } from './parse-yaml.ts';
import { TEMPLATE_PROBLEM } from './survey-yaml.ts';

/** One AppAccess as a file has it: not validated and without defaults. */
export interface Manifest {
  /** As given on the command line; `-` for standard input. */
  readonly file: string;
  /** Where the object starts, from 1. */
  readonly line: number;
  readonly object: Readonly<Record<string, unknown>>;
  /** Line of the field at `path` (`spec.grants[0].s3`), or of the nearest field around it when it is absent. */
  readonly lineOf: (path: string) => number;
}

export interface FileProblem extends LineProblem {
  readonly file: string;
}

export interface ReadManifests {
  /** In the order of the files and of the documents in them. */
  readonly manifests: readonly Manifest[];
  readonly problems: readonly FileProblem[];
}

/**
 * Every AppAccess in `text`, those inside a List included; objects of other kinds are passed over. The problems are all
 * that keep a document from being read or from being a Kubernetes object. Never throws.
 */
export function parseManifests(file: string, text: string): ReadManifests {
  const { documents, problems } = parseYaml(text);
  if (documents.length === 0 && problems.length === 0) {
    return { manifests: [], problems: [{ file, line: 1, path: '', problem: 'holds no document' }] };
  }
  const read = documents.flatMap(expandList).map((document) => readObject(file, document));
  return {
    manifests: read.flatMap((one) => one.manifests),
    problems: [...problems.map((problem) => ({ file, ...problem })), ...read.flatMap((one) => one.problems)].sort(
      (a, b) => a.line - b.line,
    ),
  };
}

function expandList(document: YamlDocument): readonly YamlDocument[] {
  const { value } = document;
  if (!isRecord(value) || !isListKind(value.kind) || !Array.isArray(value.items)) return [document];
  return value.items.map((item: unknown, index) => {
    const lineOf = (path: string) => document.lineOf(path === '' ? `items[${index}]` : `items[${index}].${path}`);
    const prefix = `items[${index}].`;
    const ambiguities = document.ambiguities
      .filter(({ path }) => path.startsWith(prefix))
      .map((found) => ({ ...found, path: found.path.slice(prefix.length) }));
    return { value: item, line: lineOf(''), lineOf, ambiguities };
  });
}

function isListKind(kind: unknown): boolean {
  return kind === 'List' || kind === `${APP_ACCESS_KIND}List`;
}

function readObject(file: string, { value, line, lineOf, ambiguities }: YamlDocument): ReadManifests {
  const refused = (problem: string) => ({ manifests: [], problems: [{ file, line, path: '', problem }] });
  if (!isRecord(value)) return refused('must be a mapping with apiVersion, kind, metadata and spec');
  if (typeof value.kind !== 'string') return refused('has no kind; an AppAccess starts with apiVersion and kind');
  if (!isOurs(value)) return { manifests: [], problems: [] };
  const templates = templatePaths(value, '').map((path) => ({ line: lineOf(path), path, problem: TEMPLATE_PROBLEM }));
  const problems = [...templates, ...ambiguities].map((problem) => ({ file, ...problem }));
  if (problems.length > 0) return { manifests: [], problems };
  return { manifests: [{ file, line, object: value, lineOf }], problems: [] };
}

function isOurs({ apiVersion, kind }: Readonly<Record<string, unknown>>): boolean {
  return kind === APP_ACCESS_KIND || (typeof apiVersion === 'string' && apiVersion.startsWith(`${API_GROUP}/`));
}

/** Where strings still hold `{{ … }}`. */
function templatePaths(value: unknown, path: string): string[] {
  if (typeof value === 'string') return holdsTemplate(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => templatePaths(item, itemPath(path, index)));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => templatePaths(item, fieldPath(path, name)));
}

/** By search and not by a pattern, which would take the square of the length of a string of braces. */
function holdsTemplate(text: string): boolean {
  const start = text.indexOf('{{');
  return start !== -1 && text.includes('}}', start);
}
