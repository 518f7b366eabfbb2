import type { CelRule } from './schema-builders.ts';

/**
 * The part of a Kubernetes structural schema that this project uses. A node without `properties` and
 * `additionalProperties` is opaque: whatever stands below it is left alone.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export interface StructuralSchema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  /** A value that is valid here. */
  readonly example?: unknown;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

/**
 * `schema` as plain JSON. TypeBox marks its schemas with keys that do not enumerate; they stay behind. Nothing is
 * translated: our builders write structural schemas to begin with, which a test holds over every node.
 */
export function toStructuralSchema(schema: object): StructuralSchema {
  return JSON.parse(JSON.stringify(schema));
}
