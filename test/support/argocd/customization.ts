import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { type LuaValue, runScript } from './lua-sandbox.ts';

const FOLDER = fileURLToPath(new URL('../../../deploy/argocd/appaccess.dev/AppAccess/', import.meta.url));

/** An object as YAML or JSON gives it. */
export type PlainObject = { readonly [key: string]: LuaValue };

export interface Health {
  readonly status: string;
  readonly message: string;
}

/** A file of `deploy/argocd/appaccess.dev/AppAccess` as text. */
export function readText(path: string): string {
  return readFileSync(join(FOLDER, path), 'utf8');
}

/** A YAML file of that folder. Its shape is the caller's word. */
export function readYaml<T>(path: string): T {
  return load(readText(path)) as T;
}

/** Names of the files in one of its folders, with that folder. */
export function listFiles(folder: string): readonly string[] {
  return readdirSync(join(FOLDER, folder))
    .sort()
    .map((name) => join(folder, name));
}

/** What health.lua says of `object`. */
export function healthOf(object: PlainObject): Health {
  return runScript(readText('health.lua'), object, 0) as unknown as Health;
}

/** What discovery.lua offers for `object`, by name. */
export function offeredActions(object: PlainObject): Readonly<Record<string, { readonly disabled: boolean }>> {
  return runScript(readText('actions/discovery.lua'), object, 0) as Record<string, { disabled: boolean }>;
}

/** `object` as the action changes it at `nowMs`; an object in it that is empty stays one, as Argo CD sees to. */
export function performAction(action: string, object: PlainObject, nowMs: number): LuaValue | undefined {
  const changed = runScript(readText(`actions/${action}/action.lua`), object, nowMs);
  return changed === undefined ? undefined : withEmptyObjects(changed, object);
}

function withEmptyObjects(changed: LuaValue, before: LuaValue | undefined): LuaValue {
  if (typeof changed !== 'object' || typeof before !== 'object') return changed;
  const old = before as Record<string, LuaValue>;
  if (Array.isArray(changed)) {
    if (changed.length === 0 && !Array.isArray(before)) return {};
    return changed.map((item, index) => withEmptyObjects(item, old[index]));
  }
  return Object.fromEntries(Object.entries(changed).map(([key, item]) => [key, withEmptyObjects(item, old[key])]));
}
