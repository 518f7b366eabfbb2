import { describe, expect } from 'vitest';
import {
  type Answer,
  APPLY,
  contractApi,
  embeddedOnly,
  everywhere,
  JSON_PATCH,
  type KubernetesWorld,
  MERGE,
} from './contract-world.ts';

const SPEC = {
  subject: { lambda: { functionName: 'uploader' } },
  grants: [{ s3: { bucket: 'invoices', access: ['Write'] } }],
};

/**
 * What the controller and kubectl rely on in a Kubernetes API, asked of a server that knows AppAccess. A case that does not
 * hold everywhere says so. Field ownership finer than top-level fields, RBAC and admission are asserted on the real server
 * alone, in test/e2e.
 */
export function kubernetesContract(world: KubernetesWorld): void {
  describe(`the Kubernetes API of ${world.name}`, () => {
    const api = contractApi(world);

    describe('writes', () => {
      everywhere('a new object gets uid, generation 1 and the defaults of the CRD, status included', async () => {
        const { status, body } = await create('defaults');
        expect(status).toBe(201);
        expect(body).toMatchObject({
          metadata: { generation: 1, namespace: api.namespace, uid: expect.any(String) },
          spec: { drift: { mode: 'Repair', unmanaged: 'Remove' }, deletionPolicy: 'Delete', suspend: false },
          status: { observedGeneration: -1 },
        });
      });

      everywhere('a second create of the same name is AlreadyExists', async () => {
        await create('twice');
        expect(await create('twice')).toMatchObject({ status: 409, body: { reason: 'AlreadyExists' } });
      });

      everywhere('a subresource that the kind has not is answered as if the object were absent', async () => {
        await create('whole');
        expect(await api.call('PUT', '/whole/scale', object('whole'))).toMatchObject({
          status: 404,
          body: { reason: 'NotFound', details: { name: 'whole', group: 'appaccess.dev', kind: 'appaccesses' } },
        });
      });

      everywhere('a create in a namespace that does not exist is NotFound', async () => {
        const path = '//apis/appaccess.dev/v1alpha1/namespaces/nowhere/appaccesses';
        expect(await api.call('POST', path, object('x'))).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
      });

      everywhere('a replacement that names no version is Invalid', async () => {
        await create('unversioned');
        expect(await api.call('PUT', '/unversioned', object('unversioned'))).toMatchObject({
          status: 422,
          body: { details: { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.resourceVersion' }] } },
        });
      });

      everywhere('a new namespace is Active', async () => {
        const { body } = await api.call('GET', `//api/v1/namespaces/${api.namespace}`);
        expect(body.status).toMatchObject({ phase: 'Active' });
      });

      everywhere('the generation rises with the spec and with nothing else', async () => {
        await create('generation');
        await api.call('PATCH', '/generation', { metadata: { labels: { a: 'b' } } }, MERGE);
        await api.call('PATCH', '/generation/status', { status: { subject: 'x' } }, MERGE);
        expect((await api.call('GET', '/generation')).body.metadata.generation).toBe(1);
        await api.call('PATCH', '/generation', { spec: { suspend: true } }, MERGE);
        expect((await api.call('GET', '/generation')).body.metadata.generation).toBe(2);
      });

      everywhere('status and spec are written through their own paths only', async () => {
        await create('isolation');
        await api.call('PATCH', '/isolation', { status: { subject: 'lost' } }, MERGE);
        await api.call('PATCH', '/isolation/status', { spec: { suspend: true }, status: { subject: 'kept' } }, MERGE);
        const { body } = await api.call('GET', '/isolation');
        expect(body).toMatchObject({ spec: { suspend: false }, status: { subject: 'kept', observedGeneration: -1 } });
      });

      everywhere('a write with an old resource version is a Conflict', async () => {
        const { body } = await create('stale');
        await api.call('PATCH', '/stale', { metadata: { labels: { a: 'b' } } }, MERGE);
        const { resourceVersion } = body.metadata;
        const patch = { metadata: { resourceVersion, finalizers: ['example.dev/x'] } };
        expect(await api.call('PATCH', '/stale', patch, MERGE)).toMatchObject({
          status: 409,
          body: { reason: 'Conflict' },
        });
        expect(await api.call('PUT', '/stale', body)).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
      });

      everywhere('an update of the status with an old resource version is a Conflict', async () => {
        const { body } = await create('stale-status');
        await api.call('PATCH', '/stale-status/status', { status: { subject: 'newer' } }, MERGE);
        const answer = await api.call('PUT', '/stale-status/status', { ...body, status: { subject: 'older' } });
        expect(answer).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
      });

      everywhere('a patch with the uid of another object is refused, and an update is a Conflict', async () => {
        await create('uid');
        const patch = { metadata: { uid: '00000000-0000-0000-0000-000000000000', labels: { a: 'b' } } };
        expect(await api.call('PATCH', '/uid', patch, MERGE)).toMatchObject({ status: 422 });
        const { body } = await api.call('GET', '/uid');
        const sent = { ...body, metadata: { ...body.metadata, ...patch.metadata } };
        expect(await api.call('PUT', '/uid', sent)).toMatchObject({ status: 409 });
      });

      everywhere('a JSON patch whose test fails is refused whole', async () => {
        await create('tested');
        const patch = [
          { op: 'test', path: '/metadata/uid', value: 'another' },
          { op: 'add', path: '/status', value: { subject: 'lost' } },
        ];
        expect((await api.call('PATCH', '/tested/status', patch, JSON_PATCH)).status).toBe(422);
        expect((await api.call('GET', '/tested')).body.status).toEqual({ observedGeneration: -1 });
      });

      everywhere('a dry run answers as if, and stores nothing', async () => {
        expect((await api.call('POST', '?dryRun=All', object('dry'))).status).toBe(201);
        expect((await api.call('GET', '/dry')).status).toBe(404);
      });

      everywhere('an unknown field is refused under Strict', async () => {
        const sent = object('strict', { ...SPEC, color: 'red' });
        const answer = await api.call('POST', '?fieldValidation=Strict', sent);
        expect(answer).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
        expect(answer.body.message).toContain('unknown field "spec.color"');
      });

      everywhere('an unknown field is left out under Warn, with a warning', async () => {
        const sent = object('warn', { ...SPEC, color: 'red' });
        const { status, headers, body } = await api.call('POST', '?fieldValidation=Warn', sent);
        expect(status).toBe(201);
        expect(String(headers.warning)).toContain('spec.color');
        expect(body.spec.color).toBeUndefined();
      });

      everywhere('an object that breaks a rule is Invalid, and a cause names the field', async () => {
        const grants = [{ s3: { bucket: 'invoices', prefix: 'uploads', access: ['Write'] } }];
        const answer = await api.call('POST', '', object('invalid', { ...SPEC, grants }));
        expect(answer).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
        expect(answer.body.details.causes).toMatchObject([{ field: 'spec.grants[0].s3.prefix' }]);
        expect(answer.body.message).toContain("must end in '/'");
      });
    });

    describe('server-side apply', () => {
      everywhere("another manager's field is a conflict that names both, and force takes it", async () => {
        await apply('owned', 'first', { suspend: false });
        const refused = await apply('owned', 'second', { suspend: true });
        expect(refused).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
        expect(refused.body.details.causes).toMatchObject([
          { reason: 'FieldManagerConflict', field: '.spec.suspend', message: expect.stringContaining('first') },
        ]);
        expect((await apply('owned', 'second', { suspend: true }, '&force=true')).body.spec.suspend).toBe(true);
      });

      everywhere('a field that its manager leaves out goes', async () => {
        await apply('left-out', 'first', { role: { description: 'gone soon' } });
        expect((await apply('left-out', 'first', {})).body.spec.role).toBeUndefined();
      });

      everywhere('an object with a uid is never created', async () => {
        const sent = { ...object('ghost'), metadata: { name: 'ghost', uid: '00000000-0000-0000-0000-000000000000' } };
        const answer = await api.call('PATCH', '/ghost?fieldManager=first', sent, APPLY);
        expect(answer).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
        expect((await api.call('GET', '/ghost')).status).toBe(404);
      });

      everywhere('annotations are owned one by one', async () => {
        const account = '//api/v1/namespaces/contract/serviceaccounts/web';
        const sent = (annotations: object) => ({
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'web', namespace: api.namespace, annotations },
        });
        await api.call('PATCH', `${account}?fieldManager=first`, sent({ one: '1' }), APPLY);
        expect((await api.call('PATCH', `${account}?fieldManager=second`, sent({ two: '2' }), APPLY)).status).toBe(200);
        expect((await api.call('PATCH', `${account}?fieldManager=second`, sent({ one: 'x' }), APPLY)).status).toBe(409);
        await api.call('PATCH', `${account}?fieldManager=second`, sent({}), APPLY);
        expect((await api.call('GET', account)).body.metadata.annotations).toEqual({ one: '1' });
      });
    });

    describe('deletion', () => {
      everywhere('an object that is being deleted takes no new finalizer', async () => {
        await create('closing');
        await api.call('PATCH', '/closing', { metadata: { finalizers: ['example.dev/x'] } }, MERGE);
        await api.call('DELETE', '/closing');
        const patch = { metadata: { finalizers: ['example.dev/x', 'example.dev/y'] } };
        const cause = {
          reason: 'FieldValueForbidden',
          field: 'metadata.finalizers',
          message:
            'Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.dev/y"}',
        };
        expect(await api.call('PATCH', '/closing', patch, MERGE)).toMatchObject({
          status: 422,
          // The real server says it once for the metadata and once more for the custom resource.
          body: { details: { causes: expect.arrayContaining([cause]) } },
        });
        await api.call('PATCH', '/closing', { metadata: { finalizers: [] } }, MERGE);
      });

      everywhere('a finalizer holds it back, and its removal ends it', async () => {
        await create('held');
        await api.call('PATCH', '/held', { metadata: { finalizers: ['example.dev/x'] } }, MERGE);
        await api.call('DELETE', '/held');
        const { body } = await api.call('GET', '/held');
        expect(body.metadata.deletionTimestamp).toEqual(expect.any(String));
        await api.call('PATCH', '/held', { metadata: { finalizers: [] } }, MERGE);
        expect((await api.call('GET', '/held')).status).toBe(404);
      });

      everywhere('a precondition on the uid protects a namesake', async () => {
        await create('namesake');
        const preconditions = { uid: '00000000-0000-0000-0000-000000000000' };
        const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
        expect((await api.call('DELETE', '/namesake', options)).status).toBe(409);
      });
    });

    describe('list and watch', () => {
      everywhere('a list in pages shows every object once, all at one version', async () => {
        for (const name of ['page-1', 'page-2', 'page-3']) await create(name, { page: 'yes' });
        const first = (await api.call('GET', '?labelSelector=page%3Dyes&limit=2')).body;
        const token = encodeURIComponent(first.metadata.continue);
        const second = (await api.call('GET', `?labelSelector=page%3Dyes&limit=2&continue=${token}`)).body;
        expect([...namesOf(first), ...namesOf(second)]).toEqual(['page-1', 'page-2', 'page-3']);
        expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
        expect(second.metadata.continue ?? '').toBe('');
      });

      everywhere('a watch resumes after the version it names, with every change in its order', async () => {
        const { body } = await create('watched');
        await api.call('PATCH', '/watched', { spec: { suspend: true } }, MERGE);
        await api.call('DELETE', '/watched');
        const query = `fieldSelector=metadata.name%3Dwatched&resourceVersion=${body.metadata.resourceVersion}`;
        const events = await api.watch(query, 2);
        expect(events.map(({ type }) => type)).toEqual(['MODIFIED', 'DELETED']);
      });

      everywhere('a streaming list ends with a bookmark that says so', async () => {
        await create('streamed');
        const query =
          'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dstreamed';
        const events = await api.watch(query, 2);
        expect(events).toMatchObject([
          { type: 'ADDED', object: { metadata: { name: 'streamed' } } },
          { type: 'BOOKMARK', object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } },
        ]);
      });

      everywhere('a streaming list that does not say how fresh it must be is refused as Invalid', async () => {
        const cause = {
          reason: 'FieldValueForbidden',
          field: 'resourceVersionMatch',
          message: 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
        };
        expect(await api.call('GET', '?watch=true&allowWatchBookmarks=true&sendInitialEvents=true')).toMatchObject({
          status: 422,
          body: { reason: 'Invalid', details: { causes: [cause] } },
        });
      });

      everywhere('a watch with a label selector sees an object that ceases to match as deleted', async () => {
        const { body } = await create('relabelled', { keep: 'yes' });
        await api.call('PATCH', '/relabelled', { metadata: { labels: { keep: 'no' } } }, MERGE);
        const query = `labelSelector=keep%3Dyes&resourceVersion=${body.metadata.resourceVersion}`;
        expect((await api.watch(query, 1)).map(({ type }) => type)).toEqual(['DELETED']);
      });

      embeddedOnly(world, 'etcd keeps its history for five minutes', 'a version that is too old is 410', async () => {
        await create('old');
        const answer = await api.call('GET', '?watch=true&resourceVersion=-1');
        expect(answer).toMatchObject({ status: 410, body: { reason: 'Expired' } });
      });

      everywhere('a table has the columns of the CRD', async () => {
        await create('table');
        const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
        const { body } = await api.call('GET', '/table', undefined, undefined, accept);
        const columns = body.columnDefinitions.map(({ name }: { name: string }) => name.toLowerCase());
        expect(columns).toEqual(['name', 'ready', 'reason', 'role', 'age', 'subject', 'account', 'drift', 'message']);
        expect(body.rows[0].cells[0]).toBe('table');
      });

      everywhere('an event written in events.k8s.io is read in the core group', async () => {
        const { body: regarding } = await create('evented');
        const event = {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          metadata: { name: 'evented.1', namespace: api.namespace },
          eventTime: '2026-01-01T00:00:00.000000Z',
          reportingController: 'example.dev/controller',
          reportingInstance: 'one',
          type: 'Normal',
          reason: 'Applied',
          action: 'Reconcile',
          note: 'made a role',
          regarding: { kind: 'AppAccess', namespace: api.namespace, name: 'evented', uid: regarding.metadata.uid },
        };
        await api.call('POST', `//apis/events.k8s.io/v1/namespaces/${api.namespace}/events`, event);
        const { body } = await api.call('GET', `//api/v1/namespaces/${api.namespace}/events/evented.1`);
        expect(body).toMatchObject({
          message: 'made a role',
          involvedObject: { name: 'evented' },
          reason: 'Applied',
          type: 'Normal',
        });
      });
    });

    function create(name: string, labels?: object): Promise<Answer> {
      const base = object(name);
      return api.call('POST', '', {
        ...base,
        metadata: { ...base.metadata, ...(labels === undefined ? {} : { labels }) },
      });
    }

    function apply(name: string, manager: string, spec: object, query = ''): Promise<Answer> {
      return api.call('PATCH', `/${name}?fieldManager=${manager}${query}`, object(name, { ...SPEC, ...spec }), APPLY);
    }
  });
}

function object(name: string, spec: object = SPEC) {
  return { apiVersion: 'appaccess.dev/v1alpha1', kind: 'AppAccess', metadata: { name }, spec };
}

function namesOf({ items }: { items: { metadata: { name: string } }[] }): string[] {
  return items.map(({ metadata }) => metadata.name);
}
