import type { KubeClient } from '../../src/kube/kube-client.ts';
import type { KubeCount } from './measurement.ts';

/** Requests that others than the bench have made so far. */
export interface Requests {
  readonly awsCalls: Readonly<Record<string, number>>;
  readonly throttled: number;
  readonly kubeCalls: readonly KubeCount[];
}

/** A Kubernetes API and the embedded AWS, which say what the controller asks of them. */
export interface BenchWorld {
  /** Of the controller. */
  readonly kubeconfigPath: string;
  readonly awsUrl: string;
  /** The bench's own; what it asks for is not counted. */
  readonly client: KubeClient;
  requests(): Promise<Requests>;
  /** Grows with each request that shows that the controller is at work, and each call of AWS that is answered. */
  requestCount(): number;
  stop(): Promise<void>;
}
