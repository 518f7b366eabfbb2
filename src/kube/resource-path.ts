/** Which resource a request is about. `group` is empty for the core group; without `name` it is the collection. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Absent for cluster-scoped kinds, and for a list over all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/**
 * The URL path of a resource, each part escaped: `/apis/apps/v1/namespaces/default/deployments/web/status`.
 * @throws TypeError for a part that would make it the path of something else: empty, `.` or `..`. A delete of an object
 * without a name would be one of the collection.
 */
export function urlPath({ group, version, plural, namespace, name, subresource }: ResourcePath): string {
  const parts = group === '' ? ['api', version] : ['apis', group, version];
  if (namespace !== undefined) parts.push('namespaces', namespace);
  parts.push(plural);
  if (name !== undefined) parts.push(name);
  if (subresource !== undefined) parts.push(subresource);
  const stray = parts.find((part) => ['', '.', '..'].includes(part));
  if (stray !== undefined) throw new TypeError(`"${stray}" names nothing in Kubernetes: give the name of the resource`);
  return `/${parts.map(encodeURIComponent).join('/')}`;
}

/** A resource as people name it, for messages: `appaccesses.appaccess.dev billing/uploader`. */
export function describePath({ group, plural, namespace, name, subresource }: ResourcePath): string {
  const kind = group === '' ? plural : `${plural}.${group}`;
  const object = [namespace, name].filter((part) => part !== undefined).join('/');
  const where = subresource === undefined ? object : `${object} (${subresource})`;
  return where === '' ? kind : `${kind} ${where}`;
}
