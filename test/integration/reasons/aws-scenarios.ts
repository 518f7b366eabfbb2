import { vi } from 'vitest';
import type { AWS_REASONS } from '../../../src/api/reasons/aws-reasons.ts';
import type { Fault } from '../../../src/dev/aws/faults.ts';
import { iamError, startScriptedAws } from '../../unit/aws/scripted-aws.ts';
import { deletedWhileInUse } from './outcome-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { EC2, LAMBDA, POD_IDENTITY, type Stage, THEIR_TRUST } from './stage.ts';

const SETTINGS = { partition: 'aws', accountId: '123456789012', region: 'eu-west-1', clusterName: 'demo' };

const failing =
  (action: string, fault: Fault, times: number): Scenario =>
  async ({ start, world }) => {
    world.aws.failNext(action, fault, times);
    await start();
    await world.apply('uploader', LAMBDA);
  };

/** An object whose role stands, and no controller: what keeps the next one from looking is told on it as `Drifted`. */
async function leaveStanding({ start, world }: Stage): Promise<void> {
  const controller = await start();
  await world.apply('standing', LAMBDA);
  await world.untilReady('standing');
  await controller.stop();
}

/** Does `deed` each time AWS has just got the call `action`. */
function atCall({ world }: Stage, action: string, deed: () => void): void {
  world.aws.onCall = (call, moment) => {
    if (call.action === action && moment === 'received') deed();
  };
}

export const awsScenarios: Readonly<Record<keyof typeof AWS_REASONS, Scenario>> = {
  async AccessDenied(stage) {
    await leaveStanding(stage);
    stage.world.aws.failAlways('GetRole', { kind: 'AccessDenied' });
    stage.world.aws.failAlways('CreateRole', { kind: 'AccessDenied' });
    await stage.start();
    await stage.world.apply('uploader', LAMBDA);
  },
  async NoCredentials(stage) {
    await leaveStanding(stage);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nonexistent');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await stage.start();
    await stage.world.apply('uploader', LAMBDA);
  },
  async WrongAccount(stage) {
    await leaveStanding(stage);
    stage.world.aws.assignAccessKey('AKIAOTHER', '999999999999');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOTHER');
    await stage.start();
    await stage.world.apply('uploader', LAMBDA);
  },
  async ClusterNotFound({ start, world }) {
    await start({ settings: { ...SETTINGS, clusterName: 'elsewhere' } });
    await world.apply('uploader', POD_IDENTITY);
  },
  async QuotaExceeded({ start, world }) {
    for (let number = 0; number < 1000; number += 1) {
      world.aws.actAsOther('CreateRole', { RoleName: `theirs-${number}`, AssumeRolePolicyDocument: THEIR_TRUST });
    }
    await start();
    await world.apply('uploader', LAMBDA);
  },
  RoleInUse: deletedWhileInUse,
  // Whenever the association is made, the role has just stopped trusting EKS.
  async AssociationRefused(stage) {
    const { start, world } = stage;
    atCall(stage, 'CreatePodIdentityAssociation', () =>
      world.aws.actAsOther('UpdateAssumeRolePolicy', {
        RoleName: world.aws.snapshot().roles[0]?.name ?? '',
        PolicyDocument: THEIR_TRUST,
      }),
    );
    await start();
    await world.apply('uploader', POD_IDENTITY);
  },
  async AssociationGone(stage) {
    const { start, world, pass } = stage;
    await start();
    await world.apply('uploader', POD_IDENTITY);
    await world.untilReady('uploader');
    const { associations, roles } = world.aws.snapshot();
    const AssumeRolePolicyDocument = JSON.stringify(roles[0]?.trustPolicy);
    world.aws.actAsOther('CreateRole', { RoleName: 'theirs', AssumeRolePolicyDocument });
    const [association] = associations;
    const named = { clusterName: 'demo', associationId: association?.id };
    const roleArn = world.aws.snapshot().roles.find(({ name }) => name === 'theirs')?.arn;
    world.aws.actAsOtherInEks('UpdatePodIdentityAssociation', { ...named, roleArn });
    atCall(stage, 'UpdatePodIdentityAssociation', () =>
      world.aws.actAsOtherInEks('DeletePodIdentityAssociation', named),
    );
    await pass('uploader');
  },
  RoleNotVisible: failing('PutRolePolicy', { kind: 'NotVisible' }, 1),
  async ConcurrentChange({ start, world, pass }) {
    await start();
    await world.apply('uploader', EC2);
    await world.untilReady('uploader');
    const [profile] = world.aws.snapshot().instanceProfiles;
    const named = { InstanceProfileName: profile?.name ?? '', RoleName: profile?.roleNames[0] ?? '' };
    world.aws.actAsOther('RemoveRoleFromInstanceProfile', named);
    // Somebody puts the role in just before us, and takes it out again before we look: a second look does not help.
    world.aws.onCall = ({ action }, moment) => {
      if (action !== 'AddRoleToInstanceProfile') return;
      world.aws.actAsOther(moment === 'received' ? action : 'RemoveRoleFromInstanceProfile', named);
    };
    await pass('uploader');
  },
  async DeleteConflict(stage) {
    const { start, world } = stage;
    await start();
    await world.apply('uploader', EC2);
    await world.untilReady('uploader');
    const [profile] = world.aws.snapshot().instanceProfiles;
    const named = { InstanceProfileName: profile?.name ?? '', RoleName: profile?.roleNames[0] ?? '' };
    atCall(stage, 'DeleteInstanceProfile', () => {
      world.aws.onCall = undefined;
      world.aws.actAsOther('AddRoleToInstanceProfile', named);
    });
    await world.remove('uploader');
  },
  Throttled: failing('CreateRole', { kind: 'Throttling' }, 3),
  AwsUnavailable: failing('CreateRole', { kind: 'ServerError' }, 3),
  async AwsRefused(stage) {
    const aws = await startScriptedAws(() => iamError(400, 'UnmodifiableEntity'));
    const controller = await stage.start({ awsEndpoint: aws.endpoint });
    await stage.world.apply('uploader', LAMBDA);
    await stage.untilSaid(['Ready:AwsRefused']);
    await controller.stop();
    await aws.stop();
  },
};
