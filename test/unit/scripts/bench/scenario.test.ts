import { expect, test } from 'vitest';
import { goals } from '../../../../scripts/bench/goals.ts';
import { quickScenarios, scenarios } from '../../../../scripts/bench/scenario.ts';
import { phase } from './phase.ts';

test('no two scenarios have one name', () => {
  for (const list of [scenarios, quickScenarios]) {
    expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
  }
});

test('the scenarios run what every goal is measured by', () => {
  const fleets = scenarios.flatMap((scenario) =>
    scenario.kind === 'Fleet' ? [{ scenario, phases: scenario.phases.map((name) => phase({ phase: name })) }] : [],
  );
  const commands = scenarios.flatMap(({ kind, name }) => (kind === 'Fleet' ? [] : [{ name, milliseconds: [1] }]));
  const machine = { cores: 2, node: 'v24.0.0', platform: 'linux x64', date: '2026-11-25' };
  const unmeasured = goals.filter(
    ({ measured }) => measured({ machine, awsLatencyMs: 20, commands, fleets }) === undefined,
  );
  expect(unmeasured.map(({ what }) => what)).toEqual([]);
});
