import { expect, test } from 'vitest';
import { noSuchEntity } from '../../../../src/dev/aws/errors.ts';
import { parseQueryCall, queryFailure, querySuccess } from '../../../../src/dev/aws/query-protocol.ts';

const CALL = { service: 'iam', action: 'GetThing', parameters: {} } as const;
const HEAD = '<GetThingResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">';
const FOOT = '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetThingResponse>';

test('numbered members become lists in the order of their numbers', () => {
  const form = new URLSearchParams({
    Action: 'TagRole',
    Version: '2010-05-08',
    RoleName: 'a+b',
    'Tags.member.10.Key': 'last',
    'Tags.member.10.Value': '',
    'Tags.member.2.Key': 'first',
    'Tags.member.2.Value': 'x y',
    'TagKeys.member.1': 'k',
  });
  expect(parseQueryCall(form.toString(), undefined)).toEqual({
    service: 'iam',
    action: 'TagRole',
    parameters: {
      RoleName: 'a+b',
      Tags: [
        { Key: 'first', Value: 'x y' },
        { Key: 'last', Value: '' },
      ],
      TagKeys: ['k'],
    },
  });
});

test('the service comes from the version, and without one from the credential scope', () => {
  expect(parseQueryCall('Action=GetCallerIdentity&Version=2011-06-15', 'iam').service).toBe('sts');
  expect(parseQueryCall('Action=GetCallerIdentity', 'sts').service).toBe('sts');
});

test('a call for another service or without an action is refused', () => {
  expect(() => parseQueryCall('Action=SendMessage', 'sqs')).toThrow(
    expect.objectContaining({ status: 400, code: 'InvalidAction' }),
  );
  expect(() => parseQueryCall('Version=2010-05-08', 'iam')).toThrow(
    expect.objectContaining({ status: 400, code: 'MissingAction' }),
  );
});

test('lists become member elements, empty ones empty elements, and text is escaped', () => {
  const result = { Names: ['a', 'b'], None: [], Text: '<&">', Absent: undefined, Flag: false, Count: 0 };
  expect(querySuccess(CALL, result, 'r-1')).toBe(
    `${HEAD}<GetThingResult><Names><member>a</member><member>b</member></Names><None></None><Text>&lt;&amp;&quot;&gt;</Text><Flag>false</Flag><Count>0</Count></GetThingResult>${FOOT}`,
  );
});

test('a call without a result is answered with its metadata only', () => {
  expect(querySuccess(CALL, undefined, 'r-1')).toBe(HEAD + FOOT);
});

test('a failure names sender, code, message and request', () => {
  expect(queryFailure('iam', noSuchEntity('gone'), 'r-1')).toBe(
    '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>gone</Message></Error><RequestId>r-1</RequestId></ErrorResponse>',
  );
});
