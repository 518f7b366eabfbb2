import { expect, test } from 'vitest';
import { parseAppAccess } from '../../../src/api/parse-app-access.ts';

const manifest = {
  apiVersion: 'appaccess.dev/v1alpha1',
  kind: 'AppAccess',
  metadata: { name: 'invoice-uploader' },
  spec: {
    subject: { serviceAccount: { name: 'uploader' } },
    grants: [{ s3: { bucket: 'invoices', access: ['Write'] } }],
  },
};

test('parseAppAccess fills in the defaults of the CRD and the namespace that it was given', () => {
  expect(parseAppAccess(manifest, { namespace: 'billing' })).toEqual({
    ok: true,
    appAccess: {
      ...manifest,
      metadata: { name: 'invoice-uploader', namespace: 'billing' },
      spec: {
        subject: { serviceAccount: { name: 'uploader', via: ['PodIdentity'] } },
        grants: [{ s3: { bucket: 'invoices', access: ['Write'] } }],
        drift: { mode: 'Repair', unmanaged: 'Remove' },
        deletionPolicy: 'Delete',
        suspend: false,
      },
      status: { observedGeneration: -1 },
    },
  });
});

test('parseAppAccess does not change the object it was given', () => {
  const before = structuredClone(manifest);
  parseAppAccess(manifest, { namespace: 'billing' });
  expect(manifest).toEqual(before);
});

test('parseAppAccess takes null in metadata for absent, as kubectl writes it', () => {
  const metadata = { name: 'a', namespace: 'billing', creationTimestamp: null };
  expect(parseAppAccess({ ...manifest, metadata }).ok).toBe(true);
});

test('parseAppAccess reports the problems of apiVersion, kind, metadata and spec at the same time', () => {
  const object = {
    apiVersion: 'appaccess.dev/v1',
    kind: 'Appaccess',
    metadata: { name: 'Invoice_Uploader', namespace: 'billing' },
    spec: { subject: {}, grants: [] },
  };
  expect(parseAppAccess(object)).toEqual({
    ok: false,
    problems: [
      { path: 'apiVersion', problem: 'must be appaccess.dev/v1alpha1' },
      { path: 'kind', problem: 'must be AppAccess' },
      {
        path: 'metadata.name',
        problem: 'must be 1 to 253 lower-case letters, digits, - and ., with a letter or digit at both ends',
      },
      {
        path: 'spec.subject',
        problem: 'must name exactly one subject: one of lambda, ec2, ecsTask, serviceAccount, service',
      },
      { path: 'spec.grants', problem: 'must have at least 1 item, has 0' },
    ],
  });
});

test('parseAppAccess demands a namespace when none is given as default', () => {
  expect(parseAppAccess(manifest)).toEqual({
    ok: false,
    problems: [{ path: 'metadata.namespace', problem: 'is required: Namespace of the object' }],
  });
});

test('parseAppAccess refuses whatever is not a mapping', () => {
  expect(parseAppAccess(['AppAccess'])).toEqual({ ok: false, problems: [{ path: '', problem: 'must be a mapping' }] });
});
