import type { LogFields, Logger } from '../../src/base/logger.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps every line but those of level debug. */
export function recordingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level'], own: LogFields) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields: readable({ ...own, ...fields }) });
  const make = (own: LogFields): Logger => ({
    debug() {},
    info: at('info', own),
    warn: at('warn', own),
    error: at('error', own),
    child: (fields) => make({ ...own, ...fields }),
  });
  return { ...make({}), lines };
}

/** `fields` with the message in place of an error, so that a line can be searched as text. */
function readable(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.message : value]),
  );
}
