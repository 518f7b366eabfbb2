import type { Problem } from '../base/problem.ts';
import { isRecord } from './is-record.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { validateBySchema } from './validate-by-schema.ts';

/**
 * What is wrong with the `metadata` of an object in a namespace: types, unknown fields, a name that is no DNS subdomain
 * (RFC 1123), a namespace that is no DNS label. Empty when nothing is.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
export function metadataProblems(metadata: unknown): readonly Problem[] {
  if (metadata === undefined) return [{ path: 'metadata', problem: 'is required: name and namespace of the object' }];
  const problems = validateBySchema(metadataSchema, withoutNulls(metadata), 'metadata');
  if (problems.length > 0 || !isRecord(metadata)) return problems;
  return [...nameProblems(metadata.name), ...namespaceProblems(metadata.namespace)];
}

/** Null means absent in metadata: `kubectl create --dry-run -o yaml` writes `creationTimestamp: null`. */
function withoutNulls(metadata: unknown): unknown {
  if (!isRecord(metadata)) return metadata;
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null));
}

const text: StructuralSchema = { type: 'string' };
const texts: StructuralSchema = { type: 'object', additionalProperties: text };

/** The fields of ObjectMeta; what we do not read is left opaque. */
export const metadataSchema: StructuralSchema = {
  type: 'object',
  required: ['name', 'namespace'],
  properties: {
    name: { ...text, description: 'Name of the object, unique in its namespace.', example: 'invoice-uploader' },
    namespace: { ...text, description: 'Namespace of the object.', example: 'billing' },
    generateName: text,
    selfLink: text,
    uid: text,
    resourceVersion: text,
    generation: { type: 'integer' },
    creationTimestamp: text,
    deletionTimestamp: text,
    deletionGracePeriodSeconds: { type: 'integer' },
    labels: texts,
    annotations: texts,
    finalizers: { type: 'array', items: text },
    ownerReferences: { type: 'array', items: { type: 'object' } },
    managedFields: { type: 'array', items: { type: 'object' } },
  },
};

function nameProblems(name: unknown): Problem[] {
  if (typeof name === 'string' && name.length <= 253 && DNS_SUBDOMAIN.test(name)) return [];
  return [{ path: 'metadata.name', problem: NAME_PROBLEM }];
}

function namespaceProblems(namespace: unknown): Problem[] {
  if (typeof namespace === 'string' && namespace.length <= 63 && DNS_LABEL.test(namespace)) return [];
  return [{ path: 'metadata.namespace', problem: NAMESPACE_PROBLEM }];
}

export const NAME_PROBLEM = 'must be 1 to 253 lower-case letters, digits, - and ., with a letter or digit at both ends';
export const NAMESPACE_PROBLEM =
  'must be 1 to 63 lower-case letters, digits and -, with a letter or digit at both ends';
export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
export const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
