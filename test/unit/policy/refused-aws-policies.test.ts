import { expect, test } from 'vitest';
import { refusedAwsPolicy } from '../../../src/policy/refused-aws-policies.ts';

test.each([
  ['AdministratorAccess', 'is full administrator access'],
  ['administratoraccess', 'is full administrator access'],
  ['job-function/AdministratorAccess', 'is full administrator access'],
  ['IAMFullAccess', 'allows everything in IAM'],
  ['PowerUserAccess', 'allows all but what it names'],
  ['AWSOrganizationsFullAccess', 'allows everything in the organisation'],
  ['AdministratorAccess-Amplify', 'which nobody gets'],
  ['AWSLambda_FullAccess', 'run code under any role'],
  ['aws-service-role/AWSSupportServiceRolePolicy', 'cannot be attached'],
])('%s is refused', (name, words) => {
  expect(refusedAwsPolicy(name)).toContain(words);
});

test.each([
  'AmazonSSMManagedInstanceCore',
  'ReadOnlyAccess',
  'service-role/AWSLambdaBasicExecutionRole',
  'constructor',
])('%s is not refused', (name) => {
  expect(refusedAwsPolicy(name)).toBeUndefined();
});
