import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The way from the controller to moto, which a test can make slow or narrow. */
export interface AwsGate {
  /** What the controller takes for AWS. */
  readonly url: string;
  /** From now on every call waits; it is sent on by {@link AwsGate.open}, unless its caller has given up. */
  hold(): void;
  /** From now on every call is refused for its rate. */
  throttle(): void;
  /** From now on every call goes through, as at the start. */
  open(): void;
  stop(): Promise<void>;
}

/** As IAM and STS answer: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
const THROTTLED =
  '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>' +
  '<Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>gate</RequestId></ErrorResponse>';

/** Starts an open gate before moto at `motoUrl`. */
export async function startAwsGate(motoUrl: string): Promise<AwsGate> {
  let opened = Promise.withResolvers<void>();
  let isThrottled = false;
  opened.resolve();
  const server = createServer(async (incoming, answer) => {
    await opened.promise;
    if (incoming.destroyed) return;
    if (isThrottled) answer.writeHead(400, { 'content-type': 'text/xml' }).end(THROTTLED);
    else sendOn(incoming, answer, motoUrl);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      opened = Promise.withResolvers();
    },
    throttle() {
      isThrottled = true;
    },
    open() {
      isThrottled = false;
      opened.resolve();
    },
    async stop() {
      opened.resolve();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function sendOn(incoming: IncomingMessage, answer: ServerResponse, motoUrl: string): void {
  const { method, headers, url = '/' } = incoming;
  const outgoing = request(new URL(url, motoUrl), { method, headers }, (got) => {
    answer.writeHead(got.statusCode ?? 502, got.headers);
    got.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  incoming.pipe(outgoing);
}
