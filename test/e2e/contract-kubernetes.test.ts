import { fileURLToPath } from 'node:url';
import { loadKubeConnection } from '../../src/kube/kube-config.ts';
import type { KubernetesWorld } from '../contract/kubernetes/contract-world.ts';
import { leaseContract } from '../contract/kubernetes/lease-suite.ts';
import { reflectorContract } from '../contract/kubernetes/reflector-suite.ts';
import { kubernetesContract } from '../contract/kubernetes/suite.ts';
import { runKubectl } from './world/commands.ts';
import { realWorld } from './world/real-world.ts';

const CRDS = fileURLToPath(new URL('../../crds', import.meta.url));
const { controlPlane } = realWorld();

const world: KubernetesWorld = {
  name: 'kube-apiserver',
  async connect() {
    await runKubectl(controlPlane, ['apply', '--server-side', '-f', CRDS]);
    await runKubectl(controlPlane, [
      'wait',
      '--for=condition=Established',
      'crd/appaccesses.appaccess.dev',
      '--timeout=60s',
    ]);
    return loadKubeConnection({ kubeconfigPath: controlPlane.kubeconfigPath, env: {} });
  },
};

kubernetesContract(world);
leaseContract(world);
reflectorContract(world);
