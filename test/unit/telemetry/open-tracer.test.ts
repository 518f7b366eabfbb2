import { execa } from 'execa';
import { expect, test } from 'vitest';

const SOURCES = new URL('../../../src/', import.meta.url).href;

/** Prints the packages of OpenTelemetry that are loaded with the controller and a tracer of `settings`. */
const program = (settings: string) => `
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('@opentelemetry/')) loaded.add(specifier);
      return next(specifier, context);
    },
  });
  await import('${SOURCES}cli/controller.ts');
  const { openTracer } = await import('${SOURCES}telemetry/open-tracer.ts');
  const traced = { controller: 'appaccess', version: '1', attributes: {} };
  await openTracer(${settings}, traced, { log: { info() {} } });
  console.log([...loaded].join(' '));
`;

async function loadedWith(settings: string): Promise<readonly string[]> {
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program(settings)]);
  return stdout.split(' ');
}

test('nothing of the SDK of OpenTelemetry is loaded when no traces are sent', async () => {
  expect(await loadedWith('undefined')).toEqual(['@opentelemetry/api']); // prom-client loads it in any case
  expect(await loadedWith("{ protocol: 'http/json', share: 1 }")).toContain('@opentelemetry/sdk-trace');
});
