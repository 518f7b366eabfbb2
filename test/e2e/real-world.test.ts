import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, describe, expect, test } from 'vitest';
import { readAuditEvents } from './world/audit-log.ts';
import { DUMMY_CREDENTIALS, REGION, runAws, runKubectl } from './world/commands.ts';
import { writeKubeconfig } from './world/kubeconfig.ts';
import { resetMoto } from './world/moto.ts';
import { realWorld } from './world/real-world.ts';

const { controlPlane, moto } = realWorld();

const DENY_ALL_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }],
});

describe('the control plane of the end-to-end tests', () => {
  test('says that it is ready', async () => {
    expect(await runKubectl(controlPlane, ['get', '--raw', '/readyz'])).toEqual({
      stdout: 'ok',
      stderr: '',
      exitCode: 0,
    });
  });

  test('tells which release of Kubernetes it is, as its kubectl does', async () => {
    const { stdout } = await runKubectl(controlPlane, ['version', '-o', 'json']);
    const { clientVersion, serverVersion } = JSON.parse(stdout);
    const release = expect.stringMatching(/^v1\.\d+\.\d+/); // v0.0.0 when it was linked without
    expect([clientVersion.gitVersion, serverVersion.gitVersion]).toEqual([release, release]);
  });

  test('deletes a namespace with all that is in it', async () => {
    await runKubectl(controlPlane, ['create', 'namespace', 'short-lived']);
    await runKubectl(controlPlane, ['create', 'configmap', 'inside', '-n', 'short-lived']);
    const deleted = await runKubectl(controlPlane, ['delete', 'namespace', 'short-lived', '--wait', '--timeout=60s']);
    expect(deleted.exitCode).toBe(0);
    const { exitCode, stderr } = await runKubectl(controlPlane, ['get', 'namespace', 'short-lived']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'Error from server (NotFound): namespaces "short-lived" not found',
    });
  });

  test('collects an object whose owner is gone', async () => {
    await runKubectl(controlPlane, ['create', 'configmap', 'owner']);
    const uid = await runKubectl(controlPlane, ['get', 'configmap', 'owner', '-o', 'jsonpath={.metadata.uid}']);
    const owned = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'owned',
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: uid.stdout }],
      },
    };
    await runKubectl(controlPlane, ['apply', '-f', '-'], { stdin: JSON.stringify(owned) });
    await runKubectl(controlPlane, ['delete', 'configmap', 'owner']);
    const gone = await runKubectl(controlPlane, ['wait', '--for=delete', 'configmap/owned', '--timeout=60s']);
    expect(gone.exitCode).toBe(0);
  });

  test('lets a user without a role binding do nothing, and records that it was asked', async () => {
    const kubeconfigPath = await writeKubeconfig(controlPlane, 'nobody-special', ['some-team']);
    const refused = await runKubectl({ ...controlPlane, kubeconfigPath }, ['get', 'configmaps']);
    expect(refused.stderr).toBe(
      'Error from server (Forbidden): configmaps is forbidden: User "nobody-special" cannot list resource "configmaps" in API group "" in the namespace "default"',
    );
    const events = await readAuditEvents(controlPlane.auditLogPath, 'nobody-special');
    const lists = events.filter((event) => event.objectRef?.resource === 'configmaps');
    expect(lists.map(({ verb, responseStatus }) => ({ verb, code: responseStatus?.code }))).toEqual([
      { verb: 'list', code: 403 },
    ]);
  });
});

describe('moto in the end-to-end tests', () => {
  afterAll(() => resetMoto(moto.url));

  test('shows the SDK a role that the aws command made', async () => {
    const created = await runAws(moto, [
      ...['iam', 'create-role', '--role-name', 'made-by-cli', '--path', '/e2e/'],
      ...['--assume-role-policy-document', DENY_ALL_TRUST],
    ]);
    expect(created).toMatchObject({ exitCode: 0, stderr: '' });
    const iam = new IAMClient({ endpoint: moto.url, region: REGION, credentials: DUMMY_CREDENTIALS });
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'made-by-cli' }));
    expect(Role?.Arn).toBe('arn:aws:iam::123456789012:role/e2e/made-by-cli');
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(DENY_ALL_TRUST);
  });

  test('knows no role any more after a reset', async () => {
    await resetMoto(moto.url);
    const { stdout } = await runAws(moto, ['iam', 'list-roles']);
    expect(JSON.parse(stdout)).toEqual({ Roles: [] });
  });
});
