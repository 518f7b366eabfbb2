/** Options of a command as commander returns them, by key in camel case. */
export type Flags = Readonly<Record<string, unknown>>;

export interface CommandResult {
  readonly exitCode: number;
  /** Printed as it is. */
  readonly stdout?: string;
}

/** Ends a command with `message` on standard error; for what the user has to mend. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The value of an option that commander guarantees to be a string. */
export function textFlag(flags: Flags, key: string): string {
  const value = flags[key];
  if (typeof value !== 'string') throw new CommandError(`--${key} needs a value`);
  return value;
}

/** The values of an option that may be given several times. */
export function listFlag(flags: Flags, key: string): readonly string[] {
  const value = flags[key];
  return Array.isArray(value) ? value.map(String) : [];
}

/** The option's value, which must be one of `choices`. */
export function choiceFlag<const Choices extends readonly string[]>(
  flags: Flags,
  key: string,
  choices: Choices,
): Choices[number] {
  const value = textFlag(flags, key);
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new CommandError(`--${key} ${value}: must be one of ${choices.join(', ')}`);
  return found;
}
