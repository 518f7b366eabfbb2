import { expect, test } from 'vitest';
import type { BenchReport } from '../../../../scripts/bench/measurement.ts';
import { renderReport } from '../../../../scripts/bench/render-report.ts';
import type { FleetScenario } from '../../../../scripts/bench/scenario.ts';
import { phase } from './phase.ts';

const scenario: FleetScenario = {
  kind: 'Fleet',
  kubernetes: 'Embedded',
  name: '1000',
  objects: 1000,
  phases: [],
  budget: 0,
  editEveryMs: 50,
  runs: 2,
};

function report(change: Partial<BenchReport> = {}): BenchReport {
  return {
    machine: { cores: 2, node: 'v24.0.0', platform: 'linux x64', date: '2026-11-25' },
    awsLatencyMs: 20,
    commands: [],
    fleets: [],
    ...change,
  };
}

/** Lines of the page that begin with `start`. */
function linesOf(page: string, start: string): string[] {
  return page.split('\n').filter((line) => line.startsWith(start));
}

test('a goal that is reached stands beside the figures of the others', () => {
  const create = phase({ seconds: 3.777, awsCalls: { CreateRole: 1000, PutRolePolicy: 1000 } });
  const page = renderReport(report({ fleets: [{ scenario, phases: [create] }] }));
  expect(linesOf(page, '| IAM calls for a new role')).toEqual(['| IAM calls for a new role | 2 | 2 | 23 | 10 | 7 |']);
  expect(linesOf(page, '| 1,000 at once')).toEqual([
    '| 1,000 at once until all are Ready, no budget in the way | under 10 s | 3.78 s | 541 s; 58 s with 10 workers | 26 s | 197 s |',
  ]);
});

test('a goal that is missed is bold and listed with its reason', () => {
  const restart = phase({ phase: 'Restart', seconds: 6.5 });
  const page = renderReport(report({ fleets: [{ scenario, phases: [restart] }] }));
  expect(linesOf(page, '| restart with 1,000')[0]).toContain('| **6.50 s** |');
  expect(linesOf(page, '* restart with 1,000')[0]).toMatch(/: each role is read by itself/);
});

test('writes are told from reads in what an unchanged check asks for', () => {
  const recheck = phase({
    phase: 'Recheck',
    awsCalls: { GetRole: 1000, TagRole: 1 },
    kubeCalls: [
      { verb: 'list', resource: 'appaccesses', count: 2 },
      { verb: 'update', resource: 'appaccesses/status', count: 1 },
    ],
  });
  const page = renderReport(report({ fleets: [{ scenario, phases: [recheck] }] }));
  expect(linesOf(page, '| writes in an unchanged')[0]).toContain('| **2** |');
});

test('a figure whose scenario did not run is said not to have run', () => {
  expect(linesOf(renderReport(report()), '| IAM calls for a new role')[0]).toContain('| not run |');
});

test('a fleet is a table of its phases, with calls by kind and what was throttled', () => {
  const iam = { requestsPerSecond: 20, burst: 10 };
  const create = phase({
    seconds: 10.1,
    awsCalls: { CreateRole: 1100 },
    throttled: 100,
    kubeCalls: [{ verb: 'patch', resource: 'appaccesses', count: 1000 }],
    cpuSeconds: 1.5,
  });
  const edit = phase({ phase: 'Edit', editsMs: [1, 20, 300] });
  const page = renderReport(
    report({ fleets: [{ scenario: { ...scenario, iam, budget: 20 }, phases: [create, edit] }] }),
  );
  expect(page).toContain(`### 1000

1,000 objects; IAM takes 20 requests/s and 10 at once; the controller sends 20 requests/s; 2 runs.

| phase | time | AWS calls | Kubernetes calls | CPU | peak memory |
| --- | --- | --- | --- | --- | --- |
| create | 10.10 s | 1,100 CreateRole<br>of these 100 throttled | 1,000 patch appaccesses | 1.50 s | 100 MiB |
| edit | 1.00 s | none | none | 0.00 s | 100 MiB |

3 edits while the new controller goes over all objects: applied after 20 ms in the median, 300 ms at p99.
`);
});

test('a command is shown by the median and the longest of its runs', () => {
  const page = renderReport(report({ commands: [{ name: 'compile', milliseconds: [90.4, 100, 250] }] }));
  expect(page).toContain('| compile | 3 | 100 ms | 250 ms |');
  expect(linesOf(page, '| `appaccess compile`')[0]).toContain('| 100 ms |');
});
