import type { MANIFEST_REASONS } from '../../../src/api/reasons/manifest-reasons.ts';
import type { Scenario } from './scenario.ts';
import { EC2, IRSA, LAMBDA, POD_IDENTITY, type Stage, THEIR_TRUST } from './stage.ts';

const ROLE_ARN = 'eks.amazonaws.com/role-arn';
const statement = (statementGrant: object) => ({ ...LAMBDA, grants: [{ statement: statementGrant }] });

const applied =
  (spec: object): Scenario =>
  async ({ start, world }) => {
    await start();
    await world.apply('uploader', spec);
  };

/** Does `deed` when AWS has just got the call `action`. */
function onceAtCall({ world }: Stage, action: string, deed: () => Promise<unknown>): void {
  world.aws.onCall = async (call, moment) => {
    if (call.action !== action || moment !== 'received') return;
    world.aws.onCall = undefined;
    await deed();
  };
}

export const manifestScenarios: Readonly<Record<keyof typeof MANIFEST_REASONS, Scenario>> = {
  InvalidSpec: applied({ ...LAMBDA, grants: [] }),
  PolicyInvalid: applied(statement({ effect: 'Allow', actions: ['*'], resources: ['*'] })),
  PolicyRefused: applied(statement({ effect: 'Allow', actions: ['s3:GetObject'], resources: ['arn:aws*:s3:::b/*'] })),
  ManagedPolicyNotFound: applied({ ...LAMBDA, role: { permissionsBoundary: 'arn:aws:iam::123456789012:policy/none' } }),
  async InvalidRequest({ start, world }) {
    await start({
      settings: { partition: 'aws', accountId: '123456789012', region: 'eu-west-1', clusterName: 'two words' },
    });
    await world.apply('uploader', LAMBDA);
  },
  async RoleNotOwned({ start, world }) {
    world.aws.actAsOther('CreateRole', { RoleName: 'taken', AssumeRolePolicyDocument: THEIR_TRUST });
    await start();
    await world.apply('uploader', { ...LAMBDA, role: { name: 'taken' } });
  },
  async RoleNameTaken({ start, world }) {
    await start();
    await world.apply('first', { ...LAMBDA, role: { name: 'shared' } });
    await world.untilReady('first');
    await world.apply('uploader', { ...LAMBDA, role: { name: 'shared' } });
  },
  async RoleReplaced({ start, world, pass }) {
    await start();
    await world.apply('uploader', LAMBDA);
    await world.untilReady('uploader');
    const { name: RoleName = '', path: Path = '', tags = {} } = world.aws.snapshot().roles[0] ?? {};
    world.aws.actAsOther('DeleteRolePolicy', { RoleName, PolicyName: 'appaccess' });
    world.aws.actAsOther('DeleteRole', { RoleName });
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    world.aws.actAsOther('CreateRole', { RoleName, Path, Tags, AssumeRolePolicyDocument: THEIR_TRUST });
    await pass('uploader');
  },
  async InstanceProfileNotOwned({ start, world }) {
    world.aws.actAsOther('CreateInstanceProfile', { InstanceProfileName: 'taken' });
    await start();
    await world.apply('uploader', { ...EC2, role: { name: 'taken' } });
  },
  async SubjectTaken({ start, world }) {
    await start();
    await world.apply('first', POD_IDENTITY);
    await world.untilReady('first');
    await world.apply('uploader', POD_IDENTITY);
  },
  // Something happens to the account between the look at it and its annotation: the role is not ready, either.
  async ServiceAccountNotFound(stage) {
    await stage.world.createServiceAccount('uploader');
    onceAtCall(stage, 'CreateRole', () => stage.removeAccount('uploader'));
    await stage.start();
    await stage.world.apply('uploader', IRSA);
  },
  async ServiceAccountAnnotated(stage) {
    await stage.world.createServiceAccount('uploader');
    onceAtCall(stage, 'CreateRole', async () => {
      await stage.removeAccount('uploader');
      await stage.world.createServiceAccount('uploader', { [ROLE_ARN]: 'arn:aws:iam::123456789012:role/theirs' });
    });
    await stage.start();
    await stage.world.apply('uploader', IRSA);
  },
  async DriftReported({ start, world, pass }) {
    await start();
    await world.apply('uploader', { ...LAMBDA, drift: { mode: 'Report' } });
    await world.untilReady('uploader');
    const RoleName = world.aws.snapshot().roles[0]?.name ?? '';
    world.aws.actAsOther('DeleteRolePolicy', { RoleName, PolicyName: 'appaccess' });
    await pass('uploader');
  },
  Suspended: applied({ ...LAMBDA, suspend: true }),
};
