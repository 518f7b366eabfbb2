import { expect } from 'vitest';
import type { AppAccess } from '../../../src/api/app-access.ts';
import type { Health } from '../../support/argocd/customization.ts';
import type { ClientsWorld } from '../world/clients-world.ts';
import type { ArgoCd } from './argo-cd.ts';
import type { Delivery, Manifest, Tool, Verdict } from './tool.ts';

/** One object for each tool, all in the same situation. */
export interface Situation {
  /** Of the objects, in the order of the tools. */
  readonly names: readonly string[];
  /** What the tools say in the end, by tool. */
  verdicts(): Promise<Record<string, Verdict>>;
  /** What Argo CD says of each object now, by the tool that delivered it. */
  argoCd(): Promise<Record<string, Health>>;
  /** Holds when every tool has looked at its object and waits on, and Argo CD says Progressing with `message`. */
  expectWaiting(message?: string): Promise<void>;
  /** Resolves once `holds` of every object. */
  until(what: string, holds: (appAccess: AppAccess) => boolean): Promise<void>;
  /** Each tool takes its object away. */
  remove(): Promise<Situation>;
}

/** A function that has each of `tools` deliver an object called `<title>-<tool>`, whose spec may follow from that name. */
export function situations(world: ClientsWorld, argoCd: ArgoCd, tools: readonly Tool[]) {
  const byTool = <T>(items: readonly T[]): Record<string, T> =>
    Object.fromEntries(tools.map(({ name }, index) => [name, items[index] as T])); // one for each

  const situation = (names: readonly string[], deliveries: readonly Delivery[]): Situation => ({
    names,
    verdicts: async () => byTool(await Promise.all(deliveries.map(({ verdict }) => verdict))),
    async argoCd() {
      const objects = await Promise.all(names.map((name) => world.getAppAccess(name)));
      return byTool(await Promise.all(objects.map((object) => argoCd.healthOf(object))));
    },
    async expectWaiting(message = '') {
      await Promise.all(deliveries.map((delivery) => delivery.waitsOn()));
      const progressing = { status: 'Progressing', message: expect.stringContaining(message) };
      expect(await this.argoCd()).toEqual(everyTool(tools, progressing));
    },
    async until(what, holds) {
      await Promise.all(names.map((name) => world.untilAppAccess(name, what, holds)));
    },
    async remove() {
      return situation(names, await Promise.all(tools.map((tool, index) => tool.remove(names[index] ?? ''))));
    },
  });

  return async (title: string, specOf: (name: string) => object): Promise<Situation> => {
    const names = tools.map((tool) => `${title}-${tool.name}`);
    const deliver = (tool: Tool, index: number) => {
      const name = names[index] ?? '';
      return tool.deliver(manifest(name, specOf(name)));
    };
    return situation(names, await Promise.all(tools.map(deliver)));
  };
}

/** Matches an answer by tool of which each has at least the fields of `expected`. */
export function everyTool(tools: readonly Tool[], expected: object): Record<string, unknown> {
  return Object.fromEntries(tools.map(({ name }) => [name, expect.objectContaining(expected)]));
}

/** An AppAccess as a user writes it. */
export function manifest(name: string, spec: object): Manifest {
  return { apiVersion: 'appaccess.dev/v1alpha1', kind: 'AppAccess', metadata: { name }, spec };
}
