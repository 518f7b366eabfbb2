import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ReasonEntry } from '../../../src/api/reasons/reason-entry.ts';
import { REASONS } from '../../../src/api/reasons/reasons.ts';
import type { Reason } from '../../../src/base/errors.ts';
import { olderCrd } from '../../support/older-crd.ts';
import { awsScenarios } from './aws-scenarios.ts';
import { controllerScenarios } from './controller-scenarios.ts';
import { manifestScenarios } from './manifest-scenarios.ts';
import { outcomeScenarios } from './outcome-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';

/** One for every reason that there is: the compiler sees to that. */
const scenarios: Readonly<Record<Reason, Scenario>> = {
  ...outcomeScenarios,
  ...manifestScenarios,
  ...awsScenarios,
  ...controllerScenarios,
};

const STAGES: Partial<Record<Reason, StageOptions>> = {
  InvalidSpec: { lenient: true },
  CrdOutdated: { crds: [olderCrd({ subresources: undefined })] },
};

let stage: Stage;
afterEach(async () => {
  await stage.close();
  vi.unstubAllEnvs();
});

describe('every documented reason can arise, on the conditions and in the events that are documented', () => {
  test.each(Object.entries<ReasonEntry>(REASONS))('%s', async (name, entry) => {
    const reason = name as Reason;
    stage = await openStage(STAGES[reason] ?? {});
    await scenarios[reason](stage);
    if (entry.failure.includes('Waiting') && entry.conditions.includes('Stalled')) {
      await stage.untilSaid([`${entry.event} event:${reason}`]); // the last that the pass writes
      stage.clock.jump(130_000);
      await stage.pass('uploader');
    }
    await stage.untilSaid(wordsFor(reason, entry));
    for (const [type = '', other = ''] of stage.all().map((text) => text.split(':'))) {
      if (type === 'log' || type.endsWith(' event')) continue;
      expect(REASONS[other as Reason]?.conditions, `${other} on ${type}`).toContain(type);
    }
  });
});

function wordsFor(reason: Reason, { conditions, event }: ReasonEntry): readonly string[] {
  const words = [
    ...conditions.map((type) => `${type}:${reason}`),
    ...(event === undefined ? [] : [`${event} event:${reason}`]),
  ];
  return words.length > 0 ? words : [`log:${reason}`];
}
