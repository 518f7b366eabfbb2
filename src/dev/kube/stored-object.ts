import { isJson, type Json } from './json.ts';

export interface StoredMetadata extends Json {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
  generation?: number;
  deletionTimestamp?: string;
  finalizers?: string[];
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  managedFields?: Json[];
}

/** An object as the store holds it. Never changed in place: every write puts a new one in its stead. */
export interface StoredObject extends Json {
  apiVersion: string;
  kind: string;
  metadata: StoredMetadata;
}

/** Whether two values are equal as JSON, the order of keys left out. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isJson(a) || !isJson(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key], b[key]));
}
