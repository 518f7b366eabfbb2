import { setTimeout as delay } from 'node:timers/promises';
import { type AppAccess, FINALIZER } from '../../../src/api/app-access.ts';
import { TransientError } from '../../../src/base/errors.ts';
import { APP_ACCESSES, SERVICE_ACCOUNTS } from '../../../src/cli/controller/resource-paths.ts';
import { isNotFound, KubeApiError } from '../../../src/kube/kube-api-error.ts';
import type { KubeClient } from '../../../src/kube/kube-client.ts';
import { until } from '../../e2e/world/until.ts';
import { OBJECTS_WITH_ACCOUNT, type SpecOfUser, SUBJECTS, type UserAction } from '../schedule/user-action.ts';

const NAMESPACE = 'default';
/** As for `findViolations`: longer than any wait of the controller. */
const WAIT_TIMEOUT_MS = 150_000;

/** Someone who does what a schedule says, talks to the API server directly, and remembers what stands. */
export interface User {
  /** Begins an action; those on one object come one after another, each when the one before has ended. */
  begin(action: UserAction): void;
  /** Resolves when all actions have ended, with what kept any of them from its end, in words. */
  done(): Promise<readonly string[]>;
  /** What stands: the objects as the last apply of each left them. */
  manifests(): readonly AppAccess[];
  /** Objects that were asked to go and have not gone yet are waited for. */
  removeAll(): Promise<void>;
}

/** Once `signal` aborts, what is under way ends without effect, and so does what is begun after that. */
export function createUser(client: KubeClient, signal: AbortSignal = new AbortController().signal): User {
  const insist = <T>(request: () => Promise<T>) => insistUntil(signal, request);
  const standing = new Map<string, AppAccess>();
  const chains = new Map<string, Promise<void>>();
  const failures: string[] = [];
  const pathOf = (name: string) => ({ ...APP_ACCESSES, namespace: NAMESPACE, name });

  const applyOnce = (name: string, { grants, role }: SpecOfUser) => {
    const object = {
      apiVersion: 'appaccess.dev/v1alpha1',
      kind: 'AppAccess',
      metadata: { name, namespace: NAMESPACE },
      // Server-side apply of an empty map over a full one is refused by the API server itself.
      spec: { subject: SUBJECTS[name], grants, ...(Object.keys(role).length === 0 ? {} : { role }) },
    };
    return client.apply<AppAccess>(pathOf(name), object, { fieldManager: 'user', force: true }, signal);
  };
  const remove = async (name: string) => {
    await insist(() => client.delete(pathOf(name), {}, signal));
    standing.delete(name);
  };
  /** As `kubectl apply`, after a deletion that is under way has ended. */
  const apply = async (name: string, spec: SpecOfUser) => {
    const isGoing = async () =>
      (await insist(() => client.get<AppAccess>(pathOf(name), signal)))?.metadata.deletionTimestamp !== undefined;
    const what = `${name}, which was deleted, is gone`;
    await until(what, async () => ((await isGoing()) ? undefined : true), { timeoutMs: WAIT_TIMEOUT_MS });
    standing.set(name, await insist(() => applyOnce(name, spec)));
  };
  const takeFinalizers = (name: string) =>
    insist(() => client.patch(pathOf(name), { metadata: { finalizers: [] } }, 'merge', signal)).catch(ignoreNotFound);

  /**
   * What was set free by force is nobody's until the controller has seen the next object of that name: should that go
   * before, the role would be left behind by the user's own doing.
   */
  const untilTakenBack = async (name: string) => {
    const isTaken = async () =>
      (await insist(() => client.get<AppAccess>(pathOf(name), signal)))?.metadata.finalizers?.includes(FINALIZER);
    await until(`${name} is seen`, async () => ((await isTaken()) ? true : undefined), { timeoutMs: WAIT_TIMEOUT_MS });
  };

  async function perform(action: UserAction): Promise<void> {
    const { object: name } = action;
    switch (action.kind) {
      case 'Apply':
        return apply(name, action.spec);
      case 'Flip': {
        const before = standing.get(name)?.spec;
        await apply(name, action.spec);
        if (before !== undefined) await apply(name, { grants: before.grants, role: before.role ?? {} });
        return;
      }
      case 'Delete':
        return remove(name);
      case 'ReplaceByForce':
        await remove(name);
        await takeFinalizers(name);
        await apply(name, action.spec);
        return untilTakenBack(name);
      case 'Label': {
        const labels = { colour: action.value };
        await insist(() => client.patch(pathOf(name), { metadata: { labels } }, 'merge', signal)).catch(ignoreNotFound);
        return;
      }
      case 'RecreateServiceAccount':
        await insist(() => client.delete({ ...SERVICE_ACCOUNTS, namespace: NAMESPACE, name }, {}, signal));
        return createServiceAccount(client, name, signal);
      default:
        return action satisfies never;
    }
  }

  return {
    begin(action) {
      const before = chains.get(action.object) ?? Promise.resolve();
      const fail = (error: unknown) => void failures.push(`${JSON.stringify(action)}: ${error}`);
      const after = before.then(() => (failures.length > 0 ? undefined : perform(action)));
      chains.set(action.object, after.catch(fail));
    },
    async done() {
      await Promise.all(chains.values());
      return failures;
    },
    manifests: () => [...standing.values()],
    async removeAll() {
      await Promise.all([...standing.keys()].map(remove));
    },
  };
}

/** The service accounts that the objects name. */
export async function createServiceAccounts(client: KubeClient): Promise<void> {
  const signal = new AbortController().signal;
  await Promise.all(OBJECTS_WITH_ACCOUNT.map((name) => createServiceAccount(client, name, signal)));
}

async function createServiceAccount(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: NAMESPACE } };
  await insistUntil(signal, async () => {
    try {
      await client.create({ ...SERVICE_ACCOUNTS, namespace: NAMESPACE }, object, signal);
    } catch (error) {
      if (!(error instanceof KubeApiError && error.status === 409)) throw error; // made by a try whose answer was lost
    }
  });
}

/**
 * Tries until the API server, which is being restarted now and then, takes it. Rejects with what it refuses, and with the
 * signal's reason when that aborts.
 */
async function insistUntil<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await request();
    } catch (error) {
      const passes =
        error instanceof TransientError ||
        (error instanceof KubeApiError && (error.status >= 500 || [401, 403, 409, 429].includes(error.status)));
      if (!passes) throw error;
      await delay(200);
    }
  }
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
