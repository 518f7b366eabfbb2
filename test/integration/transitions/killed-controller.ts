import { Agent, type Dispatcher } from 'undici';
import type { RunningController } from '../../../src/cli/controller/start-controller.ts';
import type { EmbeddedWorld } from '../../support/embedded-world.ts';

/**
 * Where a controller dies. A step is a call of AWS or a write to Kubernetes, events apart. `Before`: the step never
 * reaches the server. `After`: the server has done the work, and the controller never hears of it.
 */
export interface CrashPoint {
  readonly moment: 'Before' | 'After';
  /** 1 is the first. */
  readonly step: number;
}

/** A controller that is to die at one of its steps. */
export interface Doomed {
  /** Counts from here on, and dies at `point`. */
  arm(point: CrashPoint): void;
  /** Resolves once it is dead and all of its connections are closed. */
  readonly dead: Promise<void>;
  /** Ends it if it is still alive. */
  stop(): Promise<void>;
}

/**
 * Starts a controller that can be killed: nothing that it does after the point at which it dies reaches AWS or
 * Kubernetes, as when a node loses power.
 */
export async function startDoomed(world: EmbeddedWorld): Promise<Doomed> {
  const dead = Promise.withResolvers<void>();
  const stepsLeft = { Before: Number.POSITIVE_INFINITY, After: Number.POSITIVE_INFINITY };
  let isDead = false;
  const pass = (moment: CrashPoint['moment']) => {
    stepsLeft[moment] -= 1;
    if (stepsLeft[moment] <= 0 && !isDead) {
      isDead = true;
      void end();
    }
    if (isDead) throw new Error('the controller is dead');
  };
  const agent = new Agent();
  const dispatcher = agent.compose((dispatch) => (request, handler) => {
    if (isDead) throw new Error('the controller is dead');
    if (request.method === 'GET' || request.path.includes('/events')) return dispatch(request, handler);
    pass('Before');
    return dispatch(
      request,
      afterWork(handler, () => pass('After')),
    );
  });
  const controller: RunningController = await world.startController({
    connection: {
      server: world.kube.url,
      namespace: 'default',
      dispatcher,
      async authorize() {},
      close: () => agent.destroy(),
    },
    drainMs: 0,
  });
  world.aws.onCall = (_, moment) => pass(moment === 'received' ? 'Before' : 'After');

  async function end(): Promise<void> {
    await controller.stop();
    await agent.destroy();
    world.aws.onCall = undefined;
    dead.resolve();
  }

  return {
    arm({ moment, step }) {
      stepsLeft[moment] = step;
    },
    dead: dead.promise,
    async stop() {
      if (!isDead) void end();
      await dead.promise;
    },
  };
}

/** `handler`, of which `callback` is called first when an answer comes; one that throws keeps the answer from it. */
function afterWork(handler: Dispatcher.DispatchHandler, callback: () => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...args) => handler.onRequestStart?.(...args),
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart(controller, ...rest) {
      try {
        callback();
      } catch (error) {
        controller.abort(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      handler.onResponseStart?.(controller, ...rest);
    },
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}
