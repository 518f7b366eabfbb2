import type { CompileSettings } from '../policy/types.ts';
import { CommandError, type CommandResult, type Flags, listFlag, textFlag } from './command-result.ts';
import { compileManifests } from './compile-manifests.ts';
import { compileSettings, readConfig } from './read-config.ts';
import { renderProblems } from './render-problems.ts';

/** Stand in for what nobody gave: whether a manifest is right does not depend on them. */
const PLACEHOLDERS = {
  accountId: '000000000000',
  region: 'us-east-1',
  clusterName: 'cluster',
  oidcIssuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/00000000000000000000000000000000',
} as const;

/** `appaccess lint`: every problem of every document at once, exit code 1 when there is one. */
export async function runLint(flags: Flags): Promise<CommandResult> {
  const given = compileSettings(readConfig(flags));
  const placeIsAssumed = given.accountId === undefined || given.region === undefined;
  const settings: CompileSettings = { ...PLACEHOLDERS, ...given, placeIsAssumed };
  const { compiled, problems } = await compileManifests(
    listFlag(flags, 'filename'),
    settings,
    textFlag(flags, 'namespace'),
  );
  if (problems.length > 0) throw new CommandError(renderProblems(problems).trimEnd());
  return { exitCode: 0, stdout: `${compiled.length} AppAccess, no problem\n` };
}
