import { join } from 'node:path';
import { ensurePythonPrograms } from './python-environment.ts';

/** One environment for both, so that they share one botocore. */
const REQUIREMENTS = ['moto[server]==5.2.5', 'awscli==1.46.3'];

export type MotoPrograms = { readonly motoServer: string; readonly aws: string };

/** Absolute paths of moto's server and of the `aws` command, installed first when need be: {@link ensurePythonPrograms}. */
export async function ensureMoto(report: (line: string) => void): Promise<MotoPrograms> {
  const purpose = 'the end-to-end tests run moto, a Python program';
  const bin = await ensurePythonPrograms({ name: 'moto', requirements: REQUIREMENTS, purpose }, report);
  return { motoServer: join(bin, 'moto_server'), aws: join(bin, 'aws') };
}

if (import.meta.main) console.log(await ensureMoto((line) => console.error(line)));
