import type { AppAccess } from '../../../src/api/app-access.ts';
import { RECONCILE_ANNOTATION } from '../../../src/api/app-access.ts';
import { ReconcileError } from '../../../src/base/errors.ts';
import { type Logger, silentLogger } from '../../../src/base/logger.ts';
import { APP_ACCESSES, SERVICE_ACCOUNTS } from '../../../src/cli/controller/resource-paths.ts';
import type { ControllerParts, RunningController } from '../../../src/cli/controller/start-controller.ts';
import type { KubeObject } from '../../../src/kube/kube-object.ts';
import type { ResourcePath } from '../../../src/kube/resource-path.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../../support/embedded-world.ts';
import { JumpClock } from '../../support/jump-clock.ts';

export const LAMBDA = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
};
export const EC2 = { ...LAMBDA, subject: { ec2: {} } };
export const POD_IDENTITY = { ...LAMBDA, subject: { serviceAccount: { name: 'uploader', via: ['PodIdentity'] } } };
export const IRSA = { ...LAMBDA, subject: { serviceAccount: { name: 'uploader', via: ['IRSA'] } } };

/** Trust policy of a role that somebody else made. */
export const THEIR_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** An embedded world and everything that a controller in it says, in conditions, events and the log. */
export interface Stage {
  readonly world: EmbeddedWorld;
  readonly clock: JumpClock;
  start(change?: Partial<ControllerParts>): Promise<RunningController>;
  /** Asks for a pass over the object. */
  pass(name: string): Promise<void>;
  /** Deletes a service account. */
  removeAccount(name: string): Promise<void>;
  /** Takes part in what was said, for parts of the program that run without the stage. */
  readonly log: Logger;
  said(text: string): void;
  /** Waits until all of `texts` were said: `Ready:Succeeded`, `Normal event:Applied`, `log:Conflict`. */
  untilSaid(texts: readonly string[]): Promise<void>;
  /** Everything said so far. */
  all(): readonly string[];
  close(): Promise<void>;
}

export interface StageOptions {
  readonly crds?: readonly object[];
  readonly lenient?: boolean;
  readonly visibilityDelayMs?: number;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const world = await startEmbeddedWorld(options);
  const clock = new JumpClock();
  const said = new Set<string>();
  const waiting = new Set<() => void>();
  const ending = new AbortController();
  const say = (text: string) => {
    said.add(text);
    for (const look of waiting) look();
  };
  const log = listeningLogger(say);
  const listening = [
    listen<AppAccess>(world, APP_ACCESSES, ending.signal, ({ status }) => {
      for (const { type, reason } of status?.conditions ?? []) say(`${type}:${reason}`);
    }),
    listen<KubeObject & { type?: string; reason?: string }>(world, EVENTS, ending.signal, ({ type, reason }) =>
      say(`${type} event:${reason}`),
    ),
  ];
  return {
    world,
    clock,
    log,
    start: (change) => world.startController({ clock, log, ...change }),
    async pass(name) {
      const annotations = { [RECONCILE_ANNOTATION]: `${clock.monotonicMs()}` };
      const path = { ...APP_ACCESSES, namespace: 'default', name };
      await world.client.patch(path, { metadata: { annotations } }, 'merge', ending.signal);
    },
    removeAccount: (name) =>
      world.client.delete({ ...SERVICE_ACCOUNTS, namespace: 'default', name }, {}, ending.signal),
    said: say,
    untilSaid(texts) {
      return new Promise((resolve, reject) => {
        const limit = AbortSignal.timeout(20_000);
        const missing = () => texts.filter((text) => !said.has(text));
        const look = () => {
          if (missing().length === 0) settle(resolve);
        };
        const settle = (end: () => void) => {
          waiting.delete(look);
          end();
        };
        limit.addEventListener('abort', () =>
          settle(() => reject(new Error(`${missing().join(', ')} missing among ${[...said].join(', ')}`))),
        );
        waiting.add(look);
        look();
      });
    },
    all: () => [...said],
    async close() {
      ending.abort();
      await Promise.all(listening);
      await world.stop();
    },
  };
}

const EVENTS: ResourcePath = { group: 'events.k8s.io', version: 'v1', plural: 'events' };

async function listen<T extends KubeObject>(
  { client }: EmbeddedWorld,
  path: ResourcePath,
  signal: AbortSignal,
  hear: (object: T) => void,
): Promise<void> {
  try {
    const { resourceVersion } = await client.list<T>({ ...path, namespace: 'default' }, {}, signal);
    for await (const event of client.watch<T>({ ...path, namespace: 'default' }, { resourceVersion }, signal)) {
      if (event.type === 'ADDED' || event.type === 'MODIFIED') hear(event.object);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Hears the reasons of errors that are logged. */
function listeningLogger(say: (text: string) => void): Logger {
  const hear: Logger['warn'] = (_message, { error, reason } = {}) => {
    if (error instanceof ReconcileError) say(`log:${error.reason}`);
    else if (typeof reason === 'string') say(`log:${reason}`);
  };
  const logger: Logger = { ...silentLogger, warn: hear, error: hear, child: () => logger };
  return logger;
}
