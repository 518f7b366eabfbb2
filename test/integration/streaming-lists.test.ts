import { afterEach, expect, test } from 'vitest';
import { type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};

let world: EmbeddedWorld;
afterEach(() => world.stop());

test.each([
  ['that streams lists is asked for none in pages', true, 0],
  ['that refuses streaming lists is asked for one in pages of each kind', false, 2],
])('an API server %s, and its objects are followed', async (_, streamingLists, lists) => {
  world = await startEmbeddedWorld({ streamingLists });
  await world.apply('before', SPEC);
  const listed = countLists();
  await world.startController();
  expect(countLists() - listed).toBe(lists);
  await world.untilReady('before');
  await world.apply('after', SPEC);
  await world.untilReady('after');
});

function countLists(): number {
  const lists = world.kube.requests().filter(({ verb }) => verb === 'list');
  return lists.reduce((sum, { count }) => sum + count, 0);
}
