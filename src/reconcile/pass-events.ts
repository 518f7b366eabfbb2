import type { AppAccess } from '../api/app-access.ts';
import type { PassReport } from './pass-report.ts';
import type { PassEvent } from './ports.ts';

/** Events that tell `report`: only what is new against the status before the pass. Empty for a pass that found nothing. */
export function passEvents(appAccess: AppAccess, report: PassReport): readonly PassEvent[] {
  const { failure, done = [], repaired = [], drift = [], deleting } = report;
  const action = deleting === true ? 'Delete' : 'Reconcile';
  const events: PassEvent[] = [];
  if (done.length > 0) {
    const reason = deleting === true ? 'Deleted' : 'Applied';
    events.push({ type: 'Normal', reason, action, note: done.join('; ') });
  }
  if (repaired.length > 0) {
    events.push({ type: 'Warning', reason: 'DriftRepaired', action: 'Repair', note: repaired.join('; ') });
  }
  const before = appAccess.status?.conditions?.find((condition) => condition.type === 'Ready');
  const isNews = before?.status !== 'False' || before.reason !== failure?.reason;
  const driftIsNews = drift.length > 0 && drift.join() !== (appAccess.status?.drift ?? []).join();
  if (failure !== undefined && report.unseen !== true && (isNews || driftIsNews)) {
    events.push({ type: 'Warning', reason: failure.reason, action, note: failure.message });
  }
  return events;
}
