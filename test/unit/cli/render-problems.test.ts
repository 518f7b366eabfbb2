import { expect, test } from 'vitest';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { parseManifests } from '../../../src/cli/parse-manifests.ts';
import { locateProblems, renderProblems } from '../../../src/cli/render-problems.ts';

test('renderProblems writes file, line, field and problem of each, those of the whole file without a field', () => {
  const problems = [
    { file: 'a.yaml', line: 3, path: 'spec.grants', problem: 'is required' },
    { file: 'b.yaml', line: 1, path: '', problem: 'does not exist' },
  ];
  expect(renderProblems(problems)).toBe('a.yaml:3: spec.grants: is required\nb.yaml:1: does not exist\n');
});

test('locateProblems gives each problem of an object its line, that of the field around for a field that is missing', () => {
  const text = `apiVersion: appaccess.dev/v1alpha1
kind: AppAccess
metadata: {name: a}
spec:
  grants:
    - s3:
        prefix: uploads
        access: [Wirte]
  subject:
    lambda: {}
`;
  const [manifest] = parseManifests('a.yaml', text).manifests;
  if (manifest === undefined) throw new Error('the manifest was not read');
  const parsed = parseAppAccess(manifest.object, { namespace: 'default' });
  expect(renderProblems(locateProblems(manifest, parsed.ok ? [] : parsed.problems))).toBe(
    `a.yaml:6: spec.grants[0].s3.bucket: is required: Name of the bucket
a.yaml:7: spec.grants[0].s3.prefix: must end in '/': without it 'uploads' would also match 'uploads-secret'
a.yaml:8: spec.grants[0].s3.access[0]: must be one of Read, Get, List, Write, Delete, ReadVersions, DeleteVersions, ReadTags, WriteTags, DeleteTags, not "Wirte"; did you mean Write?
a.yaml:10: spec.subject.lambda.functionName: is required: Name of the Lambda function
`,
  );
});
