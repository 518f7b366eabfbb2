import { expect, test } from 'vitest';
import { PATH, ROLE_NAME, SESSION_SECONDS } from '../../../../src/dev/aws/parameter-rules.ts';
import { ParameterReader, type Parameters } from '../../../../src/dev/aws/parameters.ts';

function problemOf(parameters: Parameters, read: (input: ParameterReader) => void): unknown {
  const input = new ParameterReader(parameters);
  read(input);
  try {
    input.done();
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
  return undefined;
}

test('parameters within their rules pass', () => {
  expect(
    problemOf({ RoleName: 'a.b-c', Path: '/a/b/', MaxSessionDuration: '43200' }, (input) => {
      expect([
        input.requiredText('RoleName', ROLE_NAME),
        input.text('Path', PATH),
        input.integer('MaxSessionDuration', SESSION_SECONDS),
        input.text('Absent'),
      ]).toEqual(['a.b-c', '/a/b/', 43_200, undefined]);
    }),
  ).toBeUndefined();
});

test('breaches of length and range come together in one message', () => {
  expect(
    problemOf({ RoleName: '', MaxSessionDuration: '10' }, (input) => {
      input.requiredText('RoleName', ROLE_NAME);
      input.requiredText('PolicyName', ROLE_NAME);
      input.integer('MaxSessionDuration', SESSION_SECONDS);
    }),
  ).toBe(
    "3 validation errors detected: Value '' at 'roleName' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
      "Value null at 'policyName' failed to satisfy constraint: Member must not be null; " +
      "Value '10' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600",
  );
});

test('a path must begin and end with a slash', () => {
  for (const path of ['a/', '/a', '//a b/']) {
    expect(problemOf({ Path: path }, (input) => input.text('Path', PATH))).toBe(
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    );
  }
});
