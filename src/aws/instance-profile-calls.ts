import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteInstanceProfileCommand,
  GetInstanceProfileCommand,
  type IAMClient,
  type InstanceProfile,
  ListInstanceProfilesForRoleCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import type { ObservedInstanceProfile } from '../plan/observation.ts';
import type { DesiredInstanceProfile, Tags } from '../policy/types.ts';
import { type AwsCaller, promised } from './aws-caller.ts';
import { type DeleteAnswer, notFound } from './delete-answer.ts';
import { listPages, nextMarker } from './list-pages.ts';
import { fromSdkTags, toSdkTags } from './sdk-tags.ts';

/** How `createInstanceProfile` ended. */
export type CreateProfileAnswer =
  | { readonly kind: 'Created'; readonly arn: string }
  | { readonly kind: 'AlreadyExists' };

/** IAM's calls for instance profiles. An absent one is `undefined` to a read and success to a delete. */
export function createInstanceProfileCalls(iam: IAMClient, { call }: AwsCaller) {
  const profileCall = (action: string, name: string, write: boolean) =>
    ({ service: 'iam', action, target: `instance profile ${name}`, write }) as const;
  const absent = { expected: { NoSuchEntity: undefined } };
  return {
    /** Empty when the role does not exist. IAM leaves the tags out of this list: read them by name. */
    async listInstanceProfilesForRole(
      roleName: string,
      signal: AbortSignal,
    ): Promise<readonly ObservedInstanceProfile[]> {
      const what = {
        service: 'iam',
        action: 'ListInstanceProfilesForRole',
        target: `role ${roleName}`,
        write: false,
      } as const;
      const profiles = await listPages(async (Marker) => {
        const command = new ListInstanceProfilesForRoleCommand({ RoleName: roleName, Marker, MaxItems: LARGEST_PAGE });
        const page = await call(what, signal, (options) => iam.send(command, options), absent);
        return page && { items: (page.InstanceProfiles ?? []).map(toObservedProfile), next: nextMarker(page) };
      });
      return profiles ?? [];
    },

    async getInstanceProfile(name: string, signal: AbortSignal): Promise<ObservedInstanceProfile | undefined> {
      const command = new GetInstanceProfileCommand({ InstanceProfileName: name });
      const what = profileCall('GetInstanceProfile', name, false);
      const answer = await call(what, signal, (options) => iam.send(command, options), absent);
      return answer && toObservedProfile(promised(answer.InstanceProfile, `instance profile ${name}`));
    },

    async createInstanceProfile(profile: DesiredInstanceProfile, signal: AbortSignal): Promise<CreateProfileAnswer> {
      const command = new CreateInstanceProfileCommand({
        InstanceProfileName: profile.name,
        Path: profile.path,
        Tags: toSdkTags(profile.tags),
      });
      const what = profileCall('CreateInstanceProfile', profile.name, true);
      const answer = await call(what, signal, (options) => iam.send(command, options), {
        expected: { EntityAlreadyExists: 'AlreadyExists' as const },
      });
      if (answer === 'AlreadyExists') return { kind: 'AlreadyExists' };
      return { kind: 'Created', arn: promised(answer.InstanceProfile?.Arn, `ARN of instance profile ${profile.name}`) };
    },

    async tagInstanceProfile(name: string, tags: Tags, signal: AbortSignal): Promise<void> {
      const command = new TagInstanceProfileCommand({ InstanceProfileName: name, Tags: toSdkTags(tags) });
      const what = profileCall('TagInstanceProfile', name, true);
      await call(what, signal, (options) => iam.send(command, options));
    },

    async deleteInstanceProfile(name: string, signal: AbortSignal): Promise<DeleteAnswer> {
      const command = new DeleteInstanceProfileCommand({ InstanceProfileName: name });
      const what = profileCall('DeleteInstanceProfile', name, true);
      const expected = { NoSuchEntity: notFound };
      const answer = await call(what, signal, (options) => iam.send(command, options), { expected });
      return typeof answer === 'string' ? answer : 'Deleted';
    },

    /**
     * `Occupied` when the profile holds a role already, this one or another: a profile holds one, and IAM answers a
     * second one with its quota error. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
     */
    async addRoleToInstanceProfile(name: string, roleName: string, signal: AbortSignal): Promise<'Added' | 'Occupied'> {
      const command = new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: roleName });
      const what = profileCall('AddRoleToInstanceProfile', name, true);
      const answer = await call(what, signal, (options) => iam.send(command, options), {
        expected: { LimitExceeded: 'Occupied' as const, EntityAlreadyExists: 'Occupied' as const },
      });
      return answer === 'Occupied' ? 'Occupied' : 'Added';
    },

    async removeRoleFromInstanceProfile(name: string, roleName: string, signal: AbortSignal): Promise<void> {
      const command = new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName: roleName });
      const what = profileCall('RemoveRoleFromInstanceProfile', name, true);
      await call(what, signal, (options) => iam.send(command, options), absent);
    },
  };
}

function toObservedProfile(profile: InstanceProfile): ObservedInstanceProfile {
  const name = promised(profile.InstanceProfileName, 'name of an instance profile');
  return {
    name,
    path: promised(profile.Path, `path of instance profile ${name}`),
    arn: promised(profile.Arn, `ARN of instance profile ${name}`),
    tags: fromSdkTags(profile.Tags),
    roleNames: (profile.Roles ?? []).map(({ RoleName }) => promised(RoleName, `role in instance profile ${name}`)),
  };
}

/** Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html */
const LARGEST_PAGE = 1000;
