import { asJson, type Json } from './json.ts';

/** One column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority: number;
  readonly description: string;
}

/** A kind that is served, in one version. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly hasStatus: boolean;
  /** Kinds that are two views of the same objects share it. */
  readonly storage: string;
  /** Structural schema of a custom resource: it is defaulted, pruned and validated. */
  readonly schema?: Json;
  readonly columns: readonly PrinterColumn[];
}

const BUILT_IN = {
  group: '',
  version: 'v1',
  namespaced: true,
  shortNames: [],
  categories: [],
  hasStatus: false,
  columns: [],
};

const EVENT_COLUMNS: readonly PrinterColumn[] = [
  { name: 'Last Seen', type: 'date', jsonPath: '.lastTimestamp', priority: 0, description: '' },
  { name: 'Type', type: 'string', jsonPath: '.type', priority: 0, description: '' },
  { name: 'Reason', type: 'string', jsonPath: '.reason', priority: 0, description: '' },
  { name: 'Object', type: 'string', jsonPath: '.involvedObject.name', priority: 0, description: '' },
  { name: 'Message', type: 'string', jsonPath: '.message', priority: 0, description: '' },
];

export const NAMESPACES: ResourceKind = {
  ...BUILT_IN,
  plural: 'namespaces',
  singular: 'namespace',
  kind: 'Namespace',
  namespaced: false,
  shortNames: ['ns'],
  storage: 'namespaces',
};

export const SERVICE_ACCOUNTS: ResourceKind = {
  ...BUILT_IN,
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  kind: 'ServiceAccount',
  shortNames: ['sa'],
  storage: 'serviceaccounts',
};

export const CORE_EVENTS: ResourceKind = {
  ...BUILT_IN,
  plural: 'events',
  singular: 'event',
  kind: 'Event',
  shortNames: ['ev'],
  storage: 'events',
  columns: EVENT_COLUMNS,
};

export const CRDS: ResourceKind = {
  ...BUILT_IN,
  group: 'apiextensions.k8s.io',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  kind: 'CustomResourceDefinition',
  namespaced: false,
  shortNames: ['crd', 'crds'],
  hasStatus: true,
  storage: 'customresourcedefinitions',
};

/** Status of a definition whose kind is served, which here is at once. */
export const ESTABLISHED = {
  conditions: [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: '' }],
};

export const BUILT_IN_KINDS: readonly ResourceKind[] = [
  NAMESPACES,
  SERVICE_ACCOUNTS,
  CORE_EVENTS,
  { ...CORE_EVENTS, group: 'events.k8s.io' },
  {
    ...BUILT_IN,
    group: 'coordination.k8s.io',
    plural: 'leases',
    singular: 'lease',
    kind: 'Lease',
    storage: 'leases',
  },
  CRDS,
];

/** The kinds that a CustomResourceDefinition declares, one for each served version. */
export function kindsOfCrd(crd: Json): readonly ResourceKind[] {
  const spec = asJson(crd.spec);
  const names = asJson(spec.names);
  const versions = Array.isArray(spec.versions) ? spec.versions.map(asJson) : [];
  return versions
    .filter((version) => version.served === true)
    .map((version) => ({
      group: String(spec.group),
      version: String(version.name),
      plural: String(names.plural),
      singular: String(names.singular),
      kind: String(names.kind),
      namespaced: spec.scope === 'Namespaced',
      shortNames: textList(names.shortNames),
      categories: textList(names.categories),
      hasStatus: asJson(version.subresources).status !== undefined,
      storage: `${names.plural}.${spec.group}`,
      schema: asJson(asJson(version.schema).openAPIV3Schema),
      columns: columnsOf(version.additionalPrinterColumns),
    }));
}

function columnsOf(value: unknown): readonly PrinterColumn[] {
  if (!Array.isArray(value)) return [];
  return value.map(asJson).map((column) => ({
    name: String(column.name),
    type: String(column.type),
    jsonPath: String(column.jsonPath),
    priority: Number(column.priority ?? 0),
    description: String(column.description ?? ''),
  }));
}

function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
