import { Agent } from 'undici';
import type { RunningController } from '../../../src/cli/controller/start-controller.ts';
import type { EmbeddedWorld } from '../../support/embedded-world.ts';

/** A controller that is to die before one of its steps; a step is a call of AWS or a write to Kubernetes, events apart. */
export interface Doomed {
  /** Counts from here on, and dies before step `atStep` (1: the first). */
  arm(atStep: number): void;
  /** Resolves once it is dead and all of its connections are closed. */
  readonly dead: Promise<void>;
  /** Ends it if it is still alive. */
  stop(): Promise<void>;
}

/**
 * Starts a controller that can be killed: nothing that it does after the step at which it dies reaches AWS or
 * Kubernetes, as when a node loses power.
 */
export async function startDoomed(world: EmbeddedWorld): Promise<Doomed> {
  const dead = Promise.withResolvers<void>();
  let stepsLeft = Number.POSITIVE_INFINITY;
  let isDead = false;
  const step = () => {
    stepsLeft -= 1;
    if (stepsLeft <= 0 && !isDead) {
      isDead = true;
      void end();
    }
    if (isDead) throw new Error('the controller is dead');
  };
  const agent = new Agent();
  const dispatcher = agent.compose((dispatch) => (request, handler) => {
    if (isDead) throw new Error('the controller is dead');
    if (request.method !== 'GET' && !request.path.includes('/events')) step();
    return dispatch(request, handler);
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
  world.aws.onCall = (_, moment) => {
    if (moment === 'received') step();
  };

  async function end(): Promise<void> {
    await controller.stop();
    await agent.destroy();
    world.aws.onCall = undefined;
    dead.resolve();
  }

  return {
    arm(atStep) {
      stepsLeft = atStep;
    },
    dead: dead.promise,
    async stop() {
      if (!isDead) void end();
      await dead.promise;
    },
  };
}
