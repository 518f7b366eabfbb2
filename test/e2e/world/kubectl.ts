import { runKubectl } from './commands.ts';
import type { ControlPlane } from './control-plane.ts';

/** Runs the real kubectl and returns what it printed; throws with its words when it fails. */
export interface Kubectl {
  (...args: readonly string[]): Promise<string>;
  /** With `stdin` to read from. */
  withInput(stdin: string, ...args: readonly string[]): Promise<string>;
}

/** A {@link Kubectl} for `controlPlane`, whose errors also have what `explain` says, such as the log of the controller. */
export function kubectlFor(
  controlPlane: Pick<ControlPlane, 'kubectl' | 'kubeconfigPath'>,
  explain: () => Promise<string> | undefined = () => undefined,
): Kubectl {
  const withInput = async (stdin: string, ...args: readonly string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await runKubectl(controlPlane, args, { stdin });
    if (exitCode === 0) return stdout;
    const why = await explain();
    throw new Error(`kubectl ${args.join(' ')}: ${stderr}${why === undefined ? '' : `\n${why}`}`);
  };
  return Object.assign((...args: readonly string[]) => withInput('', ...args), { withInput });
}
