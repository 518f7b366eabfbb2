import { CORE_SCHEMA, constructFromEvents, EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { splitYaml, type YamlPart } from './split-yaml.ts';
import { surveyYaml, TEMPLATE_PROBLEM, type YamlProblem } from './survey-yaml.ts';

/** A document that could be read, with the lines of its fields. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line of its first value, from 1. */
  readonly line: number;
  /** Line of the field at `path`, or of the nearest field around it when it is absent. */
  readonly lineOf: (path: string) => number;
  /** What kubectl would read as another type than stands in `value`. */
  readonly ambiguities: readonly LineProblem[];
}

export interface LineProblem {
  readonly line: number;
  readonly path: string;
  readonly problem: string;
}

export interface ParsedYaml {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly LineProblem[];
}

/**
 * The documents of `source`, YAML 1.2 with the core schema (which JSON is part of), without the empty ones. A document
 * with a problem is left out and does not keep the others from being read. Never throws.
 */
export function parseYaml(source: string): ParsedYaml {
  const parts = splitYaml(source).map(parsePart);
  return { documents: parts.flatMap((part) => part.documents), problems: parts.flatMap((part) => part.problems) };
}

function parsePart(part: YamlPart): ParsedYaml {
  try {
    const parsed = splitEvents(parseEvents(part.text, {})).map((events) => parseDocument(part, events));
    return { documents: parsed.flatMap((one) => one.documents), problems: parsed.flatMap((one) => one.problems) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { documents: [], problems: [syntaxProblem(part, error)] };
  }
}

/** The events between the opening and the closing one of each document. */
function splitEvents(events: readonly Event[]): Event[][] {
  const documents: Event[][] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) documents.push([]);
    else documents.at(-1)?.push(event);
  }
  return documents.map((document) => document.slice(0, -1));
}

function parseDocument(part: YamlPart, events: Event[]): ParsedYaml {
  const lineAt = lineCounter(part);
  const survey = surveyYaml(part.text, events);
  const located = ({ offset, path, problem }: YamlProblem) => ({ line: lineAt(offset), path, problem });
  if (survey.problems.length > 0) return { documents: [], problems: survey.problems.map(located) };
  const [value] = constructFromEvents([DOCUMENT_START, ...events, POP], { source: part.text, schema: CORE_SCHEMA });
  if (value === null || value === undefined) return { documents: [], problems: [] };
  const lineOf = (path: string) => lineAt(offsetOf(survey.offsets, path));
  const ambiguities = survey.ambiguities.map(located);
  return { documents: [{ value, line: lineOf(''), lineOf, ambiguities }], problems: [] };
}

const DOCUMENT_START: Event = { type: EVENT_ID.DOCUMENT, explicitStart: true, explicitEnd: false, directives: [] };
const POP: Event = { type: EVENT_ID.POP };

function offsetOf(offsets: ReadonlyMap<string, number>, path: string): number {
  for (let around = path; around !== ''; around = around.replace(LAST_STEP, '')) {
    const offset = offsets.get(around);
    if (offset !== undefined) return offset;
  }
  return offsets.get('') ?? 0;
}

/** The last step of a path: `.name`, `[3]`, `[any key of a map]`, or the first name. */
const LAST_STEP = /(\.[^.[\]]+|\[[^[\]]*\]|[^.]+)$/;

function lineCounter({ text, firstLine }: YamlPart): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => firstLine + countUpTo(starts, Math.max(0, offset)) - 1;
}

/** How many of `sorted` are at most `limit`; by halving, since a large file may ask for very many lines. */
function countUpTo(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function syntaxProblem(part: YamlPart, error: YAMLException): LineProblem {
  const lines = part.text.split('\n');
  const template = lines.findIndex((line) => /\{\{/.test(line) && !/^\s*#/.test(line));
  if (template !== -1) return { line: part.firstLine + template, path: '', problem: TEMPLATE_PROBLEM };
  const index = lines.findLastIndex((line, at) => at <= (error.mark?.line ?? 0) && line.trim() !== '');
  const line = part.firstLine + Math.max(0, index);
  if (/^ *\t/.test(lines[index] ?? '')) {
    return { line, path: '', problem: 'is indented with a tab, which YAML does not allow; use spaces' };
  }
  return { line, path: '', problem: `is not valid YAML: ${error.reason}` };
}
