import { asJson, type Json } from './json.ts';
import type { ResourceKind } from './resource-kind.ts';
import type { StoredObject } from './stored-object.ts';

/** An event as `kind`'s API group shows it. Events are stored in the form of events.k8s.io; the core form is a view. */
export function viewOf(kind: ResourceKind, object: StoredObject): StoredObject {
  if (kind.storage !== 'events' || kind.group !== '') return object;
  const { note, regarding, series, reportingController, reportingInstance, deprecatedCount, ...rest } = object;
  const time = object.eventTime ?? object.metadata.creationTimestamp;
  return {
    ...rest,
    apiVersion: 'v1',
    message: note,
    involvedObject: regarding,
    source: { component: reportingController },
    reportingComponent: reportingController,
    reportingInstance,
    firstTimestamp: toSeconds(time),
    lastTimestamp: toSeconds(asJson(series).lastObservedTime ?? time),
    count: asJson(series).count ?? deprecatedCount ?? 1,
    ...(series === undefined ? {} : { series }),
  };
}

/** What `kind`'s API group sent, in the form that is stored. */
export function fromView(kind: ResourceKind, object: Json): Json {
  if (kind.storage !== 'events' || kind.group !== '') return object;
  const { message, involvedObject, source, reportingComponent, firstTimestamp, lastTimestamp, count, ...rest } = object;
  return {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    note: message,
    regarding: involvedObject,
    reportingController: reportingComponent ?? asJson(source).component,
    eventTime: object.eventTime ?? firstTimestamp,
    ...(count === undefined ? {} : { deprecatedCount: count }),
    ...(lastTimestamp === undefined ? {} : { deprecatedLastTimestamp: lastTimestamp }),
  };
}

/** Core events have times in whole seconds. */
function toSeconds(time: unknown): string {
  return String(time).replace(/\.\d+Z$/, 'Z');
}
