import { runAws } from './commands.ts';
import type { Moto } from './moto.ts';

/** The roles that the controller of the cluster named `clusterName` has in moto, as `aws iam list-roles` prints them. */
export async function listRoles(moto: Moto, clusterName: string): Promise<readonly unknown[]> {
  const args = ['iam', 'list-roles', '--path-prefix', `/appaccess/${clusterName}/`];
  const { stdout, stderr, exitCode } = await runAws(moto, args);
  if (exitCode !== 0) throw new Error(`aws ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout).Roles;
}
