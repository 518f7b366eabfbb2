import { appAccessCrd } from '../../src/api/custom-resource-definition.ts';

/** Today's CRD as an earlier version might have had it. */
export function olderCrd({
  without = [],
  ...version
}: {
  without?: readonly string[];
  subresources?: undefined;
}): object {
  const crd = structuredClone(appAccessCrd()) as unknown as { spec: { versions: [Version] } };
  const [only] = crd.spec.versions;
  if ('subresources' in version) delete only.subresources;
  for (const field of without) delete only.schema.openAPIV3Schema.properties.status.properties[field];
  return crd;
}

interface Version {
  subresources?: unknown;
  schema: { openAPIV3Schema: { properties: { status: { properties: Record<string, unknown> } } } };
}
