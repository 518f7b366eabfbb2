import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { evaluate } from '@marcbachmann/cel-js';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { type Health, readYaml } from '../../support/argocd/customization.ts';

interface HealthCheck {
  readonly inProgress: string;
  readonly failed: string;
  readonly current: string;
}

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/gitops.md', import.meta.url)), 'utf8');
const { tests } = readYaml<{ tests: { healthStatus: Health; inputPath: string }[] }>('health_test.yaml');

describe('the healthCheckExprs of docs/gitops.md say of each state what the health script of Argo CD says', () => {
  test.each(tests)('$inputPath', ({ inputPath, healthStatus }) => {
    const checked = { Current: ['Healthy', 'Suspended'], Failed: ['Degraded'], InProgress: ['Progressing'] };
    expect(checked[judge(readYaml(inputPath))]).toContain(healthStatus.status);
  });
});

/** In the order in which Flux asks: https://fluxcd.io/flux/components/kustomize/kustomizations/#health-check-expressions */
function judge(object: Record<string, unknown>): 'InProgress' | 'Failed' | 'Current' {
  const { inProgress, failed, current } = snippet();
  if (evaluate(inProgress, object)) return 'InProgress';
  if (evaluate(failed, object)) return 'Failed';
  return evaluate(current, object) ? 'Current' : 'InProgress';
}

function snippet(): HealthCheck {
  const [, block = ''] = /^```yaml\n(healthCheckExprs:[\s\S]*?)^```/m.exec(PAGE) ?? [];
  const { healthCheckExprs } = load(block) as { healthCheckExprs: [HealthCheck] };
  return healthCheckExprs[0];
}
