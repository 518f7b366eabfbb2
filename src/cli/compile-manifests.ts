import type { AppAccess } from '../api/app-access.ts';
import { parseAppAccess } from '../api/parse-app-access.ts';
import { type CompiledAccess, compileAccess } from '../policy/compile-access.ts';
import type { CompileSettings } from '../policy/types.ts';
import type { FileProblem, Manifest } from './parse-manifests.ts';
import { readManifests } from './read-manifests.ts';
import { locateProblems } from './render-problems.ts';

export interface CompiledManifest {
  readonly manifest: Manifest;
  readonly appAccess: AppAccess;
  readonly compiled: CompiledAccess;
}

export interface CompiledManifests {
  readonly compiled: readonly CompiledManifest[];
  /** All problems of all documents; a document with a problem is not in `compiled`. */
  readonly problems: readonly FileProblem[];
}

/** Reads and compiles every AppAccess in `paths`; one that names no namespace is taken to be in `namespace`. */
export async function compileManifests(
  paths: readonly string[],
  settings: CompileSettings,
  namespace: string,
): Promise<CompiledManifests> {
  const read = await readManifests(paths);
  const results = read.manifests.map((manifest) => compileManifest(manifest, settings, namespace));
  return {
    compiled: results.flatMap((result) => (result.ok ? [result.value] : [])),
    problems: [...read.problems, ...results.flatMap((result) => (result.ok ? [] : result.problems))],
  };
}

function compileManifest(manifest: Manifest, settings: CompileSettings, namespace: string) {
  const parsed = parseAppAccess(manifest.object, { namespace });
  if (!parsed.ok) return { ok: false, problems: locateProblems(manifest, parsed.problems) } as const;
  const { appAccess } = parsed;
  const compiled = compileAccess(appAccess, settings);
  if (!compiled.ok) return { ok: false, problems: locateProblems(manifest, compiled.problems) } as const;
  return { ok: true, value: { manifest, appAccess, compiled } } as const;
}
