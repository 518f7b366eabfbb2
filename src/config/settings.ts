import type { Config } from './config.ts';
import {
  clusterUids,
  durationSeconds,
  issuerUrl,
  listenAddress,
  matching,
  numberOrNone,
  oneOf,
  type ParseValue,
  wholeNumber,
  yesOrNo,
} from './parse-value.ts';

/** Commands that have a setting, each scope some more: every one; `controller` and `dev`; `controller` alone. */
export const SCOPES = ['EveryCommand', 'Controller', 'RealCluster'] as const;
export type Scope = (typeof SCOPES)[number];

/** Texts of settings by their key in the file: what counts in one command when nobody gives them. */
export type OwnDefaults = Readonly<Record<string, string>>;

/** One setting: how to give it, what it means, how it is read. Flags, help texts and the README's table come from here. */
export interface Setting<T> {
  /** Flag without its dashes: `account-id`. Environment variable and file key follow from it. */
  readonly flag: string;
  /** Name of the flag's value in help texts; absent: the flag stands alone and means true. */
  readonly placeholder?: string;
  /** One line without a full stop. */
  readonly description: string;
  readonly scope: Scope;
  /** Text that counts when nobody gives the setting. */
  readonly defaultText?: string;
  /** A default that is no text of its own, in words. */
  readonly defaultWords?: string;
  /** Further environment variables, weaker than the setting's own. */
  readonly otherVariables?: readonly string[];
  readonly parse: ParseValue<T>;
}

type Settings = { readonly [Key in keyof Config]-?: Setting<Config[Key]> };

/** Every setting by its name in `Config`, in the order of help texts. */
export const settings: Settings = {
  accountId: {
    flag: 'account-id',
    placeholder: 'digits',
    description: 'AWS account that roles are made in',
    scope: 'EveryCommand',
    parse: matching(/^[0-9]{12}$/, 'an account id has 12 digits; in a file, write it in quotation marks'),
  },
  region: {
    flag: 'region',
    placeholder: 'name',
    description: 'AWS region of resources that name none',
    scope: 'EveryCommand',
    otherVariables: ['AWS_REGION'],
    parse: matching(/^[a-z]{2,}(-[a-z]+)+-[0-9]+$/, 'write a region such as eu-west-1'),
  },
  partition: {
    flag: 'partition',
    placeholder: 'name',
    description: 'AWS partition: aws, aws-cn or aws-us-gov',
    scope: 'EveryCommand',
    defaultWords: 'that of the region',
    parse: oneOf(['aws', 'aws-cn', 'aws-us-gov']),
  },
  clusterName: {
    flag: 'cluster-name',
    placeholder: 'name',
    description: 'name of the EKS cluster; part of the path and name of its roles',
    scope: 'EveryCommand',
    parse: matching(
      /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/,
      'a cluster name has 1 to 100 letters, digits, hyphens and underscores and starts with a letter or digit',
    ),
  },
  predecessorClusterUids: {
    flag: 'predecessor-cluster-uids',
    placeholder: 'uids',
    description:
      'clusters whose place this one took and whose roles it takes over; uids of kube-system, with commas between',
    scope: 'Controller',
    defaultWords: 'none',
    parse: clusterUids,
  },
  oidcIssuer: {
    flag: 'oidc-issuer',
    placeholder: 'url',
    description: "issuer of the cluster's service account tokens, for IRSA",
    scope: 'EveryCommand',
    parse: issuerUrl,
  },
  kubeconfig: {
    flag: 'kubeconfig',
    placeholder: 'file',
    description: 'file that says how to reach the cluster',
    scope: 'RealCluster',
    defaultWords: 'KUBECONFIG, else the service account of the pod',
    parse: matching(/./s, 'give the path of a file'),
  },
  metricsAddress: {
    flag: 'metrics-address',
    placeholder: 'address',
    description: 'where to serve /metrics; 0 switches it off',
    scope: 'Controller',
    defaultText: ':8080',
    parse: listenAddress,
  },
  healthAddress: {
    flag: 'health-address',
    placeholder: 'address',
    description: 'where to serve /healthz and /readyz; 0 switches it off',
    scope: 'Controller',
    defaultText: ':8081',
    parse: listenAddress,
  },
  workers: {
    flag: 'workers',
    placeholder: 'number',
    description: 'objects that are worked on at once',
    scope: 'Controller',
    defaultText: '16',
    parse: wholeNumber(1, 256),
  },
  awsRequestsPerSecond: {
    flag: 'aws-requests-per-second',
    placeholder: 'number',
    description: 'requests to AWS in a second, over all objects; 0 sets no limit',
    scope: 'Controller',
    defaultText: '20',
    parse: numberOrNone(1000),
  },
  sweepIntervalSeconds: {
    flag: 'sweep-interval',
    placeholder: 'duration',
    description: 'time after which every object is checked again, give or take a little',
    scope: 'Controller',
    defaultText: '10m',
    parse: durationSeconds(1, 24 * 3600),
  },
  leaderElect: {
    flag: 'leader-elect',
    placeholder: 'bool',
    description: 'share a lease with other replicas, of which one works and the others stand by',
    scope: 'Controller',
    defaultText: 'true',
    parse: yesOrNo,
  },
  leaseNamespace: {
    flag: 'lease-namespace',
    placeholder: 'name',
    description: 'namespace of the lease appaccess-controller',
    scope: 'Controller',
    defaultWords: 'that of the pod, or of the context of the kubeconfig',
    parse: matching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'give the name of a namespace'),
  },
  leaseDurationSeconds: {
    flag: 'lease-duration',
    placeholder: 'duration',
    description: 'time after which another replica takes over from a leader that is not heard of any more',
    scope: 'Controller',
    defaultText: '15s',
    parse: durationSeconds(3, 3600),
  },
  readOnly: {
    flag: 'read-only',
    description: 'observe and report, and write nothing to AWS',
    scope: 'Controller',
    defaultText: 'false',
    parse: yesOrNo,
  },
  unguarded: {
    flag: 'unguarded',
    description: 'work although no guardrail limits what manifests may ask for',
    scope: 'RealCluster',
    defaultText: 'false',
    parse: yesOrNo,
  },
  logLevel: {
    flag: 'log-level',
    placeholder: 'level',
    description: 'least level that is logged: debug, info, warn or error',
    scope: 'Controller',
    defaultText: 'info',
    parse: oneOf(['debug', 'info', 'warn', 'error']),
  },
  logFormat: {
    flag: 'log-format',
    placeholder: 'format',
    description: 'json: an object a line; text: for people',
    scope: 'Controller',
    defaultText: 'json',
    parse: oneOf(['json', 'text']),
  },
  tracesExporter: {
    flag: 'traces-exporter',
    placeholder: 'name',
    description: 'where traces of passes go: otlp or none',
    scope: 'Controller',
    otherVariables: ['OTEL_TRACES_EXPORTER'],
    defaultWords: 'otlp where OTEL_EXPORTER_OTLP_ENDPOINT is set, else none',
    parse: oneOf(['otlp', 'none']),
  },
};

/** Flag and environment variable that name the configuration file itself. */
export const configFileSetting = {
  flag: 'config',
  placeholder: 'file',
  variable: 'APPACCESS_CONFIG',
  description: 'YAML file with settings, each under the name of its flag in camel case (accountId)',
} as const;

/** Environment variables of a setting, the strongest first: `APPACCESS_ACCOUNT_ID`. */
export function variablesOf(setting: Pick<Setting<unknown>, 'flag' | 'otherVariables'>): readonly string[] {
  return [`APPACCESS_${setting.flag.toUpperCase().replaceAll('-', '_')}`, ...(setting.otherVariables ?? [])];
}

/** Text that counts when nobody gives the setting, in a command with defaults of its own. */
export function defaultTextOf(setting: Setting<unknown>, ownDefaults: OwnDefaults = {}): string | undefined {
  return ownDefaults[keyOf(setting)] ?? setting.defaultText;
}

/** Key of a setting in the file, and of its flag among commander's options: `accountId`. */
export function keyOf(setting: Pick<Setting<unknown>, 'flag'>): string {
  return setting.flag.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
