import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { fieldPath, itemPath } from '../api/field-path.ts';

/** Nodes that the aliases of one document may stand for, all together; a bomb of 10 lines stands for billions. */
export const MAX_ALIASED_NODES = 10_000;

/** What the events of one document tell about it without building its value. */
export interface YamlSurvey {
  /** Offset of each field and item, by its path. The offset of a field is that of its key. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly problems: readonly YamlProblem[];
  /** Values and keys that kubectl would read as another type than YAML 1.2 gives them. Valid YAML, so told apart. */
  readonly ambiguities: readonly YamlProblem[];
}

export interface YamlProblem {
  readonly offset: number;
  readonly path: string;
  readonly problem: string;
}

/**
 * Walks the events of one document (without its own opening and closing event) and notes where everything stands and
 * what Kubernetes would not take, or would take for something else: duplicate keys, keys that are no strings, tags,
 * merge keys, aliases that stand for more than {@link MAX_ALIASED_NODES} nodes.
 */
export function surveyYaml(source: string, events: readonly Event[]): YamlSurvey {
  const survey = new Surveyor(source, events);
  survey.node('', 0);
  return survey;
}

class Surveyor implements YamlSurvey {
  readonly offsets = new Map<string, number>();
  readonly problems: YamlProblem[] = [];
  readonly ambiguities: YamlProblem[] = [];
  readonly #source: string;
  readonly #events: readonly Event[];
  /** Nodes below each anchor that is complete. An alias to one that is not would hold itself. */
  readonly #anchors = new Map<string, number>();
  #next = 0;
  #aliasedNodes = 0;

  constructor(source: string, events: readonly Event[]) {
    this.#source = source;
    this.#events = events;
  }

  /** Surveys the next node, which stands at `path`, and returns how many nodes it stands for. */
  node(path: string, fallbackOffset: number): number {
    const event = this.#events[this.#next++];
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return 0;
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event, path);
    const offset = Math.max(fallbackOffset, event.type === EVENT_ID.SCALAR ? event.valueStart : event.start);
    if (!this.offsets.has(path)) this.offsets.set(path, offset);
    if (event.tagStart !== -1) this.#tag(event, path);
    const size = 1 + this.#below(event, path, offset);
    if (event.anchorStart !== -1) this.#anchors.set(this.#source.slice(event.anchorStart, event.anchorEnd), size);
    return size;
  }

  #below(event: Event, path: string, offset: number): number {
    if (event.type === EVENT_ID.SEQUENCE) return this.#items(path, offset);
    if (event.type === EVENT_ID.MAPPING) return this.#fields(path, offset);
    if (event.type === EVENT_ID.SCALAR) this.#scalar(event, path, offset);
    return 0;
  }

  #items(path: string, offset: number): number {
    let size = 0;
    for (let index = 0; !this.#atEnd(); index++) size += this.node(itemPath(path, index), offset);
    this.#next++;
    return size;
  }

  #fields(path: string, offset: number): number {
    const seen = new Set<string>();
    let size = 0;
    while (!this.#atEnd()) {
      const event = this.#events[this.#next];
      if (event?.type !== EVENT_ID.SCALAR) {
        size += this.#complexKey(event, path, offset);
        continue;
      }
      this.#next++;
      const field = this.#key(event, path, seen);
      size += this.node(field, Math.max(offset, event.valueStart));
    }
    this.#next++;
    return size;
  }

  /** Notes the key and returns the path of its field. */
  #key(event: ScalarEvent, path: string, seen: Set<string>): string {
    const key = getScalarValue(this.#source, event);
    const field = fieldPath(path, key);
    if (event.tagStart !== -1) this.#tag(event, field);
    this.#scalar(event, field, event.valueStart);
    if (seen.has(key)) {
      this.#problem(event.valueStart, field, 'stands here for the second time; keep one of them');
    }
    if (key === '<<' && event.style === SCALAR_STYLE.PLAIN) {
      this.#problem(event.valueStart, field, 'is a merge key, which YAML 1.2 does not have; write the fields out');
    }
    seen.add(key);
    if (!this.offsets.has(field)) this.offsets.set(field, event.valueStart);
    return field;
  }

  #complexKey(event: Event | undefined, path: string, offset: number): number {
    const start = event?.type === EVENT_ID.MAPPING || event?.type === EVENT_ID.SEQUENCE ? event.start : offset;
    const isTemplate = event?.type === EVENT_ID.MAPPING && event.style === COLLECTION_STYLE.FLOW;
    this.#problem(start, path, isTemplate ? TEMPLATE_PROBLEM : 'has a key that is no string; write the key out');
    const unnamed = `${path}[?]`;
    return this.node(unnamed, offset) + this.node(unnamed, offset);
  }

  #alias(event: { anchorStart: number; anchorEnd: number }, path: string): number {
    const name = this.#source.slice(event.anchorStart, event.anchorEnd);
    const size = this.#anchors.get(name);
    if (!this.offsets.has(path)) this.offsets.set(path, event.anchorStart);
    if (size === undefined) {
      this.#problem(event.anchorStart, path, `*${name} names no anchor that ends before it; write the value out`);
      return 1;
    }
    const before = this.#aliasedNodes;
    this.#aliasedNodes += size;
    if (before <= MAX_ALIASED_NODES && this.#aliasedNodes > MAX_ALIASED_NODES) {
      const problem = `*${name} makes the aliases of this document stand for more than ${MAX_ALIASED_NODES} values; write the values out`;
      this.#problem(event.anchorStart, path, problem);
    }
    return size;
  }

  #tag(event: { tagStart: number; tagEnd: number }, path: string): void {
    const tag = this.#source.slice(event.tagStart, event.tagEnd);
    if (PLAIN_TAGS.has(tag)) return;
    this.#problem(event.tagStart, path, `has the tag ${tag}, which Kubernetes does not know; write the plain value`);
  }

  #scalar(event: ScalarEvent, path: string, offset: number): void {
    if (event.style !== SCALAR_STYLE.PLAIN || event.tagStart !== -1) return;
    const text = getScalarValue(this.#source, event);
    if (!OTHER_IN_YAML_1_1.test(text)) return;
    const problem = `holds ${text}, which kubectl reads as true, false or a number; put it in quotes, or write true or false`;
    this.ambiguities.push({ offset, path, problem });
  }

  #problem(offset: number, path: string, problem: string): void {
    this.problems.push({ offset, path, problem });
  }

  #atEnd(): boolean {
    const event = this.#events[this.#next];
    return event === undefined || event.type === EVENT_ID.POP;
  }
}

/**
 * Strings in YAML 1.2 that kubectl, whose parser follows YAML 1.1 here, takes for booleans and numbers.
 * Source: https://yaml.org/type/bool.html and https://yaml.org/type/int.html
 */
const OTHER_IN_YAML_1_1 =
  /^(?:[yY]|[nN]|[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF|[-+]?0b[01_]+|[-+]?[0-9]+_[0-9_]*(?:\.[0-9_]*)?)$/;

/** Said of text in double braces. */
export const TEMPLATE_PROBLEM = 'is a template; render it first (helm template, kustomize build) and give the result';

/** The tags of the core schema of YAML 1.2, and `!`, which says string. */
const PLAIN_TAGS: ReadonlySet<string> = new Set([
  '!',
  ...['str', 'int', 'float', 'bool', 'null', 'seq', 'map'].flatMap((name) => [
    `!!${name}`,
    `!<tag:yaml.org,2002:${name}>`,
  ]),
]);
