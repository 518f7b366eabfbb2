import { expect, test } from 'vitest';
import { TransientError } from '../../../src/base/errors.ts';
import type { KubeClient } from '../../../src/kube/kube-client.ts';
import { createUser } from '../../chaos/world/user.ts';

test('a user gives up insisting on an API server that never answers once the run is cut short', async () => {
  const stopping = new AbortController();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const refuse = async () => {
    resolve();
    throw new TransientError('KubernetesUnreachable', 'the API server is gone');
  };
  const client = { get: refuse, delete: refuse } as unknown as KubeClient; // all that a deletion asks for
  const user = createUser(client, stopping.signal);
  user.begin({ kind: 'Delete', object: 'lambda-0' });
  await asked;
  stopping.abort(new Error('stopping'));
  expect(await user.done()).toEqual([expect.stringContaining('Error: stopping')]);
});
