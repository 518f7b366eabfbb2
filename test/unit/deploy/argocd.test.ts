import { describe, expect, test } from 'vitest';
import { validateAppAccess } from '../../../src/api/validate-app-access.ts';
import {
  type Health,
  healthOf,
  listFiles,
  offeredActions,
  type PlainObject,
  performAction,
  readYaml,
} from '../../support/argocd/customization.ts';
import { runScript } from '../../support/argocd/lua-sandbox.ts';

/** Time of the annotation in actions/testdata. */
const NOW_MS = Date.parse('2026-11-02T09:30:00Z');

// The two lists of cases are in the form in which Argo CD keeps its own.
const { tests: healthTests } = readYaml<{ tests: { healthStatus: Health; inputPath: string }[] }>('health_test.yaml');
const { discoveryTests, actionTests } = readYaml<{
  discoveryTests: { inputPath: string; result: { name: string; disabled: boolean }[] }[];
  actionTests: { action: string; inputPath: string; expectedOutputPath: string }[];
}>('actions/action_test.yaml');

describe('health.lua says of an AppAccess in each state what its case expects', () => {
  test.each(healthTests)('$inputPath: $healthStatus.status', ({ inputPath, healthStatus }) => {
    expect(healthOf(readYaml(inputPath))).toEqual(healthStatus);
  });

  test('and every state has a case', () => {
    expect(healthTests.map(({ inputPath }) => inputPath).sort()).toEqual(listFiles('testdata'));
  });
});

describe('discovery.lua offers the actions that do something', () => {
  test.each(discoveryTests)('$inputPath', ({ inputPath, result }) => {
    const offered = Object.entries(offeredActions(readYaml(`actions/${inputPath}`)));
    expect(offered.map(([name, { disabled }]) => ({ name, disabled })).sort(byName)).toEqual(result.sort(byName));
  });
});

describe('an action changes what it is for and nothing else', () => {
  test.each(actionTests)('$action of $inputPath', ({ action, inputPath, expectedOutputPath }) => {
    const object = readYaml<PlainObject>(`actions/${inputPath}`);
    expect(performAction(action, object, NOW_MS)).toEqual(readYaml(`actions/${expectedOutputPath}`));
  });

  test('and every action that discovery.lua names has a case', () => {
    const [first] = discoveryTests;
    expect(first?.result.map(({ name }) => name).sort()).toEqual(actionTests.map(({ action }) => action).sort());
  });

  test('reconcile keeps the annotations that are there', () => {
    const object = { metadata: { annotations: { team: 'billing' } }, spec: {} };
    expect(performAction('reconcile', object, NOW_MS)).toMatchObject({
      metadata: { annotations: { team: 'billing' } },
    });
  });
});

test('health.lua gives a message in words even where a condition has none', () => {
  const stalled = { metadata: { generation: 1 }, spec: {}, status: { observedGeneration: 1, conditions: [stall()] } };
  expect(healthOf(stalled)).toEqual({ status: 'Degraded', message: 'nil' });
});

describe('every object of the cases is one that the API server takes', () => {
  test.each([...listFiles('testdata'), ...listFiles('actions/testdata')])('%s', (path) => {
    expect(validateAppAccess(readYaml(path))).toEqual([]);
  });
});

describe('the sandbox has no more than Argo CD gives', () => {
  const missing = ['io', 'os', 'string', 'math', 'debug', 'coroutine', 'utf8', 'table.unpack'];
  test.each(missing)('%s', (library) => {
    expect(runScript(`return type(${library})`, {}, NOW_MS)).toBe('nil');
  });

  test('os has date and time alone', () => {
    const script = 'local names = {} for name in pairs(require("os")) do table.insert(names, name) end return names';
    expect(runScript(script, {}, NOW_MS)).toEqual(expect.arrayContaining(['date', 'time']));
    expect(runScript(script, {}, NOW_MS)).toHaveLength(2);
  });

  test('and require knows no other module', () => {
    expect(() => runScript('return require("io")', {}, NOW_MS)).toThrow('module io not found');
  });
});

function stall() {
  return { type: 'Stalled', status: 'True' };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
