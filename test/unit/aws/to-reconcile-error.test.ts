import { expect, test } from 'vitest';
import { toReconcileError } from '../../../src/aws/to-reconcile-error.ts';
import { TerminalError } from '../../../src/base/errors.ts';

const call = { service: 'iam', action: 'GetRole', target: 'role r', write: false } as const;

test('an error that another service sent while credentials were fetched is about credentials', () => {
  const error = Object.assign(new Error('Not authorized to perform sts:AssumeRoleWithWebIdentity'), {
    name: 'AccessDenied',
    $fault: 'client',
    $metadata: { httpStatusCode: 403 },
  });
  expect(toReconcileError(error, call, false)).toMatchObject({ name: 'WaitingError', reason: 'NoCredentials' });
  expect(toReconcileError(error, call, true)).toMatchObject({ name: 'WaitingError', reason: 'AccessDenied' });
});

test('a network fault and a time-out are transient and keep their cause', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const late = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
  for (const cause of [refused, late]) {
    expect(toReconcileError(cause, call, false)).toMatchObject({
      name: 'TransientError',
      reason: 'AwsUnavailable',
      cause,
    });
  }
});

test('a mistake of the program and an error that is classified already stay as they are', () => {
  const bug = new TypeError('x is not a function');
  const classified = new TerminalError('QuotaExceeded', 'too many');
  expect(toReconcileError(bug, call, false)).toBe(bug);
  expect(toReconcileError(classified, call, false)).toBe(classified);
});

test('an access denial names the companions of the action too, since any of them may be what is missing', () => {
  const error = Object.assign(new Error('denied'), { name: 'AccessDenied', $fault: 'client' });
  expect(toReconcileError(error, { ...call, action: 'CreateRole', write: true }, true)).toMatchObject({
    message: expect.stringContaining('allow iam:CreateRole and iam:TagRole for role r in the IAM policy'),
  });
});
