import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../../../src/base/logger.ts';
import { CommandError } from '../../../../src/cli/command-result.ts';
import { startServers } from '../../../../src/cli/controller/start-servers.ts';
import { type ListenAddress, listen, type RunningServer } from '../../../../src/telemetry/listen.ts';

const servers: RunningServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

test('a controller that is yet to come is not ready, and one that came is as it says', async () => {
  let controller: { isReady(): boolean; isLeading(): boolean } | undefined;
  const [health] = await start({ healthAddress: local(0) }, () => controller);
  const readyz = async () => (await fetch(`http://127.0.0.1:${health?.port}/readyz`)).text();
  expect(await readyz()).toBe('not ready\n');
  controller = { isReady: () => true, isLeading: () => false };
  expect(await readyz()).toBe('ok, standing by\n');
});

test('an address that is taken is an error that names the flag, and leaves no other server behind', async () => {
  const taken = await occupy(0);
  const free = await occupy(0);
  await free.stop();
  const starting = start({ metricsAddress: local(free.port), healthAddress: local(taken.port) });
  await expect(starting).rejects.toThrow(CommandError);
  await expect(starting).rejects.toThrow('--health-address');
  await occupy(free.port); // rejects while another has it
});

async function start(
  config: { metricsAddress?: ListenAddress; healthAddress?: ListenAddress },
  controllerOf: Parameters<typeof startServers>[0]['controllerOf'] = () => undefined,
) {
  const started = await startServers({ config, controllerOf, registry: new Registry(), log: silentLogger });
  servers.push(...started);
  return started;
}

async function occupy(port: number): Promise<RunningServer> {
  const server = await listen((_request, response) => void response.end(), local(port), '--any');
  servers.push(server);
  return server;
}

function local(port: number): ListenAddress {
  return { host: '127.0.0.1', port };
}
