import { dump } from 'js-yaml';
import { toCompiledJson } from '../policy/render-compiled.ts';
import { CommandError, type CommandResult, choiceFlag, type Flags, listFlag, textFlag } from './command-result.ts';
import { compileManifests } from './compile-manifests.ts';
import { compileSettings, readConfig } from './read-config.ts';
import { renderProblems } from './render-problems.ts';

/** `appaccess compile`: the IAM documents of every manifest, or every problem and nothing else. */
export async function runCompile(flags: Flags): Promise<CommandResult> {
  const output = choiceFlag(flags, 'output', ['yaml', 'json']);
  const settings = compileSettings(readConfig(flags));
  const { compiled, problems } = await compileManifests(
    listFlag(flags, 'filename'),
    settings,
    textFlag(flags, 'namespace'),
  );
  if (problems.length > 0) throw new CommandError(renderProblems(problems).trimEnd());
  const result = compiled.map(({ compiled: { desired } }) => toCompiledJson(desired));
  const stdout =
    output === 'json' ? `${JSON.stringify(result, undefined, 2)}\n` : dump(result, { noRefs: true, lineWidth: 120 });
  return { exitCode: 0, stdout };
}
