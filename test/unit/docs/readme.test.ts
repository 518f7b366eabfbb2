import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileManifests } from '../../../src/cli/compile-manifests.ts';
import { settingsMarkdown } from '../../../src/config/describe-settings.ts';

const ROOT = new URL('../../../', import.meta.url);
const readme = readFileSync(new URL('README.md', ROOT), 'utf8');

test('the README shows every setting as it is', () => {
  expect(readme).toContain(settingsMarkdown());
});

test('the README shows the example and the documents that it compiles to', async () => {
  const example = fileURLToPath(new URL('examples/lambda-s3-dynamodb.yaml', ROOT));
  const settings = { partition: 'aws', accountId: '111122223333', region: 'eu-west-1', clusterName: 'demo' };
  const { compiled } = await compileManifests([example], settings, 'default');
  const role = compiled[0]?.compiled.desired.role;
  const manifest = readFileSync(example, 'utf8').replace(/^# yaml-language-server: .*\n/, ''); // a note to editors
  expect(readme).toContain(manifest.trim());
  expect(readme).toContain(JSON.stringify(role?.trust, undefined, 2));
  expect(readme).toContain(JSON.stringify(role?.inline.appaccess, undefined, 2));
  expect(readme).toContain(`${role?.path}${role?.name}`);
});
