import type { Problem } from '../base/problem.ts';
import { partitionOfRegion } from '../policy/partition-of-region.ts';
import type { Config } from './config.ts';
import { type FileValues, parseConfigFile } from './config-file.ts';
import {
  configFileSetting,
  defaultTextOf,
  keyOf,
  type OwnDefaults,
  type Setting,
  settings,
  variablesOf,
} from './settings.ts';

export interface ConfigInputs {
  /** Options as commander returns them, by key in camel case; others than settings are passed over. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of the file at a path; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
  /** Stronger than the defaults that all commands share. */
  readonly ownDefaults?: OwnDefaults;
}

export type ConfigAnswer =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * The configuration from flags, environment and the file that `--config` or APPACCESS_CONFIG names; a flag beats the
 * environment, which beats the file, which beats the default. An empty environment variable counts as not set. When
 * anything is wrong, all of the problems at once, each with the flag, variable or file key that it came by as its path.
 */
export function loadConfig(inputs: ConfigInputs): ConfigAnswer {
  const file = readConfigFile(inputs);
  const sources: readonly Source[] = [
    flagSource(inputs.flags),
    variableSource(inputs.env),
    file.source,
    defaultSource(inputs.ownDefaults),
  ];
  const givenBy = (setting: Setting<unknown>) => firstGiven(sources, setting);
  const read = <T>(setting: Setting<T>): T | undefined => parsedValue(setting, givenBy(setting));
  const region = read(settings.region);
  const problems = [
    ...file.problems,
    ...Object.values(settings).flatMap((setting) => problemsOf(setting, givenBy(setting))),
    ...partitionProblems(region, read(settings.partition), givenBy(settings.partition)),
  ];
  if (problems.length > 0) return { ok: false, problems };

  const config: Config = {
    ...optional('accountId', read(settings.accountId)),
    ...optional('region', region),
    partition: read(settings.partition) ?? partitionOfRegion(region),
    ...optional('clusterName', read(settings.clusterName)),
    ...optional('predecessorClusterUids', read(settings.predecessorClusterUids)),
    ...optional('oidcIssuer', read(settings.oidcIssuer)),
    ...optional('kubeconfig', read(settings.kubeconfig)),
    ...optional('metricsAddress', read(settings.metricsAddress)),
    ...optional('healthAddress', read(settings.healthAddress)),
    workers: required(settings.workers, read),
    ...optional('awsRequestsPerSecond', read(settings.awsRequestsPerSecond)),
    sweepIntervalSeconds: required(settings.sweepIntervalSeconds, read),
    leaderElect: required(settings.leaderElect, read),
    ...optional('leaseNamespace', read(settings.leaseNamespace)),
    leaseDurationSeconds: required(settings.leaseDurationSeconds, read),
    readOnly: required(settings.readOnly, read),
    unguarded: required(settings.unguarded, read),
    logLevel: required(settings.logLevel, read),
    logFormat: required(settings.logFormat, read),
    ...optional('tracesExporter', read(settings.tracesExporter)),
  };
  return { ok: true, config: Object.freeze(config) };
}

/** A text that somebody gave for a setting, and where: `--region`, `AWS_REGION`, `region in appaccess.yaml`. */
interface Given {
  readonly text: string;
  readonly place: string;
}

type Source = (setting: Setting<unknown>) => Given | undefined;

function firstGiven(sources: readonly Source[], setting: Setting<unknown>): Given | undefined {
  for (const source of sources) {
    const given = source(setting);
    if (given !== undefined) return given;
  }
  return undefined;
}

function flagSource(flags: ConfigInputs['flags']): Source {
  return (setting) => {
    const value = flags[keyOf(setting)];
    return value === undefined ? undefined : { text: String(value), place: `--${setting.flag}` };
  };
}

function variableSource(env: ConfigInputs['env']): Source {
  return (setting) => {
    const place = variablesOf(setting).find((variable) => isSet(env[variable]));
    const text = place === undefined ? undefined : env[place];
    return place === undefined || text === undefined ? undefined : { text, place };
  };
}

function defaultSource(ownDefaults: OwnDefaults | undefined): Source {
  return (setting) => {
    const text = defaultTextOf(setting, ownDefaults);
    return text === undefined ? undefined : { text, place: `default of --${setting.flag}` };
  };
}

function readConfigFile({ flags, env, readFile }: ConfigInputs): { source: Source; problems: readonly Problem[] } {
  const { flag, variable } = configFileSetting;
  const byFlag = flags[flag];
  const byVariable = env[variable];
  const path = byFlag !== undefined ? String(byFlag) : byVariable;
  if (!isSet(path)) return { source: () => undefined, problems: [] };
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const place = byFlag !== undefined ? `--${flag}` : variable;
    return { source: () => undefined, problems: [{ path: place, problem: `the file cannot be read: ${why}` }] };
  }
  const { values, problems } = parseConfigFile(path, text, Object.values(settings).map(keyOf));
  return { source: fileSource(path, values), problems };
}

function fileSource(path: string, values: FileValues): Source {
  return (setting) => {
    const key = keyOf(setting);
    const text = values.get(key);
    return text === undefined ? undefined : { text, place: `${key} in ${path}` };
  };
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function problemsOf(setting: Setting<unknown>, given: Given | undefined): Problem[] {
  if (given === undefined) return [];
  const parsed = setting.parse(given.text);
  return 'problem' in parsed ? [{ path: given.place, problem: parsed.problem }] : [];
}

function parsedValue<T>(setting: Setting<T>, given: Given | undefined): T | undefined {
  if (given === undefined) return undefined;
  const parsed = setting.parse(given.text);
  return 'value' in parsed ? parsed.value : undefined;
}

/** Value of a setting with a default. It is never absent once there is no problem. */
function required<T>(setting: Setting<T>, read: (setting: Setting<T>) => T | undefined): T {
  const value = read(setting);
  if (value === undefined) throw new Error(`the setting ${setting.flag} needs a default`);
  return value;
}

/** `{[key]: value}`, or nothing when there is no value: an absent setting has no key. */
function optional<Key extends string, T>(key: Key, value: T | undefined): Partial<Record<Key, T>>;
function optional(key: string, value: unknown): object {
  return value === undefined ? {} : { [key]: Object.freeze(value) };
}

function partitionProblems(region: string | undefined, partition: string | undefined, given: Given | undefined) {
  if (region === undefined || partition === undefined || given === undefined) return [];
  const right = partitionOfRegion(region);
  if (partition === right) return [];
  return [
    { path: given.place, problem: `${partition} does not have region ${region}: leave it out or write ${right}` },
  ];
}
