import type { AppAccess } from '../api/app-access.ts';
import { TerminalError } from '../base/errors.ts';
import { describeAction } from '../plan/actions.ts';
import { changeText, driftText } from '../plan/difference.ts';
import { differencesOf } from '../plan/differences-of.ts';
import { digestOf } from '../policy/digest-of.ts';
import type { CompileSettings } from '../policy/types.ts';
import { decide } from '../reconcile/converge.ts';
import { driftWords } from '../reconcile/drift-report.ts';
import { type ObservePorts, observeAccess } from '../reconcile/observe.ts';
import type { RivalsPort } from '../reconcile/ports.ts';
import type { CompiledManifest } from './compile-manifests.ts';

/** What the controller would do about one manifest. */
export interface ManifestPlan {
  readonly namespace: string;
  readonly name: string;
  /** In words, in their order; empty when in sync. */
  readonly actions: readonly string[];
  /** Differences that would be left standing because the spec says Report. */
  readonly reported: readonly string[];
  /** What the actions mend or bring, in words: as drift when the same spec was applied before, else as changes. */
  readonly differences: readonly string[];
  /** What somebody must do before the subject has the role. */
  readonly waiting: readonly string[];
  /** Why nothing would be written: what is there is not ours. */
  readonly refused?: string;
}

export interface PlanPorts extends ObservePorts {
  readonly rivals: RivalsPort;
  readonly settings: CompileSettings;
}

/** Reads the live world for one compiled manifest and plans, writing nothing. `live` are the objects in the cluster. */
export async function planManifest(
  { appAccess, compiled }: CompiledManifest,
  live: readonly AppAccess[],
  ports: PlanPorts,
  signal: AbortSignal,
): Promise<ManifestPlan> {
  const { desired } = compiled;
  const { namespace, name } = appAccess.metadata;
  const merged = withLivePast(appAccess, live);
  const observed = await observeAccess(
    { desired, appAccess: merged, rivals: ports.rivals.rivalsOf(merged) },
    ports,
    signal,
  );
  try {
    const digest = digestOf(desired);
    const plan = decide({ appAccess: merged, desired, digest }, observed, ports.settings);
    const inWords = merged.status?.applied?.digest === digest ? driftText : changeText;
    return {
      namespace,
      name,
      actions: plan.actions.map(describeAction),
      differences: differencesOf(plan.actions, observed).map(inWords),
      reported: driftWords(plan.reported, observed),
      waiting: plan.waiting.map(({ message }) => message),
    };
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return { namespace, name, actions: [], differences: [], reported: [], waiting: [], refused: error.message };
  }
}

/** `appAccess` with the age and the status of the object of its name, where there is one. */
function withLivePast(appAccess: AppAccess, live: readonly AppAccess[]): AppAccess {
  const { namespace, name } = appAccess.metadata;
  const found = live.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  if (found === undefined) return appAccess;
  const { creationTimestamp } = found.metadata;
  return {
    ...appAccess,
    metadata: { ...appAccess.metadata, ...(creationTimestamp === undefined ? {} : { creationTimestamp }) },
    ...(found.status === undefined ? {} : { status: found.status }),
  };
}

/** `plans` as text for a terminal, each line ended. */
export function renderPlans(plans: readonly ManifestPlan[]): string {
  return plans.map(renderPlan).join('');
}

function renderPlan({ namespace, name, actions, differences, reported, waiting, refused }: ManifestPlan): string {
  const key = `${namespace}/${name}`;
  const lines = [
    ...(refused === undefined ? [] : [`  refused: ${refused}`]),
    ...actions.map((action) => `  ${action}`),
    ...differences.map((difference) => `    ${difference}`),
    ...reported.map((difference) => `  left standing: ${difference}`),
    ...waiting.map((what) => `  waits: ${what}`),
  ];
  if (lines.length === 0) return `${key}: in sync\n`;
  return `${key}: ${actions.length} action${actions.length === 1 ? '' : 's'}\n${lines.join('\n')}\n`;
}
