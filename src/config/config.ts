/** Where a server listens. Without `host`: on every interface. Port 0 takes any free port. */
export interface ListenAddress {
  readonly host?: string;
  readonly port: number;
}

/** All that flags, environment and file decide, checked and frozen. What nobody gave and has no default is absent. */
export interface Config {
  /** 12 digits. */
  readonly accountId?: string;
  /** `eu-west-1`. */
  readonly region?: string;
  /** `aws`, `aws-cn`, `aws-us-gov`; follows from the region when nobody gave it. */
  readonly partition: string;
  /** Name of the EKS cluster. */
  readonly clusterName?: string;
  /** UIDs of the clusters whose place this one took; absent: none. */
  readonly predecessorClusterUids?: readonly string[];
  /** Starts with `https://`, has no query and no slash at its end. */
  readonly oidcIssuer?: string;
  /** Path of a file. Absent: KUBECONFIG, the pod's service account, or the home directory decide. */
  readonly kubeconfig?: string;
  /** Absent: switched off. */
  readonly metricsAddress?: ListenAddress;
  /** Absent: switched off. */
  readonly healthAddress?: ListenAddress;
  readonly workers: number;
  /** Absent: no limit. */
  readonly awsRequestsPerSecond?: number;
  readonly sweepIntervalSeconds: number;
  /** Share a lease with other replicas, so that one of them works. */
  readonly leaderElect: boolean;
  /** Where the lease is. Absent: the namespace of the pod, or of the kubeconfig's context. */
  readonly leaseNamespace?: string;
  readonly leaseDurationSeconds: number;
  /** No write to AWS. */
  readonly readOnly: boolean;
  /** Work although no guardrail limits what manifests may ask for. */
  readonly unguarded: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'json' | 'text';
  /** Absent: the environment decides, by whether it names an OTLP endpoint. */
  readonly tracesExporter?: 'otlp' | 'none';
}
