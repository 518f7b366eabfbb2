import { type Problem, problemText } from '../base/problem.ts';
import type { FileProblem, Manifest } from './parse-manifests.ts';

/** `problems` as `file:line: field: problem`, one a line, each line ended; empty when there are none. */
export function renderProblems(problems: readonly FileProblem[]): string {
  return problems.map((problem) => `${problem.file}:${problem.line}: ${problemText(problem)}\n`).join('');
}

/** `problems` of the object in `manifest`, with the file and the line of each field, in the order of the lines. */
export function locateProblems(manifest: Manifest, problems: readonly Problem[]): readonly FileProblem[] {
  return problems
    .map(({ path, problem }) => ({ file: manifest.file, line: manifest.lineOf(path), path, problem }))
    .sort((a, b) => a.line - b.line);
}
