import type { AppAccess } from '../../../src/api/app-access.ts';
import { appAccessCrd } from '../../../src/api/custom-resource-definition.ts';
import { validateAppAccess } from '../../../src/api/validate-app-access.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { startKubeServer } from '../../../src/dev/kube/start-kube-server.ts';
import { plainConnection } from '../../support/plain-connection.ts';
import type { KubernetesWorld } from './contract-world.ts';
import { leaseContract } from './lease-suite.ts';
import { reflectorContract } from './reflector-suite.ts';
import { kubernetesContract } from './suite.ts';

const world: KubernetesWorld = {
  name: 'embedded',
  async connect() {
    const server = await startKubeServer({
      port: 0,
      crds: [appAccessCrd()],
      validate: (object, old) => validateAppAccess(object, old as AppAccess | undefined),
      clock: systemClock,
    });
    const connection = plainConnection(server.url);
    return {
      ...connection,
      async close() {
        await connection.close();
        await server.stop();
      },
    };
  },
};

kubernetesContract(world);
leaseContract(world);
reflectorContract(world);
