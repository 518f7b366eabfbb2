import { type AppAccess, FINALIZER, type ObjectMeta } from '../../api/app-access.ts';
import type { AppAccessStatus } from '../../api/status-schema.ts';
import { type Outage, TransientError, WaitingError } from '../../base/errors.ts';
import { isConflict, isNotFound, KubeApiError } from '../../kube/kube-api-error.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import type { ResourcePath } from '../../kube/resource-path.ts';
import type { ServiceAccountRef } from '../../plan/actions.ts';
import type { ObservedServiceAccount } from '../../plan/observation.ts';
import { annotationManager, IRSA_ANNOTATION, ownsAnnotation } from './irsa-annotation.ts';
import { kubeRemedy } from './kube-remedy.ts';
import { APP_ACCESSES, SERVICE_ACCOUNTS } from './resource-paths.ts';

interface ServiceAccount extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly unknown[];
  };
}

/** What the reconciler asks of Kubernetes, through `client`. Errors become `ReconcileError`s. */
export function createKubernetesGateway(client: KubeClient) {
  return {
    async whetherCurrent(
      appAccess: AppAccess,
      signal: AbortSignal,
    ): Promise<'Current' | 'Changed' | 'Replaced' | 'Gone'> {
      const path = pathOf(appAccess.metadata);
      const found = await kubernetesCall('read the object', () => client.get<AppAccess>(path, signal));
      if (found === undefined) return 'Gone';
      if (found.metadata.uid !== appAccess.metadata.uid) return 'Replaced';
      return isSame(found.metadata, appAccess.metadata) ? 'Current' : 'Changed';
    },

    async addFinalizer(appAccess: AppAccess, signal: AbortSignal): Promise<AppAccess> {
      const { uid, resourceVersion, finalizers = [] } = appAccess.metadata;
      const body = { metadata: { uid, resourceVersion, finalizers: [...finalizers, FINALIZER] } };
      return kubernetesCall('add the finalizer', () =>
        client.patch<AppAccess>(pathOf(appAccess.metadata), body, 'merge', signal),
      );
    },

    async removeFinalizer(appAccess: AppAccess, signal: AbortSignal): Promise<void> {
      const { uid, resourceVersion, finalizers = [] } = appAccess.metadata;
      const left = finalizers.filter((finalizer) => finalizer !== FINALIZER);
      const body = { metadata: { uid, resourceVersion, finalizers: left } };
      await kubernetesCall('remove the finalizer', () =>
        unlessGone(client.patch(pathOf(appAccess.metadata), body, 'merge', signal)),
      );
    },

    async replaceStatus(
      appAccess: AppAccess,
      status: AppAccessStatus,
      signal: AbortSignal,
    ): Promise<AppAccess | undefined> {
      const path = { ...pathOf(appAccess.metadata), subresource: 'status' };
      const object: KubeObject & Pick<AppAccess, 'spec' | 'status'> = { ...appAccess, status };
      const written = await kubernetesCall('write the status', () =>
        unlessGone(client.replace<AppAccess>(path, object, signal)),
      );
      if (written === undefined) await requireGone(client, appAccess.metadata, signal);
      return written;
    },

    async getServiceAccount(
      { namespace, name }: { namespace: string; name: string },
      owner: ObjectMeta,
      signal: AbortSignal,
    ): Promise<ObservedServiceAccount | undefined> {
      const path = { ...SERVICE_ACCOUNTS, namespace, name };
      const found = await kubernetesCall('read the service account', () => client.get<ServiceAccount>(path, signal));
      if (found === undefined) return undefined;
      const roleArn = found.metadata.annotations?.[IRSA_ANNOTATION];
      return {
        namespace,
        name,
        uid: found.metadata.uid ?? '',
        annotatedByUs: ownsAnnotation(found.metadata.managedFields ?? [], annotationManager(owner)),
        ...(roleArn === undefined ? {} : { roleArn }),
      };
    },

    async annotateServiceAccount(
      { namespace, name, uid }: ServiceAccountRef,
      roleArn: string | undefined,
      owner: ObjectMeta,
      signal: AbortSignal,
    ): Promise<'Applied' | 'Conflict' | 'Gone'> {
      const annotations = roleArn === undefined ? {} : { annotations: { [IRSA_ANNOTATION]: roleArn } };
      const object = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, uid, ...annotations } };
      const path = { ...SERVICE_ACCOUNTS, namespace, name };
      return kubernetesCall('annotate the service account', async () => {
        try {
          await client.apply(path, object, { fieldManager: annotationManager(owner), force: false }, signal);
          return 'Applied';
        } catch (error) {
          if (isNotFound(error)) return 'Gone';
          if (isConflict(error)) return hasFieldConflict(error) ? 'Conflict' : 'Gone';
          throw error;
        }
      });
    },
  };
}

/** Of one object at two times. The generation stands for the spec. */
function isSame(a: ObjectMeta, b: ObjectMeta): boolean {
  const isOurs = ({ finalizers = [] }: ObjectMeta) => finalizers.includes(FINALIZER);
  return a.generation === b.generation && a.deletionTimestamp === b.deletionTimestamp && isOurs(a) === isOurs(b);
}

function pathOf({ namespace, name }: ObjectMeta): ResourcePath {
  return { ...APP_ACCESSES, namespace, name };
}

/** A conflict about fields names them as causes; one about the uid of a namesake has none. */
function hasFieldConflict({ details }: KubeApiError): boolean {
  return Array.isArray(details.causes) && details.causes.length > 0;
}

/** An object that is gone needs no write; nor does its namesake made since, which has another uid. */
async function unlessGone<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The API server answers a subresource that a kind has not as if the object were absent; only a read tells them apart. */
async function requireGone(client: KubeClient, metadata: ObjectMeta, signal: AbortSignal): Promise<void> {
  const found = await kubernetesCall('read the object', () => client.get(pathOf(metadata), signal));
  if (found === undefined || found.metadata.uid !== metadata.uid) return;
  throw new WaitingError(
    'CrdOutdated',
    'could not write the status: the CustomResourceDefinition appaccesses.appaccess.dev has no status subresource; ' +
      'apply crds/ of this version: kubectl apply --server-side -f crds/',
    60_000,
    undefined,
    { name: 'CrdOutdated' },
  );
}

async function kubernetesCall<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TransientError && error.reason === 'KubernetesUnreachable') {
      throw new TransientError(error.reason, error.message, error.cause, { name: error.reason });
    }
    if (!(error instanceof KubeApiError)) throw error;
    const reason = isConflict(error) ? 'Conflict' : 'KubernetesRefused';
    const remedy = kubeRemedy(error, APP_ACCESSES, what);
    const message = `could not ${what}: ${error.message}${remedy === undefined ? '' : `; ${remedy}`}`;
    throw new TransientError(reason, message, error, outageOf(error, what));
  }
}

/** Refusals of who asks rather than of what is asked, and a server in trouble, meet every object alike. */
function outageOf({ status }: KubeApiError, what: string): Outage | undefined {
  if (status === 401 || status === 403) return { name: `kubernetes ${status}: ${what}` };
  return status === 429 || status >= 500 ? { name: 'kubernetes in trouble' } : undefined;
}
