import { inject } from 'vitest';
import type { ControlPlane } from './control-plane.ts';
import type { Moto } from './moto.ts';

declare module 'vitest' {
  interface ProvidedContext {
    controlPlane: ControlPlane;
    moto: Moto;
  }
}

/** The control plane and moto that the set-up of the e2e project started, once for all of its test files. */
export function realWorld(): { readonly controlPlane: ControlPlane; readonly moto: Moto } {
  return { controlPlane: inject('controlPlane'), moto: inject('moto') };
}
