/**
 * Writes src/policy/refused-aws-policies.json: AWS's own managed policies that hold, on everything and without a
 * condition, what nobody gets by the rules of src/policy/refuse-escalation.ts. To pass a role counts under a condition
 * too. Give the folder `aws/managedpolicies` of a checkout of https://github.com/iann0036/iam-dataset and its date.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { escalationOf } from '../src/policy/refuse-escalation.ts';
import type { OneOrMany, PolicyStatement } from '../src/policy/types.ts';

const TARGET = fileURLToPath(new URL('../src/policy/refused-aws-policies.json', import.meta.url));
/** Too large for the data set, and known from AWS's own reference. */
const KNOWN: Readonly<Record<string, string>> = {
  AWSMcpServiceActionsFullAccess: 'is full administrator access',
  AdministratorAccess: 'is full administrator access',
  PowerUserAccess: 'allows all but what it names, and so to take on any role',
};

const [folder, asOf] = process.argv.slice(2);
if (folder === undefined || asOf === undefined) throw new Error('give the folder and the date of the data set');

const reasons = new Map(Object.entries(KNOWN));
for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json'))) {
  const { arn, document } = JSON.parse(await readFile(join(folder, file), 'utf8'));
  const name = /:policy\/(.+)$/.exec(arn ?? '')?.[1];
  const statements: readonly PolicyStatement[] = [document?.Statement ?? []].flat();
  const reason = statements.map(reasonOf).find((found) => found !== undefined);
  if (name !== undefined && reason !== undefined && !name.startsWith('aws-service-role/')) reasons.set(name, reason);
}
const policies: Record<string, string[]> = {};
for (const [name, reason] of [...reasons].sort(([a], [b]) => (a < b ? -1 : 1))) {
  policies[reason] = [...(policies[reason] ?? []), name];
}
const source = 'https://github.com/iann0036/iam-dataset, aws/managedpolicies, by scripts/list-refused-aws-policies.ts';
await writeFile(TARGET, `${JSON.stringify({ source, asOf, policies }, undefined, 2)}\n`);
console.log(`${reasons.size} policies`);

function reasonOf({ Effect, Action, NotAction, Resource, Condition }: PolicyStatement): string | undefined {
  const resources = list(Resource).filter((resource) => /^\*$|:(role|user|group|policy)\/\*$/.test(resource));
  if (Effect !== 'Allow' || resources.length === 0) return undefined;
  if (NotAction !== undefined && Condition === undefined) return 'allows all but what it names';
  for (const action of list(Action)) {
    const [reason, refused] = escalationOf(action, resources)?.split(', which nobody gets') ?? [];
    if (refused === undefined) continue;
    if (Condition === undefined || /pass/.test(reason ?? '')) return reason?.replace(/^reaches [^:]+:[^:]+: it /, '');
  }
  return undefined;
}

function list(value: OneOrMany | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}
