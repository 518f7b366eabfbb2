import type { AppAccess } from '../../api/app-access.ts';
import { appAccessCrd } from '../../api/custom-resource-definition.ts';
import { validateAppAccess } from '../../api/validate-app-access.ts';
import type { Clock } from '../../base/clock.ts';
import { startAwsServer } from '../../dev/aws/start-aws-server.ts';
import { startKubeServer } from '../../dev/kube/start-kube-server.ts';
import { CommandError } from '../command-result.ts';

export interface World {
  readonly kubeUrl: string;
  readonly awsUrl: string;
  stop(): Promise<void>;
}

/** Starts the embedded Kubernetes API, with the AppAccess kind in it, and the embedded AWS. */
export async function startWorld(options: {
  readonly kubePort: number;
  readonly awsPort: number;
  readonly accountId: string;
  readonly region: string;
  readonly clusterName: string;
  readonly clock: Clock;
}): Promise<World> {
  const { kubePort, awsPort, accountId, region, clusterName, clock } = options;
  const kube = await startKubeServer({
    port: kubePort,
    crds: [appAccessCrd()],
    validate: (object, oldObject) => validateAppAccess(object, oldObject as AppAccess | undefined),
    clock,
  }).catch((error: unknown) => portTaken(error, kubePort, '--kube-port'));
  const aws = await startAwsServer({ port: awsPort, accountId, region, clusters: [clusterName], clock }).catch(
    async (error: unknown) => {
      await kube.stop();
      return portTaken(error, awsPort, '--aws-port');
    },
  );
  return {
    kubeUrl: kube.url,
    awsUrl: aws.url,
    async stop() {
      await Promise.all([kube.stop(), aws.stop()]);
    },
  };
}

function portTaken(error: unknown, port: number, flag: string): never {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!isTaken) throw error;
  throw new CommandError(
    `port ${port} is taken, perhaps by another run of this command; stop that, or give another port with ${flag}`,
  );
}
