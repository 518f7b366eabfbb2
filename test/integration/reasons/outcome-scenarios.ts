import type { OUTCOME_REASONS } from '../../../src/api/reasons/outcome-reasons.ts';
import type { Scenario } from './scenario.ts';
import { EC2, LAMBDA } from './stage.ts';

const LARGE = {
  ...LAMBDA,
  grants: Array.from({ length: 28 }, (_, index) => ({
    dynamodb: { table: `${'t'.repeat(170)}${index}`, actions: ['dynamodb:GetItem'] },
  })),
};

const stands: Scenario = async ({ start, world }) => {
  await start();
  await world.apply('uploader', LAMBDA);
  await world.untilReady('uploader');
};

/** A role that cannot go, since somebody put it into an instance profile of theirs. */
export const deletedWhileInUse: Scenario = async (stage) => {
  await stands(stage);
  const { world } = stage;
  const RoleName = world.aws.snapshot().roles[0]?.name ?? '';
  world.aws.actAsOther('CreateInstanceProfile', { InstanceProfileName: 'theirs' });
  world.aws.actAsOther('AddRoleToInstanceProfile', { InstanceProfileName: 'theirs', RoleName });
  await world.remove('uploader');
};

export const outcomeScenarios: Readonly<Record<keyof typeof OUTCOME_REASONS, Scenario>> = {
  async Succeeded({ start, world }) {
    await start();
    world.aws.failNext('CreateRole', { kind: 'Throttling' }, 3);
    await world.apply('uploader', LAMBDA);
  },
  Compiled: stands,
  async NearQuota({ start, world }) {
    await start();
    await world.apply('uploader', LARGE);
  },
  Applied: stands,
  async DriftRepaired(stage) {
    await stands(stage);
    const RoleName = stage.world.aws.snapshot().roles[0]?.name ?? '';
    stage.world.aws.actAsOther('DeleteRolePolicy', { RoleName, PolicyName: 'appaccess' });
    await stage.pass('uploader');
  },
  async PolicyRemoved(stage) {
    await stands(stage);
    const RoleName = stage.world.aws.snapshot().roles[0]?.name ?? '';
    stage.world.aws.actAsOther('AttachRolePolicy', { RoleName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' });
    await stage.pass('uploader');
  },
  async ProgressingWithRetry({ start, world }) {
    await start();
    world.aws.failNext('CreateRole', { kind: 'Throttling' }, 3);
    await world.apply('uploader', LAMBDA);
  },
  async DeletionBlocked(stage) {
    await deletedWhileInUse(stage);
    await stage.untilSaid(['Reconciling:DeletionBlocked']);
    stage.clock.jump(130_000);
    await stage.pass('uploader');
  },
  async Deleted(stage) {
    await stands(stage);
    await stage.world.remove('uploader');
  },
  async Retained({ start, world }) {
    await start();
    await world.apply('uploader', { ...EC2, deletionPolicy: 'Retain' });
    await world.untilReady('uploader');
    await world.remove('uploader');
  },
};
