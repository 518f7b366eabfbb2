import { asJson, type Json } from './json.ts';
import type { ResourceKind } from './resource-kind.ts';

const REFERENCES = '/openapi/v3/';

/**
 * An OpenAPI v2 document without any type, as protobuf: `{swagger: "2.0"}`. kubectl wants one before it applies a List, for
 * which it checks the items itself, and passes over those whose type it does not find; the server checks them anyway.
 * Source: gnostic, openapiv2/OpenAPIv2.proto, and kubectl, pkg/validation/schema.go.
 */
export const OPENAPI_V2 = {
  path: '/openapi/v2',
  contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  body: Buffer.from('\n\x032.0', 'latin1'),
} as const;

/** The OpenAPI v3 index or the document of one group version, or `undefined` when `path` is neither. */
export function openApi(path: string, kinds: readonly ResourceKind[]): Json | undefined {
  if (path === '/openapi/v3') {
    const roots = [...new Set(kinds.map(rootOf))];
    return { paths: Object.fromEntries(roots.map((root) => [root, { serverRelativeURL: `${REFERENCES}${root}` }])) };
  }
  if (!path.startsWith(REFERENCES)) return undefined;
  const served = kinds.filter((kind) => rootOf(kind) === path.slice(REFERENCES.length));
  return served.length === 0 ? undefined : documentOf(served);
}

function rootOf({ group, version }: ResourceKind): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function documentOf(kinds: readonly ResourceKind[]): Json {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: Object.fromEntries(kinds.map((kind) => [`/${pathOf(kind)}`, operationsOf(kind)])),
    components: {
      schemas: {
        ...Object.fromEntries(kinds.map((kind) => [schemaName(kind), schemaOf(kind)])),
        [OBJECT_META]: { type: 'object', description: 'Metadata that all objects have.' },
      },
    },
  };
}

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

function pathOf(kind: ResourceKind): string {
  return `${rootOf(kind)}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`;
}

/** kubectl asks here whether the server takes dry runs and checks fields itself. */
function operationsOf(kind: ResourceKind): Json {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  const operation = { 'x-kubernetes-group-version-kind': groupVersionKind(kind) };
  const reference = { $ref: `#/components/schemas/${schemaName(kind)}` };
  const responses = { '200': { description: 'OK', content: { 'application/json': { schema: reference } } } };
  return {
    get: { ...operation, 'x-kubernetes-action': 'get', responses },
    patch: { ...operation, 'x-kubernetes-action': 'patch', parameters, responses },
  };
}

function schemaOf(kind: ResourceKind): Json {
  const schema = kind.schema ?? {
    type: 'object',
    description: `${kind.kind} as far as the embedded server knows it.`,
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } },
  };
  const metadata = {
    allOf: [{ $ref: `#/components/schemas/${OBJECT_META}` }],
    default: {},
    description: 'Standard metadata.',
  };
  return {
    ...schema,
    properties: { ...asJson(schema.properties), metadata },
    'x-kubernetes-group-version-kind': [groupVersionKind(kind)],
  };
}

function groupVersionKind({ group, version, kind }: ResourceKind): Json {
  return { group, version, kind };
}

function schemaName({ group, version, kind }: ResourceKind): string {
  const domain = group === '' ? 'io.k8s.api.core' : group.split('.').reverse().join('.');
  return `${domain}.${version}.${kind}`;
}
