/** One thing that is wrong with an input, in words that name the remedy. */
export interface Problem {
  /** The field, as kubectl writes it: `spec.grants[0].s3.prefix`. Empty for the whole document. */
  readonly path: string;
  /** What is wrong and what to write instead, without the path, one sentence without a full stop. */
  readonly problem: string;
}

/** `problem` with its field in front, for a condition or a terminal. */
export function problemText({ path, problem }: Problem): string {
  return path === '' ? problem : `${path}: ${problem}`;
}
