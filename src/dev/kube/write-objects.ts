import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { admitObject, type ValidateObject } from './admit-object.ts';
import { type ApiRequest, isDryRun, managerOf } from './api-request.ts';
import { fromView, viewOf } from './event-views.ts';
import { asJson, asText, isJson, type Json } from './json.ts';
import { afterUpdate, readManagedFields, writeManagedFields } from './managed-fields.ts';
import type { ObjectStore } from './object-store.ts';
import { patchObject } from './patch-object.ts';
import { ObjectRemover } from './remove-objects.ts';
import { CRDS, ESTABLISHED, NAMESPACES, type ResourceKind, SERVICE_ACCOUNTS } from './resource-kind.ts';
import { serverSideApply } from './server-side-apply.ts';
import { alreadyExists, badRequest, conflict, invalid, notFound, STALE, StatusError } from './status-error.ts';
import { type StoredObject, sameJson } from './stored-object.ts';
import { refuseNewFinalizers, requireVersion } from './update-rules.ts';

export interface WriteResult {
  readonly code: number;
  readonly body: Json;
  readonly warnings: readonly string[];
}

/** The writing half of the API: every method checks, stores and returns what the client is answered. */
export class ObjectWriter {
  readonly #store: ObjectStore;
  readonly #remover: ObjectRemover;
  readonly #validate: ValidateObject;
  readonly #clock: Clock;

  constructor(options: {
    readonly store: ObjectStore;
    /** The kinds that are served now. */
    readonly kinds: () => readonly ResourceKind[];
    readonly validate: ValidateObject;
    readonly clock: Clock;
  }) {
    this.#store = options.store;
    this.#validate = options.validate;
    this.#clock = options.clock;
    this.#remover = new ObjectRemover({ ...options, now: () => this.#now() });
  }

  create(request: ApiRequest): WriteResult {
    const { kind, body } = request;
    if (!isJson(body)) throw badRequest('the body must be an object');
    return this.#insert(request, fromView(kind, body));
  }

  replace(request: ApiRequest): WriteResult {
    const { kind, body } = request;
    if (!isJson(body)) throw badRequest('the body must be an object');
    const old = this.#existing(request);
    requireVersion(kind, old.metadata.name, body);
    return this.#update(request, old, fromView(kind, body));
  }

  patch(request: ApiRequest): WriteResult {
    const { headers, body } = request;
    if (headers.contentType.startsWith('application/apply-patch')) return this.#apply(request);
    const old = this.#existing(request);
    return this.#update(request, old, patchObject(old, body, headers.contentType));
  }

  delete(request: ApiRequest): WriteResult {
    const { kind, name = '', body } = request;
    const old = this.#existing(request);
    const { uid, resourceVersion } = asJson(asJson(body).preconditions);
    if (uid !== undefined && uid !== old.metadata.uid)
      throw conflict(kind, name, 'Precondition failed: UID in precondition');
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion)
      throw conflict(kind, name, STALE);
    if (!isDryRun(request)) this.#remover.remove(kind, old);
    const details = { name, kind: kind.plural, uid: old.metadata.uid };
    return {
      code: 200,
      body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
      warnings: [],
    };
  }

  /** Puts an object there that comes with the server. */
  seed(kind: ResourceKind, object: Json): StoredObject {
    const stored = this.#store.put(kind, this.#withIdentity(kind, object, undefined));
    if (kind.plural === NAMESPACES.plural) this.#seedServiceAccount(stored.metadata.name);
    return stored;
  }

  #insert(request: ApiRequest, sent: Json): WriteResult {
    const { kind } = request;
    const named = this.#named(request, sent);
    const name = String(asJson(named.metadata).name);
    this.#requireNamespace(request);
    if (this.#store.get(kind, request.namespace, name) !== undefined) throw alreadyExists(kind, name);
    const { status: _status, ...withoutStatus } = named;
    const { object, warnings } = this.#admit(request, kind.hasStatus ? withoutStatus : named, undefined);
    const identified = this.#withIdentity(kind, { ...object, ...firstStatus(kind) }, undefined);
    const isApply = asJson(sent.metadata).managedFields !== undefined;
    const stored = isApply ? identified : this.#owned(request, {}, identified);
    const result = isDryRun(request) ? stored : this.#store.put(kind, stored);
    if (kind.plural === NAMESPACES.plural && !isDryRun(request)) this.#seedServiceAccount(name);
    return { code: 201, body: viewOf(kind, result), warnings };
  }

  #update(request: ApiRequest, old: StoredObject, changed: Json): WriteResult {
    const { kind, name = '', subresource } = request;
    const { uid, resourceVersion } = asJson(changed.metadata);
    if (uid !== undefined && uid !== old.metadata.uid && isPatch(request)) {
      throw invalid(kind, name, [{ path: 'metadata.uid', problem: 'field is immutable' }]);
    }
    if (uid !== undefined && uid !== old.metadata.uid) {
      throw conflict(
        kind,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
      );
    }
    if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== old.metadata.resourceVersion) {
      throw conflict(kind, name, STALE);
    }
    const next = subresource === 'status' ? { ...old, status: changed.status } : keepStatus(kind, old, changed);
    const { object, warnings } = this.#admit(request, next, old);
    const identified = this.#withIdentity(kind, object, old);
    refuseNewFinalizers(kind, old, identified);
    const isApply = request.headers.contentType.startsWith('application/apply-patch');
    const stored = isApply ? identified : this.#owned(request, old, identified);
    if (sameJson(withoutTimes(stored), withoutTimes(old))) return { code: 200, body: viewOf(kind, old), warnings };
    if (isDryRun(request)) return { code: 200, body: viewOf(kind, stored), warnings };
    return { code: 200, body: viewOf(kind, this.#remover.storeOrEnd(kind, stored)), warnings };
  }

  #apply(request: ApiRequest): WriteResult {
    const { kind, name = '', query, body, subresource } = request;
    if (!isJson(body)) throw badRequest('the body must be an object');
    const manager = query.get('fieldManager');
    if (manager === null) throw badRequest('PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value');
    const existing = this.#store.get(kind, request.namespace, name);
    const uid = asText(asJson(body.metadata).uid);
    if (existing === undefined && uid !== undefined) {
      throw conflict(
        kind,
        name,
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      );
    }
    const merged = serverSideApply(existing, {
      kind,
      applied: fromView(kind, body),
      manager,
      force: query.get('force') === 'true',
      subresource,
      time: this.#now(),
    });
    if (existing === undefined) return this.#insert(request, merged);
    const metadata = { ...asJson(merged.metadata), ...(uid === undefined ? {} : { uid }) };
    return this.#update(request, existing, { ...merged, metadata });
  }

  #existing({ kind, namespace, name = '' }: ApiRequest): StoredObject {
    const found = this.#store.get(kind, namespace, name);
    if (found === undefined) throw notFound(kind, name);
    return found;
  }

  #named({ kind, namespace, name }: ApiRequest, sent: Json): Json {
    const metadata = asJson(sent.metadata);
    const generated = asText(metadata.generateName);
    const given = asText(metadata.name) ?? name;
    const chosen = given ?? (generated === undefined ? undefined : `${generated}${randomUUID().slice(0, 5)}`);
    if (chosen === undefined) throw badRequest('name or generateName is required');
    const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
    const place = namespace === undefined ? {} : { namespace };
    return { apiVersion, kind: kind.kind, ...sent, metadata: { ...metadata, name: chosen, ...place } };
  }

  #requireNamespace({ kind, namespace }: ApiRequest): void {
    if (!kind.namespaced || namespace === undefined) return;
    const found = this.#store.get(NAMESPACES, undefined, namespace);
    if (found === undefined) throw notFound(NAMESPACES, namespace);
    if (found.metadata.deletionTimestamp !== undefined) {
      throw new StatusError(
        403,
        'Forbidden',
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      );
    }
  }

  #admit({ kind, query }: ApiRequest, object: Json, old: Json | undefined) {
    const fieldValidation = query.get('fieldValidation') ?? 'Warn';
    return admitObject(kind, object, old, { fieldValidation, validate: this.#validate });
  }

  #withIdentity(kind: ResourceKind, object: Json, old: StoredObject | undefined): StoredObject {
    const sent = asJson(object.metadata);
    const isCustom = kind.schema !== undefined;
    const generation =
      old === undefined ? 1 : (old.metadata.generation ?? 1) + (sameJson(specOf(object), specOf(old)) ? 0 : 1);
    const metadata = {
      ...sent,
      name: String(sent.name),
      uid: old?.metadata.uid ?? randomUUID(),
      creationTimestamp: old?.metadata.creationTimestamp ?? this.#now(),
      resourceVersion: old?.metadata.resourceVersion ?? '',
      ...(isCustom ? { generation } : {}),
      ...(old?.metadata.deletionTimestamp === undefined ? {} : { deletionTimestamp: old.metadata.deletionTimestamp }),
    };
    return { ...object, apiVersion: String(object.apiVersion), kind: String(object.kind), metadata };
  }

  #owned(request: ApiRequest, old: Json, object: StoredObject): StoredObject {
    const { subresource } = request;
    const owner = {
      manager: managerOf(request),
      operation: 'Update',
      ...(subresource === undefined ? {} : { subresource }),
    } as const;
    const before = readManagedFields('metadata' in old ? (old as StoredObject) : undefined);
    const owned = afterUpdate(before, owner, { old, object, time: this.#now() });
    return { ...object, metadata: { ...object.metadata, managedFields: writeManagedFields(object.apiVersion, owned) } };
  }

  #seedServiceAccount(namespace: string): void {
    this.seed(SERVICE_ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
  }

  #now(): string {
    return `${new Date(this.#clock.now()).toISOString().slice(0, 19)}Z`;
  }
}

/** A merge or JSON patch; server-side apply treats a uid as a precondition, as an update does. */
function isPatch({ headers }: ApiRequest): boolean {
  return /^application\/(merge|json|strategic-merge)-patch/.test(headers.contentType);
}

/** What other controllers of a cluster would write. */
function firstStatus({ storage }: ResourceKind): Json {
  if (storage === NAMESPACES.storage) return { status: { phase: 'Active' } };
  return storage === CRDS.storage ? { status: ESTABLISHED } : {};
}

function keepStatus(kind: ResourceKind, old: StoredObject, changed: Json): Json {
  if (!kind.hasStatus) return changed;
  const { status: _status, ...rest } = changed;
  return old.status === undefined ? rest : { ...rest, status: old.status };
}

/** What raises the generation when it changes: everything but metadata and status. */
function specOf({ metadata: _metadata, status: _status, ...rest }: Json): Json {
  return rest;
}

/** For finding out whether a write changes anything: who wrote when does not count. */
function withoutTimes(object: StoredObject): Json {
  const { managedFields, ...metadata } = object.metadata;
  return { ...object, metadata, owners: managedFields?.map(({ time: _time, ...entry }) => entry) ?? [] };
}
