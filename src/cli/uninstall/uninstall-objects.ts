import PQueue from 'p-queue';
import { type AppAccess, FINALIZER } from '../../api/app-access.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { isConflict, isNotFound, KubeApiError } from '../../kube/kube-api-error.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { ResourcePath } from '../../kube/resource-path.ts';
import { APP_ACCESSES } from '../controller/resource-paths.ts';
import { countText, type UninstallMode } from './uninstall-text.ts';

export interface UninstallOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly mode: UninstallMode;
  /** Takes our finalizer off itself instead of leaving that to the controller; the roles stay as they are. */
  readonly withoutController: boolean;
  /** Gives up when nothing has moved for so long. */
  readonly stallMs: number;
  /** Told how far it is, a line at a time without its end. */
  report(line: string): void;
}

const REQUESTS_AT_ONCE = 10;
const LOOK_MS = 1_000;

/** The objects that are there, or `undefined` when the cluster does not serve the kind. */
export async function listObjects(
  { client, namespace }: Pick<UninstallOptions, 'client' | 'namespace'>,
  signal: AbortSignal,
): Promise<readonly AppAccess[] | undefined> {
  const path = namespace === undefined ? APP_ACCESSES : { ...APP_ACCESSES, namespace };
  try {
    return (await client.list<AppAccess>(path, {}, signal)).items;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Deletes `objects` and waits until they are gone; returns those that are still there when nothing moves any more, and
 * those that somebody made again. Each is first told to keep its role where the mode says so, for from the deletion on
 * the controller acts. May be run again at any point.
 */
export async function uninstallObjects(
  objects: readonly AppAccess[],
  options: UninstallOptions,
  signal: AbortSignal,
): Promise<readonly AppAccess[]> {
  const queue = new PQueue({ concurrency: REQUESTS_AT_ONCE });
  await queue.addAll(objects.map((object) => () => letGo(object, options, signal)));
  return untilGone(objects.length, options, signal);
}

async function letGo(object: AppAccess, options: UninstallOptions, signal: AbortSignal): Promise<void> {
  const { client, mode, withoutController } = options;
  const { uid } = object.metadata;
  const path = pathOf(object);
  if (mode === 'Retain' && object.spec.deletionPolicy !== 'Retain') {
    await unlessGone(client.patch(path, { metadata: { uid }, spec: { deletionPolicy: 'Retain' } }, 'merge', signal));
  }
  await unlessReplaced(client.delete(path, uid === undefined ? {} : { uid }, signal));
  if (withoutController) await removeFinalizer(object, client, signal);
}

/** Takes our finalizer off the object as it stands; whoever writes at the same time makes it read again. */
async function removeFinalizer(object: AppAccess, client: KubeClient, signal: AbortSignal): Promise<void> {
  for (;;) {
    const found = await client.get<AppAccess>(pathOf(object), signal);
    if (found === undefined || found.metadata.uid !== object.metadata.uid) return;
    const { uid, resourceVersion, finalizers = [] } = found.metadata;
    const left = finalizers.filter((finalizer) => finalizer !== FINALIZER);
    try {
      await unlessGone(
        client.patch(pathOf(object), { metadata: { uid, resourceVersion, finalizers: left } }, 'merge', signal),
      );
      return;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}

async function untilGone(total: number, options: UninstallOptions, signal: AbortSignal): Promise<readonly AppAccess[]> {
  const { clock, stallMs, report } = options;
  let before = '';
  let reported = -1;
  let movedMs = clock.monotonicMs();
  for (;;) {
    const left = (await listObjects(options, signal)) ?? [];
    const gone = total - left.length;
    if (gone !== reported) report(`${gone} of ${countText(total)} gone`);
    reported = gone;
    const versions = left.map(({ metadata }) => metadata.resourceVersion).join();
    if (versions !== before) movedMs = clock.monotonicMs();
    before = versions;
    const isOver = left.every(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (isOver || clock.monotonicMs() - movedMs >= stallMs) return left;
    await sleep(clock, LOOK_MS, signal);
  }
}

function pathOf({ metadata }: AppAccess): ResourcePath {
  return { ...APP_ACCESSES, namespace: metadata.namespace, name: metadata.name };
}

async function unlessGone(write: Promise<unknown>): Promise<void> {
  await write.catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

/** A namesake made since has another uid, is none of ours to delete, and is told at the end. */
async function unlessReplaced(write: Promise<void>): Promise<void> {
  await write.catch((error: unknown) => {
    if (!isConflict(error)) throw error;
  });
}
