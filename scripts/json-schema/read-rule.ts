import type { ASTNode } from '@marcbachmann/cel-js';
import { celEnvironment } from '../../src/api/cel-problems.ts';

/** What a term of a rule is about: the value itself, one of its fields, or each key or each value of a map. */
export type Place = { readonly kind: 'Self' | 'Keys' | 'Values' } | { readonly kind: 'Field'; readonly name: string };

/** A rule of the CRD as far as JSON Schema can say it, with negations pushed down to the terms. */
export type Formula =
  | { readonly kind: 'Text'; readonly place: Place; readonly pattern: string; readonly negated: boolean }
  | { readonly kind: 'Given'; readonly field: string; readonly negated: boolean }
  | { readonly kind: 'Exclusive'; readonly fields: readonly string[]; readonly atLeastOne: boolean }
  | { readonly kind: 'All' | 'Any'; readonly parts: readonly Formula[] };

/**
 * The CEL `rule` as a formula, or undefined when JSON Schema cannot say it. Of a conjunction the parts that can be said
 * are kept: the formula may then refuse less than the rule, and never more.
 */
export function readRule(rule: string): Formula | undefined {
  return read(celEnvironment().parse(rule).ast, false, new Map([['self', { kind: 'Self' }]]));
}

/** Which names stand for what. */
type Scope = ReadonlyMap<string, Place>;

function read(node: ASTNode, negated: boolean, scope: Scope): Formula | undefined {
  switch (node.op) {
    case '!_':
      return read(node.args, !negated, scope);
    case '&&':
    case '||':
      return readJunction(node.op, node.args, negated, scope);
    case '!=':
      return negated ? undefined : exclusive(node.args, true);
    case '==':
      return negated ? undefined : readEquality(node.args, scope);
    case 'call':
      return readGiven(node, negated);
    case 'rcall':
      return readCall(node.args, negated, scope);
    default:
      return undefined;
  }
}

/** `!(has(self.a) && has(self.b))` is read as one thing, since it has a message that names the field too many. */
function readJunction(op: '&&' | '||', nodes: readonly ASTNode[], negated: boolean, scope: Scope): Formula | undefined {
  const pair = op === '&&' && negated ? exclusive(nodes, false) : undefined;
  if (pair !== undefined) return pair;
  const parts = nodes.map((node) => read(node, negated, scope));
  const known = parts.filter((part) => part !== undefined);
  if ((op === '&&') !== negated) return all(known);
  return known.length < parts.length ? undefined : { kind: 'Any', parts: known };
}

/** Flat, and with one pattern for all the texts that are refused at one place, so that they have one message. */
function all(parts: readonly Formula[]): Formula | undefined {
  const flat = parts.flatMap((part) => (part.kind === 'All' ? part.parts : [part]));
  const merged: Formula[] = [];
  for (const part of flat) {
    const last = merged.at(-1);
    if (isRefusedText(part) && isRefusedText(last) && JSON.stringify(part.place) === JSON.stringify(last.place)) {
      merged.splice(-1, 1, { ...last, pattern: `${last.pattern}|${part.pattern}` });
    } else merged.push(part);
  }
  return merged.length > 1 ? { kind: 'All', parts: merged } : merged[0];
}

function isRefusedText(formula: Formula | undefined): formula is Formula & { kind: 'Text' } {
  return formula?.kind === 'Text' && formula.negated;
}

/** `has(self.a) != has(self.b)` and the like: undefined unless every one of `nodes` asks for a field. */
function exclusive(nodes: readonly ASTNode[], atLeastOne: boolean): Formula | undefined {
  const fields = nodes.map(givenField).filter((field) => field !== undefined);
  return fields.length < nodes.length ? undefined : { kind: 'Exclusive', fields, atLeastOne };
}

function readGiven(node: ASTNode, negated: boolean): Formula | undefined {
  const field = givenField(node);
  return field === undefined ? undefined : { kind: 'Given', field, negated };
}

/** The name of the field that `has(self.name)` asks for. */
function givenField(node: ASTNode): string | undefined {
  if (node.op !== 'call' || node.args[0] !== 'has') return undefined;
  const place = placeOf(node.args[1][0], new Map([['self', { kind: 'Self' }]]));
  return place?.kind === 'Field' ? place.name : undefined;
}

/** A text that is equal to a literal, or the sum that says how many of a list of fields are given. */
function readEquality([left, right]: readonly [ASTNode, ASTNode], scope: Scope): Formula | undefined {
  if (left.op === 'rcall' && left.args[0] === 'size' && right.op === 'value' && Number(right.args) === 1) {
    const [, filtered] = left.args;
    const listed = filtered.op === 'rcall' && filtered.args[0] === 'filter' ? filtered.args[1] : undefined;
    return listed?.op === 'list' ? exclusive(listed.args, true) : undefined;
  }
  const [place, text] = [placeOf(left, scope), textOf(right)];
  if (place === undefined || text === undefined) return undefined;
  return { kind: 'Text', place, pattern: `^${literal(text)}$`, negated: false };
}

type Call = readonly [name: string, receiver: ASTNode, args: readonly ASTNode[]];

function readCall([name, receiver, args]: Call, negated: boolean, scope: Scope): Formula | undefined {
  if (name === 'all') return negated ? undefined : readEach(receiver, args);
  const text = textOf(args[0]);
  const isCaseless = receiver.op === 'rcall' && receiver.args[0] === 'lowerAscii';
  const place = placeOf(isCaseless ? receiver.args[1] : receiver, scope);
  const pattern = text === undefined ? undefined : patternOf(name, text, isCaseless ? caseless : literal);
  return place === undefined || pattern === undefined ? undefined : { kind: 'Text', place, pattern, negated };
}

/** `self.all(key, …)` over a map, with `key` for its keys and `self[key]` for its values. */
function readEach(receiver: ASTNode, [variable, body]: readonly ASTNode[]): Formula | undefined {
  if (receiver.op !== 'id' || variable?.op !== 'id' || body === undefined) return undefined;
  return read(body, false, new Map([[variable.args, { kind: 'Keys' }]]));
}

function patternOf(name: string, text: string, quote: (text: string) => string): string | undefined {
  if (name === 'matches') return text;
  if (name === 'startsWith') return `^${quote(text)}`;
  if (name === 'endsWith') return `${quote(text)}$`;
  return name === 'contains' ? quote(text) : undefined;
}

function placeOf(node: ASTNode | undefined, scope: Scope): Place | undefined {
  if (node?.op === 'id') return scope.get(node.args);
  if (node?.op === '[]') return { kind: 'Values' };
  if (node?.op !== '.' || scope.get('self') === undefined) return undefined;
  const [object, name] = node.args;
  return object.op === 'id' && object.args === 'self' ? { kind: 'Field', name } : undefined;
}

/** The text that a literal, or a sum of literals, stands for. */
function textOf(node: ASTNode | undefined): string | undefined {
  if (node?.op === 'value') return typeof node.args === 'string' ? node.args : undefined;
  if (node?.op !== '+') return undefined;
  const [left, right] = node.args.map(textOf);
  return left === undefined || right === undefined ? undefined : left + right;
}

function literal(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

function caseless(text: string): string {
  return literal(text).replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
