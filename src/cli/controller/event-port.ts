import type { AppAccess } from '../../api/app-access.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import type { EventPort } from '../../reconcile/ports.ts';

/** Events about AppAccess objects through `recorder`. */
export function createEventPort(recorder: EventRecorder): EventPort {
  return {
    record({ apiVersion, kind, metadata }: AppAccess, { type, reason, action, note }) {
      const { namespace, name, uid = '', resourceVersion = '' } = metadata;
      recorder.record({
        regarding: { apiVersion, kind, namespace, name, uid, resourceVersion },
        type,
        reason,
        action,
        note,
      });
    },
  };
}
