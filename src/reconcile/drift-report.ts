import type { AppAccessSpec } from '../api/app-access.ts';
import { TerminalError } from '../base/errors.ts';
import type { Action } from '../plan/actions.ts';
import { driftText } from '../plan/difference.ts';
import { differencesOf } from '../plan/differences-of.ts';
import type { Observation } from '../plan/observation.ts';

/** What `actions` mend or would mend in `observed`, in words, each of at most 256 characters, equal input in equal order. */
export function driftWords(actions: readonly Action[], observed: Observation): readonly string[] {
  return differencesOf(actions, observed).map(driftText);
}

/** Why an object with differences that are left standing is not ready, the ways out first and then one difference a line. */
export function driftReported(drift: readonly string[], spec: AppAccessSpec, everyDifference: boolean): TerminalError {
  const mode = everyDifference && spec.drift?.mode === 'Report' ? 'spec.drift.mode to Repair' : undefined;
  const unmanaged = spec.drift?.unmanaged === 'Report' ? 'spec.drift.unmanaged to Remove' : undefined;
  const settings = [mode, unmanaged].filter((setting) => setting !== undefined).join(' and ');
  const head = `${countText(drift.length)} left standing because spec.drift says Report; undo in AWS what is listed here, or set ${settings}:`;
  return new TerminalError('DriftReported', [head, ...drift].join('\n'));
}

/** Message of the condition Drifted, one difference a line. */
export function driftedText(drift: readonly string[]): string {
  return [`${countText(drift.length)} from what was last applied:`, ...drift].join('\n');
}

function countText(count: number): string {
  return `${count} difference${count === 1 ? '' : 's'}`;
}
