import { execa } from 'execa';
import type { Health, PlainObject } from '../../support/argocd/customization.ts';
import { type ClientsWorld, inRepository } from '../world/clients-world.ts';

/** What Argo CD says and does, by its own code, with our patch on its ConfigMap. */
export interface ArgoCd {
  healthOf(object: object): Promise<Health>;
  /** The actions that are not greyed out, sorted. */
  actionsOn(object: object): Promise<readonly string[]>;
  perform(action: string, object: object): Promise<PlainObject>;
}

/** Makes an `argocd-cm` as an installation has it, and patches it as docs/gitops.md says. */
export async function setUpArgoCd(world: ClientsWorld): Promise<ArgoCd> {
  await world.kubectl('create', 'configmap', 'argocd-cm');
  await world.kubectl('label', 'configmap', 'argocd-cm', 'app.kubernetes.io/part-of=argocd');
  await world.kubectl('patch', 'configmap', 'argocd-cm', '--patch-file', inRepository('deploy/argocd/argocd-cm.yaml'));
  const configMap = JSON.parse(await world.kubectl('get', 'configmap', 'argocd-cm', '-o', 'json'));
  const ask = async <T>(question: object): Promise<T> => {
    const input = JSON.stringify({ configMap, ...question });
    const { stdout } = await execa(world.clients.argoCdVerdict, [], { input });
    return JSON.parse(stdout) as T;
  };
  return {
    async healthOf(object) {
      const { health } = await ask<{ health: Health }>({ object });
      return { status: health.status, message: health.message };
    },
    async actionsOn(object) {
      const { actions } = await ask<{ actions: { name: string; disabled?: boolean }[] }>({ object });
      return actions
        .filter(({ disabled }) => disabled !== true)
        .map(({ name }) => name)
        .sort();
    },
    async perform(action, object) {
      return (await ask<{ changed: PlainObject }>({ action, object })).changed;
    },
  };
}
