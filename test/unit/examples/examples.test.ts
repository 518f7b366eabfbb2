import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';
import { readManifests } from '../../../src/cli/read-manifests.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));

test('every example holds one AppAccess that is valid and leaves the namespace to kubectl', async () => {
  const { manifests, problems } = await readManifests([EXAMPLES]);
  const read = manifests.map(({ file, object }) => ({
    file: file.slice(EXAMPLES.length + 1),
    parsed: parseAppAccess(object, { namespace: 'chosen-by-kubectl' }),
  }));
  expect({ problems, files: read.map(({ file }) => file) }).toEqual({ problems: [], files: await readdir(EXAMPLES) });
  expect(read.map(({ parsed }) => (parsed.ok ? parsed.appAccess.metadata.namespace : parsed.problems))).toEqual(
    read.map(() => 'chosen-by-kubectl'),
  );
});
