import { join } from 'node:path';
import { ARGO_CD, HELM, KUSTOMIZE_CONTROLLER, MINIMUM_GO } from './client-recipes.ts';
import { ensureGoProgram, type GoProgram, MANIFESTS } from './go-program.ts';

/** Absolute paths of programs of other projects that judge our objects, and of what they need in the cluster. */
export interface Clients {
  readonly helm: string;
  readonly kustomizeController: string;
  /** Definitions of the kinds that kustomize-controller watches: a folder of manifests. */
  readonly fluxManifests: string;
  /** Tells what Argo CD says of an object; see {@link ARGO_CD}. */
  readonly argoCdVerdict: string;
}

/**
 * Takes the clients from the cache, or builds them into it from their Go modules: 12 to 20 minutes on two cores, once
 * for a machine. A program appears in the cache whole or not at all. `report` gets a line for each step that takes long.
 * Throws an Error that says what to install when Go is missing or too old.
 */
export async function ensureClients(report: (line: string) => void): Promise<Clients> {
  const ensure = (client: GoProgram) =>
    ensureGoProgram(client, {
      cache: ['clients', client.name],
      minimumGo: MINIMUM_GO,
      purpose: 'the tests of other clients run them',
      report,
    });
  const helm = await ensure(HELM);
  const flux = await ensure(KUSTOMIZE_CONTROLLER);
  const argoCd = await ensure(ARGO_CD);
  return {
    helm: join(helm, HELM.name),
    kustomizeController: join(flux, KUSTOMIZE_CONTROLLER.name),
    fluxManifests: join(flux, MANIFESTS),
    argoCdVerdict: join(argoCd, ARGO_CD.name),
  };
}

if (import.meta.main) console.log(await ensureClients((line) => console.error(line)));
