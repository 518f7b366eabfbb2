import { expect } from 'vitest';
import type { AppAccess } from '../../src/api/app-access.ts';
import type { EmbeddedWorld } from './embedded-world.ts';
import { expectedWorld, observedWorld, type WorldState } from './world-state.ts';

/**
 * Asserts that the world is, whole, what `manifests` say. `adjust` adds what others put there and the controller must
 * leave alone; `context` stands before a failure.
 */
export function expectWorld(
  world: EmbeddedWorld,
  manifests: readonly AppAccess[],
  change: { released?: readonly AppAccess[]; adjust?: (expected: WorldState) => WorldState; context?: string } = {},
): void {
  const serviceAccounts = world.kube
    .objects('serviceaccounts')
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const { released = [], context = 'the world', adjust = (state: WorldState) => state } = change;
  const expected = expectedWorld(manifests, { settings: world.settings(), serviceAccounts, released });
  expect(observedWorld(world.aws.snapshot(), world.kube.objects('serviceaccounts')), context).toEqual(adjust(expected));
}
