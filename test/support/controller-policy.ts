import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type ResolvedTemplate, resolveTemplate } from './cloudformation.ts';

const TEMPLATE = fileURLToPath(new URL('../../deploy/aws/cloudformation.yaml', import.meta.url));

/** `deploy/aws/cloudformation.yaml` in account 123456789012, eu-west-1, with these parameters. */
export async function controllerTemplate(parameters: Readonly<Record<string, string>>): Promise<ResolvedTemplate> {
  return resolveTemplate(await readFile(TEMPLATE, 'utf8'), parameters);
}
