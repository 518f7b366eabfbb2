/** `name` below `path`, as kubectl writes it: `spec.grants`, or `spec.role.tags[cost centre]` for a key of a map. */
export function fieldPath(path: string, name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** Item `index` of the list at `path`: `spec.grants[0]`. */
export function itemPath(path: string, index: number): string {
  return `${path}[${index}]`;
}
