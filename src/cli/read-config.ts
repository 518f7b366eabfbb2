import { readFileSync } from 'node:fs';
import { problemText } from '../base/problem.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { OwnDefaults } from '../config/settings.ts';
import type { CompileSettings } from '../policy/types.ts';
import { CommandError, type Flags } from './command-result.ts';

/** The configuration of this run. Throws `CommandError` with every problem in it, one a line. */
export function readConfig(flags: Flags, ownDefaults: OwnDefaults = {}): Config {
  const answer = loadConfig({ flags, env: process.env, readFile: (path) => readFileSync(path, 'utf8'), ownDefaults });
  if (answer.ok) return answer.config;
  throw new CommandError(answer.problems.map(problemText).join('\n'));
}

/** The part of `config` that the compiler works with. */
export function compileSettings(config: Config): CompileSettings {
  const { partition, accountId, region, clusterName, oidcIssuer, predecessorClusterUids: predecessorUids } = config;
  return {
    partition,
    ...(accountId === undefined ? {} : { accountId }),
    ...(region === undefined ? {} : { region }),
    ...(clusterName === undefined ? {} : { clusterName }),
    ...(predecessorUids === undefined ? {} : { predecessorUids }),
    ...(oidcIssuer === undefined ? {} : { oidcIssuer }),
  };
}
