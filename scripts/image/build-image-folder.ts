import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDockerfile } from './parse-dockerfile.ts';
import { type BuiltImage, performDockerfile } from './perform-dockerfile.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Performs the steps of our Dockerfile into the empty `folder`, without a container engine and without the base images:
 * Node and npm of this machine build, and the Node that runs this is all that the runtime image has. About 20 seconds.
 */
export async function buildImageFolder(folder: string): Promise<BuiltImage> {
  const stages = parseDockerfile(await readFile(join(ROOT, 'Dockerfile'), 'utf8'));
  return performDockerfile(stages, { context: ROOT, folder, fillBase });
}

async function fillBase(image: string, root: string): Promise<void> {
  if (!image.includes('/distroless/nodejs')) return;
  await mkdir(join(root, 'nodejs/bin'), { recursive: true });
  await copyFile(process.execPath, join(root, 'nodejs/bin/node'));
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('name an empty folder to build into');
  console.log(await buildImageFolder(folder));
}
