import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { issueServingCertificate, readAuthority } from './world/certificates.ts';
import { type ControllerProcess, startControllerProcess, untilReady } from './world/controller-process.ts';
import { kubectlFor } from './world/kubectl.ts';
import { listRoles } from './world/list-roles.ts';
import { resetMoto } from './world/moto.ts';
import { realWorld } from './world/real-world.ts';
import { until } from './world/until.ts';

const CRDS = fileURLToPath(new URL('../../crds', import.meta.url));
const CLUSTER = 'vanished';
const NAMESPACE = 'vanished';
const WEBHOOK = 'hold-deletions';
const WAIT = '--timeout=60s';
const OBJECT = {
  apiVersion: 'appaccess.dev/v1alpha1',
  kind: 'AppAccess',
  metadata: { name: 'uploader', namespace: NAMESPACE },
  spec: {
    subject: { lambda: { functionName: 'uploader' } },
    grants: [{ s3: { bucket: 'invoices', access: ['Write'] } }],
  },
};

const world = realWorld();
const kubectl = kubectlFor(world.controlPlane, () => controller?.describe());
const roles = () => listRoles(world.moto, CLUSTER);
let controller: ControllerProcess | undefined;
let webhook: Server;
/** When the API server asks whether the object may be deleted it has looked for finalizers. */
const asked = Promise.withResolvers<void>();
const answer = Promise.withResolvers<void>();
let tries = 0;

beforeAll(async () => {
  await resetMoto(world.moto.url);
  await kubectl('apply', '--server-side', '--force-conflicts', '-f', CRDS);
  await kubectl('wait', '--for=condition=Established', 'crd/appaccesses.appaccess.dev', WAIT);
  await kubectl('create', 'namespace', NAMESPACE);
  const { cert, key } = await issueServingCertificate(await readAuthority(world.controlPlane.folder));
  webhook = createServer({ cert, key }, async (request, response) => {
    const { apiVersion, kind, request: review } = (await json(request)) as AdmissionReview;
    if (review.dryRun) {
      tries += 1;
    } else {
      asked.resolve();
      await answer.promise;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ apiVersion, kind, response: { uid: review.uid, allowed: true } }));
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  answer.resolve();
  await controller?.stop();
});
afterAll(async () => {
  await kubectl('delete', 'validatingwebhookconfiguration', WEBHOOK, '--ignore-not-found', WAIT);
  await kubectl('delete', 'namespace', NAMESPACE, WAIT);
  await new Promise((resolve) => webhook.close(resolve));
});

test('an object whose deletion began before it got our finalizer goes past it, and leaves no role behind', async () => {
  const applied = () =>
    apply(OBJECT).then(
      () => true,
      () => undefined, // the kind is served a moment after its definition is established
    );
  await until('the object is applied', applied, { timeoutMs: 15_000 });
  await holdDeletions();
  const deletion = kubectl('delete', 'appaccess', 'uploader', '-n', NAMESPACE, WAIT);
  await asked.promise;
  controller = await startControllerProcess(world, CLUSTER);
  await untilReady(controller);
  await kubectl('wait', '--for=condition=Ready', 'appaccess/uploader', '-n', NAMESPACE, WAIT);
  expect(await roles()).toHaveLength(1);
  answer.resolve();
  await deletion; // with no pass over an object that is being deleted, for there never was one
  await until('its role is gone', async () => ((await roles()).length === 0 ? true : undefined), {
    timeoutMs: 30_000,
    explain: controller.describe,
  });
});

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request */
interface AdmissionReview {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: { readonly uid: string; readonly dryRun: boolean };
}

/** The API server takes a webhook up some time after it was told of it: deletions are tried until it has. */
async function holdDeletions(): Promise<void> {
  const { port } = webhook.address() as AddressInfo;
  const { cert } = await readAuthority(world.controlPlane.folder);
  await apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: WEBHOOK },
    webhooks: [
      {
        name: 'hold.deletions.test',
        clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(cert).toString('base64') },
        rules: [
          { apiGroups: ['appaccess.dev'], apiVersions: ['*'], operations: ['DELETE'], resources: ['appaccesses'] },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 30,
      },
    ],
  });
  const tried = async () => {
    await kubectl('delete', 'appaccess', 'uploader', '-n', NAMESPACE, '--dry-run=server');
    return tries > 0 ? true : undefined;
  };
  await until('the API server asks before it deletes', tried, { timeoutMs: 30_000 });
}

async function apply(object: object): Promise<void> {
  await kubectl.withInput(JSON.stringify(object), 'apply', '-f', '-');
}
