import type { Problem } from '../base/problem.ts';
import { fieldPath } from './field-path.ts';
import { nearestName } from './nearest-name.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Says of the field `name` of the object at `path`, which `schema` does not know, what to write in its place. */
export function unknownFieldProblem(schema: StructuralSchema, name: string, path: string): Problem {
  const known = Object.keys(schema.properties ?? {});
  return { path: fieldPath(path, name), problem: `is not a known field; ${remedyFor(name, known)}` };
}

function remedyFor(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  const habit = HABITS.get(name.toLowerCase());
  if (habit !== undefined) return habit;
  return known.length === 0 ? 'nothing can be set here; write {}' : `known here: ${known.join(', ')}`;
}

/** Fields that people bring along from IAM and other tools, and what stands in their place here. */
const HABITS: ReadonlyMap<string, string> = new Map([
  ['principal', 'leave it out: the role itself is the principal'],
  ['notprincipal', 'leave it out: the role itself is the principal'],
  ['sid', 'give the grant a name instead, which becomes the Sid'],
  ['arn', 'write the bare name of the resource in its own field'],
  ['namespace', 'leave it out: only the namespace of this AppAccess is meant'],
]);
