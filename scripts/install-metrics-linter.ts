import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { sha256Hex } from '../src/base/digest.ts';
import { cacheFolder, exists, publish, withScratchFolder } from './cache-folder.ts';

/** The module of Prometheus whose package promlint is all that `promtool check metrics` goes by. */
const MODULE = 'github.com/prometheus/client_golang';
const VERSION = 'v1.25.0';

/** Reads an answer of /metrics from standard input, prints what Prometheus' linter has against it, exits with 3 if it has. */
const MAIN = `package main

import (
	"fmt"
	"os"

	"${MODULE}/prometheus/testutil/promlint"
)

func main() {
	problems, err := promlint.New(os.Stdin).Lint()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for _, problem := range problems {
		fmt.Println(problem.Metric, problem.Text)
	}
	if len(problems) > 0 {
		os.Exit(3)
	}
}
`;

/**
 * Absolute path of a program that checks metrics as `promtool check metrics` does. It is built into the cache when it is
 * not there yet: half a minute on two cores, whereas promtool with the clients of every cloud takes more than five minutes.
 */
export async function ensureMetricsLinter(report: (line: string) => void): Promise<string> {
  const recipe = { MODULE, VERSION, MAIN, platform: process.platform, arch: process.arch };
  const cache = cacheFolder('metrics-linter', `${VERSION}-${sha256Hex(JSON.stringify(recipe)).slice(0, 12)}`);
  const program = join(cache, 'promlint');
  if (await exists(program)) return program;
  report(`building promlint of ${MODULE} ${VERSION} into ${cache}`);
  const startedMs = Date.now();
  await withScratchFolder(cache, async (scratch) => {
    const source = join(scratch, 'promlint');
    await mkdir(source);
    await writeFile(join(source, 'main.go'), MAIN);
    await writeFile(
      join(source, 'go.mod'),
      `module appaccess.test/promlint\n\ngo 1.25.0\n\nrequire ${MODULE} ${VERSION}\n`,
    );
    const go = (...args: string[]) => execa('go', args, { cwd: source, env: { CGO_ENABLED: '0' } });
    await go('mod', 'tidy');
    await go('build', '-trimpath', '-ldflags', '-s -w', '-o', 'promlint', '.');
    await publish(join(source, 'promlint'), program);
  });
  report(`promlint: ${Math.round((Date.now() - startedMs) / 1000)} s`);
  return program;
}

if (import.meta.main) console.log(await ensureMetricsLinter((line) => console.error(line)));
