import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP proxy before the Kubernetes API that cuts the connection of every request that `cuts` names. */
export async function startKubeProxy(server: string, cuts: (request: { method: string; path: string }) => boolean) {
  const proxy = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    if (cuts({ method, path: url })) {
      incoming.socket.destroy();
      return;
    }
    const forward = send(new URL(url, server), { method, headers: incoming.headers }, (answer: IncomingMessage) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forward.destroy());
    incoming.pipe(forward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop(): Promise<void> {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
