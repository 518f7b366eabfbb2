const CORE = ['plan', 'policy', 'api', 'base'];
const OUTSIDE = ['aws', 'kube', 'source', 'runtime', 'config', 'telemetry'];
const BELOW_TOP = ['reconcile', 'dashboard', ...OUTSIDE, ...CORE];

/** What the sources in one folder of src may reach. */
export interface Layer {
  /** Other folders of src that may be imported; the folder itself always may. */
  readonly folders: readonly string[];
  /** Whether a specifier that names a package or a Node module may be imported. */
  readonly allowsPackage: (specifier: string) => boolean;
  readonly allowsEnvironment: boolean;
}

const anyPackage = (): boolean => true;
const noPackage = (): boolean => false;
const only =
  (...names: readonly string[]) =>
  (specifier: string): boolean =>
    names.includes(packageName(specifier));
const allBut =
  (...refused: readonly string[]) =>
  (specifier: string): boolean =>
    !refused.some((name) => packageName(specifier) === name || specifier.startsWith(`${name}/`));

const PORTS_ONLY: Layer = {
  folders: CORE,
  allowsPackage: allBut('@aws-sdk', '@smithy', '@kubernetes', 'node:process'),
  allowsEnvironment: false,
};

/** The layers of src, top first. `main` stands for src/main.ts. The drawing is in CONTRIBUTING.md. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  main: { folders: ['cli', 'dev', ...BELOW_TOP], allowsPackage: anyPackage, allowsEnvironment: true },
  cli: { folders: ['dev', ...BELOW_TOP], allowsPackage: anyPackage, allowsEnvironment: true },
  dev: { folders: BELOW_TOP, allowsPackage: anyPackage, allowsEnvironment: true },
  reconcile: PORTS_ONLY,
  dashboard: PORTS_ONLY,
  aws: { folders: CORE, allowsPackage: allBut('@kubernetes'), allowsEnvironment: true },
  kube: { folders: ['base'], allowsPackage: allBut('@aws-sdk', '@smithy'), allowsEnvironment: true },
  source: { folders: CORE, allowsPackage: anyPackage, allowsEnvironment: true },
  runtime: { folders: ['base'], allowsPackage: allBut('@aws-sdk', '@smithy'), allowsEnvironment: true },
  config: { folders: CORE, allowsPackage: anyPackage, allowsEnvironment: true },
  telemetry: { folders: CORE, allowsPackage: anyPackage, allowsEnvironment: true },
  plan: { folders: ['policy', 'api', 'base'], allowsPackage: noPackage, allowsEnvironment: false },
  policy: { folders: ['api', 'base'], allowsPackage: noPackage, allowsEnvironment: false },
  api: { folders: ['base'], allowsPackage: only('typebox', '@marcbachmann/cel-js'), allowsEnvironment: false },
  base: { folders: [], allowsPackage: only('node:crypto'), allowsEnvironment: false },
};

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
