import { expect, test } from 'vitest';
import { renewableConnection } from '../../../src/kube/renewable-connection.ts';
import { plainConnection } from '../../support/plain-connection.ts';

test('many who are refused at once make the credentials be read once, and a straggler makes nobody read again', async () => {
  let loads = 0;
  const connection = await renewableConnection(async () => {
    loads += 1;
    return plainConnection(`http://127.0.0.1:${loads}`);
  });
  const used = connection.dispatcher;
  await Promise.all([
    connection.renew(used, 'Unauthorized'),
    connection.renew(used, 'Unauthorized'),
    connection.renew(used, 'Unauthorized'),
  ]);
  await connection.renew(used, 'Unauthorized');
  expect({ loads, server: connection.server }).toEqual({ loads: 2, server: 'http://127.0.0.1:2' });
  await connection.renew(connection.dispatcher, 'Unauthorized');
  expect(loads).toBe(3);
  await connection.close();
});

test('a reading that fails rejects, keeps what is in use, and can be tried again', async () => {
  const problem = new Error('half a file');
  let isWhole = true;
  const connection = await renewableConnection(async () => {
    if (!isWhole) throw problem;
    return plainConnection('http://127.0.0.1:1');
  });
  const used = connection.dispatcher;
  isWhole = false;
  await expect(connection.renew(used, 'Unauthorized')).rejects.toBe(problem);
  expect(connection.dispatcher).toBe(used);
  isWhole = true;
  await connection.renew(used, 'Unauthorized');
  expect(connection.dispatcher).not.toBe(used);
  await connection.close();
});
