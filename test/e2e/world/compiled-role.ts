import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { REGION, runAws } from './commands.ts';
import { ACCOUNT_ID, type Moto } from './moto.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));

/** The parts of `appaccess compile -o json` that a role is made of. */
export type CompiledRole = {
  readonly name: string;
  readonly path: string;
  readonly trust: unknown;
  /** Policy documents by policy name. */
  readonly inline: Readonly<Record<string, unknown>>;
};

/** The role that the program compiles from the only AppAccess in a file of `examples/`. Throws when it fails. */
export async function compileExample(file: string): Promise<CompiledRole> {
  const { stdout } = await execa(process.execPath, [
    ...[MAIN, 'compile', '-f', `${EXAMPLES}/${file}`, '-o', 'json'],
    ...['--account-id', ACCOUNT_ID, '--region', REGION, '--cluster-name', 'demo'],
  ]);
  const [{ role }] = JSON.parse(stdout) as [{ role: CompiledRole }];
  return role;
}

/** Makes a compiled role with the real `aws` command, as a person would, and returns its ARN. */
export async function createCompiledRole(moto: Moto, role: CompiledRole): Promise<string> {
  const created = await runAws(moto, [
    ...['iam', 'create-role', '--role-name', role.name, '--path', role.path],
    ...['--assume-role-policy-document', JSON.stringify(role.trust)],
  ]);
  if (created.exitCode !== 0) throw new Error(created.stderr);
  for (const [policyName, document] of Object.entries(role.inline)) {
    const put = await runAws(moto, [
      ...['iam', 'put-role-policy', '--role-name', role.name, '--policy-name', policyName],
      ...['--policy-document', JSON.stringify(document)],
    ]);
    if (put.exitCode !== 0) throw new Error(put.stderr);
  }
  return JSON.parse(created.stdout).Role.Arn;
}
