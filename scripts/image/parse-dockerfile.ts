/** One instruction: `RUN`, its `--flags` as they stand, and the rest, with `ARG`s of before the first `FROM` filled in. */
export interface Instruction {
  readonly name: string;
  readonly flags: readonly string[];
  readonly value: string;
}

export interface Stage {
  /** The image or the stage it starts from. */
  readonly base: string;
  /** What `AS` calls it. */
  readonly name?: string;
  readonly instructions: readonly Instruction[];
}

/**
 * The stages of a Dockerfile in their order. Knows comments, continued lines and global `ARG`s with a default; other
 * grammar that changes meaning (heredocs, parser directives, `ARG`s inside a stage) throws an Error.
 * Source: https://docs.docker.com/reference/dockerfile/
 */
export function parseDockerfile(text: string): readonly Stage[] {
  const args = new Map<string, string>();
  const stages: { base: string; name?: string; instructions: Instruction[] }[] = [];
  for (const { name, flags, value } of instructionsOf(text)) {
    const stage = stages.at(-1);
    if (name === 'FROM') stages.push(toStage(fillIn(value, args)));
    else if (stage !== undefined && name !== 'ARG') stage.instructions.push({ name, flags, value });
    else if (stage === undefined && name === 'ARG') setArgument(args, value);
    else throw new Error(`${name} ${value}: not understood ${stage === undefined ? 'before' : 'after'} FROM`);
  }
  return stages;
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const joined = lines.join('\n').replaceAll(/\\\n/g, ' ').split('\n');
  return joined.filter((line) => line.trim() !== '').map(toInstruction);
}

function toInstruction(line: string): Instruction {
  const [, name, flagText = '', value] = /^([A-Z]+)\s+((?:--\S+\s+)*)(.*)$/.exec(line.trim()) ?? [];
  if (name === undefined || value === undefined || value.includes('<<')) throw new Error(`not understood: ${line}`);
  return { name, flags: flagText.split(/\s+/).filter((flag) => flag !== ''), value: value.replaceAll(/\s+/g, ' ') };
}

function toStage(value: string): { base: string; name?: string; instructions: Instruction[] } {
  const [, base, name] = /^(\S+)(?: AS (\S+))?$/i.exec(value) ?? [];
  if (base === undefined) throw new Error(`FROM ${value}: not understood`);
  return { base, ...(name === undefined ? {} : { name }), instructions: [] };
}

function setArgument(args: Map<string, string>, value: string): void {
  const [, name, text] = /^(\w+)=(\S+)$/.exec(value) ?? [];
  if (name === undefined || text === undefined) throw new Error(`ARG ${value}: needs a default`);
  args.set(name, text);
}

function fillIn(text: string, args: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = args.get(name);
    if (value === undefined) throw new Error(`ARG ${name} is not set before FROM ${text}`);
    return value;
  });
}
