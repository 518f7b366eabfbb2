import { expect, test } from 'vitest';
import { appAccessStructure } from '../../../src/api/app-access-structure.ts';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { compileAccess } from '../../../src/policy/compile-access.ts';

const SETTINGS = { partition: 'aws', accountId: '111122223333', region: 'eu-west-1', clusterName: 'main' };
const spec = appAccessStructure.properties?.spec?.properties;
const subjects = Object.entries(spec?.subject?.properties ?? {});
const kinds = Object.entries(spec?.grants?.items?.properties ?? {}).filter(([name]) => name !== 'name');

/** What the compiler says against a manifest with this subject and this grant. */
function problemsOf(subject: object, grant: object) {
  const parsed = parseAppAccess(
    {
      apiVersion: 'appaccess.dev/v1alpha1',
      kind: 'AppAccess',
      metadata: { name: 'example', namespace: 'default' },
      spec: { subject, grants: [grant] },
    },
    { namespace: 'default' },
  );
  if (!parsed.ok) return parsed.problems;
  const compiled = compileAccess(parsed.appAccess, SETTINGS);
  return compiled.ok ? [] : compiled.problems;
}

test.each(subjects)('the example of subject %s compiles', (kind, { example }) => {
  expect(problemsOf({ [kind]: example }, { sqs: { queue: 'jobs', access: ['Send'] } })).toEqual([]);
});

test.each(kinds)(
  'the example of grant %s compiles, with each of its fields as in the example of that field',
  (kind, { example, properties = {} }) => {
    const { conditions, kmsKey, actions } = properties;
    const whole = { ...(example as object), ...(conditions && { conditions: conditions.example }) };
    const withKey = { ...whole, ...(kmsKey && { kmsKey: kmsKey.example }) };
    const { access: _, ...bare } = example as { access?: unknown };
    const byActions = actions === undefined ? example : { ...bare, actions: actions.example };
    const answers = [example, withKey, byActions].map((grant) => problemsOf({ ec2: {} }, { [kind]: grant }));
    expect(answers).toEqual([[], [], []]);
  },
);
