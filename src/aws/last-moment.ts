import { AsyncLocalStorage } from 'node:async_hooks';
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

type Opened = (error: Error | null, socket: Duplex) => void;

const checks = new AsyncLocalStorage<() => void>();

/**
 * Runs `send`, which begins one request through an agent of {@link checkedAgents}. Where that needs a new connection, which
 * may take seconds, `check` is asked once it stands; what it throws ends the request, of which nothing was sent.
 */
export function atLastMoment<T>(check: () => void, send: () => T): T {
  return checks.run(check, send);
}

/** Agents that keep connections open, and give one to a request only when it stands and {@link atLastMoment} agrees. */
export function checkedAgents(): { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent } {
  return { httpAgent: new CheckedHttpAgent(OPTIONS), httpsAgent: new CheckedHttpsAgent(OPTIONS) };
}

/** As the SDK has them. */
const OPTIONS = { keepAlive: true, maxSockets: 50 };

class CheckedHttpAgent extends HttpAgent {
  override createConnection(options: ClientRequestArgs, opened: Opened): undefined {
    whenOpen(super.createConnection(options), 'connect', opened);
  }
}

class CheckedHttpsAgent extends HttpsAgent {
  override createConnection(options: ClientRequestArgs, opened: Opened): undefined {
    whenOpen(super.createConnection(options), 'secureConnect', opened);
  }
}

function whenOpen(connection: Duplex | null | undefined, event: string, opened: Opened): void {
  const socket = connection as Socket; // Node's own agents return one at once
  const check = checks.getStore();
  const fail = (error: Error) => opened(error, socket);
  socket.once('error', fail);
  socket.once(event, () => {
    socket.off('error', fail);
    try {
      check?.();
    } catch (error) {
      socket.destroy();
      opened(error as Error, socket);
      return;
    }
    opened(null, socket);
  });
}
