import { chmod, cp, lstat, mkdir, readdir } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { execa } from 'execa';
import { buildContext } from './build-context.ts';
import type { Instruction, Stage } from './parse-dockerfile.ts';

/** A file system that the steps of a Dockerfile made, and what its last stage says about running it. */
export interface BuiltImage {
  /** Absolute folder that stands for `/`. Nobody but its owner may write in it. */
  readonly root: string;
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly ports: readonly string[];
  /** ENTRYPOINT and CMD. */
  readonly command: readonly string[];
}

export interface PerformOptions {
  /** Folder that is built, with its `.dockerignore`. */
  readonly context: string;
  /** An empty folder, which gets one folder for each stage. */
  readonly folder: string;
  /** Puts into an empty root what this project uses of a base image that is no stage. */
  readonly fillBase: (image: string, root: string) => Promise<void>;
}

interface StageState {
  readonly root: string;
  workingDirectory: string;
  user: string;
  env: Record<string, string>;
  ports: string[];
  entrypoint: string[];
  arguments: string[];
}

/**
 * Performs the instructions of `stages` one after another, as an image builder would, but in folders: `RUN` runs in the
 * stage's working directory with the programs of this machine. An instruction that is not known throws, so that none is
 * passed over.
 */
export async function performDockerfile(stages: readonly Stage[], options: PerformOptions): Promise<BuiltImage> {
  const files = await buildContext(options.context);
  const built = new Map<string, StageState>();
  let last: StageState | undefined;
  for (const [index, stage] of stages.entries()) {
    const root = join(options.folder, String(index));
    await mkdir(root, { recursive: true });
    if (built.has(stage.base)) throw new Error(`FROM ${stage.base}: a stage as a base is not supported`);
    await options.fillBase(stage.base, root);
    last = { root, workingDirectory: '/', user: '0:0', env: {}, ports: [], entrypoint: [], arguments: [] };
    for (const instruction of stage.instructions) await perform(instruction, last, built, options.context, files);
    if (stage.name !== undefined) built.set(stage.name, last);
  }
  if (last === undefined) throw new Error('a Dockerfile without FROM');
  await closeToOthers(last.root);
  const { root, workingDirectory, env, user, ports } = last;
  return { root, workingDirectory, env, user, ports, command: [...last.entrypoint, ...last.arguments] };
}

async function perform(
  { name, flags, value }: Instruction,
  stage: StageState,
  built: ReadonlyMap<string, StageState>,
  context: string,
  files: readonly string[],
): Promise<void> {
  switch (name) {
    case 'WORKDIR':
      stage.workingDirectory = posix.resolve(stage.workingDirectory, value);
      await mkdir(join(stage.root, stage.workingDirectory), { recursive: true });
      return;
    case 'COPY':
      return flags.length === 0
        ? copyFromContext(value, stage, context, files)
        : copyFromStage(flags, value, stage, built);
    case 'RUN':
      await execa('sh', ['-c', value], { cwd: join(stage.root, stage.workingDirectory), env: stage.env });
      return;
    case 'ENV':
      for (const [, key = '', text = ''] of value.matchAll(/(\w+)="([^"]*)"/g)) stage.env[key] = text;
      return;
    case 'USER':
      stage.user = value;
      return;
    case 'EXPOSE':
      stage.ports = value.split(' ');
      return;
    case 'ENTRYPOINT':
      stage.entrypoint = JSON.parse(value) as string[];
      return;
    case 'CMD':
      stage.arguments = JSON.parse(value) as string[];
      return;
    case 'LABEL':
      return;
    default:
      throw new Error(`${name} ${value}: not supported`);
  }
}

/** Files by their name, folders by their content, into a folder, as COPY does. */
async function copyFromContext(
  value: string,
  stage: StageState,
  context: string,
  files: readonly string[],
): Promise<void> {
  const sources = value.split(' ');
  const target = join(stage.root, posix.resolve(stage.workingDirectory, sources.pop() ?? '.'));
  for (const source of sources) {
    const found = files.filter((file) => file === source || file.startsWith(`${source}/`));
    if (found.length === 0) throw new Error(`COPY ${source}: not in the build context; see .dockerignore`);
    for (const file of found) {
      const to = join(target, file === source ? posix.basename(file) : file.slice(source.length + 1));
      await mkdir(dirname(to), { recursive: true });
      await cp(join(context, file), to);
    }
  }
}

async function copyFromStage(
  flags: readonly string[],
  value: string,
  stage: StageState,
  built: ReadonlyMap<string, StageState>,
): Promise<void> {
  const [flag = '', ...others] = flags;
  const [source = '', target = '', ...more] = value.split(' ');
  const from = built.get(flag.replace(/^--from=/, ''));
  if (from === undefined || others.length + more.length > 0) {
    throw new Error(`COPY ${flags.join(' ')} ${value}: not supported`);
  }
  const to = join(stage.root, posix.resolve(stage.workingDirectory, target));
  await cp(join(from.root, source), to, { recursive: true, verbatimSymlinks: true });
}

/** As in an image, where all belongs to root; whatever the umask of whoever builds. */
async function closeToOthers(path: string): Promise<void> {
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) return;
  await chmod(path, (stat.mode | 0o444 | (stat.mode & 0o100 ? 0o111 : 0)) & ~0o022);
  if (!stat.isDirectory()) return;
  for (const entry of await readdir(path)) await closeToOthers(join(path, entry));
}
