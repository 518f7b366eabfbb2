import {
  configFileSetting,
  defaultTextOf,
  type OwnDefaults,
  SCOPES,
  type Scope,
  type Setting,
  settings,
  variablesOf,
} from './settings.ts';

/** An option as commander's `option(flags, description)` takes it. */
export interface OptionDescription {
  /** `--account-id <digits>`. */
  readonly flags: string;
  readonly description: string;
}

/**
 * The options that a command offers, in a fixed order, the one for the file first: those of `scope` and of the
 * scopes before it. They have no defaults of their own: a flag that nobody gave must not hide environment and file. What
 * the help says of defaults is `ownDefaults` where the command has another than the rest.
 */
export function describeOptions(scope: Scope, ownDefaults: OwnDefaults = {}): readonly OptionDescription[] {
  const { flag, placeholder, description, variable } = configFileSetting;
  const file = { flags: `--${flag} <${placeholder}>`, description: `${description} (${variable})` };
  const offered = allSettings().filter((setting) => SCOPES.indexOf(setting.scope) <= SCOPES.indexOf(scope));
  return [
    file,
    ...offered.map((setting) => ({ flags: optionFlags(setting), description: optionHelp(setting, ownDefaults) })),
  ];
}

/** The table of all settings for the README, in Markdown, with a line end. */
export function settingsMarkdown(): string {
  const rows = allSettings().map((setting) => [
    code(optionFlags(setting)),
    variablesOf(setting).map(code).join(', '),
    defaultOf(setting) ?? '–',
    COMMANDS[setting.scope],
    setting.description,
  ]);
  const head = ['flag', 'environment', 'default', 'commands', 'meaning'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

const COMMANDS: Readonly<Record<Scope, string>> = {
  EveryCommand: 'all',
  Controller: '`controller`, `dev`',
  RealCluster: '`controller`',
};

function allSettings(): readonly Setting<unknown>[] {
  return Object.values(settings);
}

function optionFlags({ flag, placeholder }: Setting<unknown>): string {
  return placeholder === undefined ? `--${flag}` : `--${flag} <${placeholder}>`;
}

function optionHelp(setting: Setting<unknown>, ownDefaults: OwnDefaults): string {
  const fallback = defaultTextOf(setting, ownDefaults) ?? setting.defaultWords;
  const shown = fallback === undefined || setting.placeholder === undefined ? '' : `; default: ${fallback}`;
  return `${setting.description} (${variablesOf(setting).join(', ')}${shown})`;
}

function defaultOf({ defaultText, defaultWords }: Setting<unknown>): string | undefined {
  return defaultText === undefined ? defaultWords : code(defaultText);
}

function code(text: string): string {
  return `\`${text}\``;
}
