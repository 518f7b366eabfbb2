import { type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import type { LogFields, Logger } from '../base/logger.ts';
import { toLogValue } from './log-value.ts';
import { textLine } from './text-line.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFormat = 'json' | 'text';

/**
 * A logger that passes each line, with its line end, to `write` (default: standard error). `json`: one object a line with
 * `level`, `ts` (ISO 8601), `msg` and the fields,. `text`: the same for people.
 * Lines below `level` cost nothing. Errors come with their stack and causes; values of fields that are named like a
 * policy or a credential are left out.
 */
export function createLogger(options: {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write?: (line: string) => void;
}): Logger {
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const sink = options.format === 'json' ? write : (line: string) => write(textLine(line));
  const root = pino(
    {
      level: options.level,
      base: null, // no process id and host name: the container's log has them
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: sink },
  );
  return wrap(root);
}

function wrap(target: Pino): Logger {
  return {
    debug: (message, fields) => target.isLevelEnabled('debug') && target.debug(toLogFields(fields), message),
    info: (message, fields) => target.info(toLogFields(fields), message),
    warn: (message, fields) => target.warn(toLogFields(fields), message),
    error: (message, fields) => target.error(toLogFields(fields), message),
    child: (fields) => wrap(target.child(toLogFields(fields))),
  };
}

/** The names that a line has by itself, and what a field of that name is called instead. */
const TAKEN_NAMES: ReadonlySet<string> = new Set(['level', 'time', 'msg']);

function toLogFields(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      TAKEN_NAMES.has(name) ? `${name}Field` : name,
      toLogValue(name, value),
    ]),
  );
}
