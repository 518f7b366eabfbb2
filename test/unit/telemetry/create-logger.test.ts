import { expect, test } from 'vitest';
import { TransientError } from '../../../src/base/errors.ts';
import { createLogger, type LogFormat, type LogLevel } from '../../../src/telemetry/create-logger.ts';

function capture(format: LogFormat, level: LogLevel = 'info') {
  const lines: string[] = [];
  const log = createLogger({ format, level, write: (line) => lines.push(line) });
  const entries = () => lines.map((line): Record<string, unknown> => JSON.parse(line));
  return { log, lines, entries };
}

test('a JSON line has level, time, message, the fields of the child and its own', () => {
  const { log, entries, lines } = capture('json');
  log.child({ controller: 'appaccess' }).info('role created', { key: 'billing/uploader', attempts: 2 });
  expect(entries()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      controller: 'appaccess',
      key: 'billing/uploader',
      attempts: 2,
      msg: 'role created',
    },
  ]);
  expect(lines[0]?.endsWith('}\n')).toBe(true);
});

test('lines below the level are dropped', () => {
  const { log, entries } = capture('json', 'warn');
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  expect(entries().map(({ msg }) => msg)).toEqual(['c', 'd']);
});

test('an error is logged with reason, stack and cause, and nothing else that hangs on it', () => {
  const { log, entries } = capture('json');
  const cause = Object.assign(new Error('answer'), { $response: { headers: { authorization: 'x' } } });
  const error = new TransientError('AwsUnavailable', 'no answer', cause);
  log.error('pass failed', { error });
  expect(entries()[0]?.error).toEqual({
    type: 'TransientError',
    reason: 'AwsUnavailable',
    message: 'no answer',
    stack: error.stack,
    cause: { type: 'Error', message: 'answer', stack: cause.stack },
  });
});

test('policies and credentials are left out wherever they stand', () => {
  const { log, lines } = capture('json');
  const hidden = 'hidden-value';
  log.info('x', { document: hidden, deep: [{ sessionToken: hidden, Policy: { Statement: hidden } }], trust: hidden });
  log.child({ secretAccessKey: hidden }).info('y');
  expect(lines.join('')).not.toContain(hidden);
});

test('a field cannot take the place of level, time or message', () => {
  const { log, entries } = capture('json');
  log.info('true message', { msg: 'forged', level: 'error' });
  expect(entries()[0]).toMatchObject({ level: 'info', msg: 'true message', msgField: 'forged', levelField: 'error' });
});

test('a text line is one line for people, with line breaks in values escaped', () => {
  const { log, lines } = capture('text');
  log.warn('role kept', { key: 'billing/uploader', note: 'two words\nforged line', count: 3 });
  expect(lines[0]?.replace(/^\S+ /, '')).toBe(
    'WARN  role kept key=billing/uploader note="two words\\nforged line" count=3\n',
  );
});

test('a text line leaves out which controller it is, and ends with the id of the pass', () => {
  const { log, lines } = capture('text');
  const pass = { controller: 'appaccess', controllerGroup: 'appaccess.dev', controllerKind: 'AppAccess' };
  log.child({ ...pass, namespace: 'billing', name: 'uploader', reconcileID: '1-2' }).info('spec applied', { count: 3 });
  expect(lines[0]?.replace(/^\S+ /, '')).toBe(
    'INFO  spec applied namespace=billing name=uploader count=3 reconcileID=1-2\n',
  );
});

test('a text line puts the stack of an error on lines below', () => {
  const { log, lines } = capture('text');
  log.error('pass failed', { error: new Error('no answer') });
  const [first, second] = lines.join('').split('\n');
  expect(first?.replace(/^\S+ /, '')).toBe('ERROR pass failed error="no answer"');
  expect(second).toMatch(/^\s+at .*create-logger\.test\.ts/);
});
