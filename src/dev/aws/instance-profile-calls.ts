import {
  type CallContext,
  isVisible,
  profileToRead,
  profileToWrite,
  type QueryHandler,
  roleToRead,
  roleToWrite,
} from './call-context.ts';
import { deleteConflict, entityAlreadyExists, noSuchEntity } from './errors.ts';
import type { StoredInstanceProfile } from './iam-store.ts';
import { type PageRequest, pageFields, readPageRequest, takePage } from './paging.ts';
import { INSTANCE_PROFILE_NAME, PATH, PATH_PREFIX, ROLE_NAME } from './parameter-rules.ts';
import type { XmlFields } from './query-protocol.ts';
import { QUOTAS, requireRoom, requireTagsFit } from './quotas.ts';
import { instanceProfileFields } from './role-fields.ts';
import { readTags, requireTagKeysFree, tagFields } from './tags.ts';
import { newIamId } from './unique-id.ts';

/** The calls for instance profiles. A profile holds one role; a role may be in many profiles. */
export const instanceProfileCalls: Readonly<Record<string, QueryHandler>> = {
  CreateInstanceProfile(input, context) {
    const name = input.requiredText('InstanceProfileName', INSTANCE_PROFILE_NAME);
    const path = input.text('Path', PATH) ?? '/';
    const tags = readTags(input);
    input.done();
    requireTagKeysFree(tags, { caseSensitive: true });
    const profiles = context.iam.instanceProfiles;
    if (profiles.get(name) !== undefined) throw entityAlreadyExists(`Instance Profile ${name} already exists.`);
    requireRoom(profiles.size, QUOTAS.instanceProfilesPerAccount, 'InstanceProfilesPerAccount');
    const profile: StoredInstanceProfile = {
      name,
      path,
      id: newIamId('AIPA'),
      arn: `arn:${context.account.partition}:iam::${context.account.id}:instance-profile${path}${name}`,
      createdMs: context.clock.now(),
      visibleFromMs: context.clock.monotonicMs() + context.visibilityDelayMs,
      tags,
      role: undefined,
    };
    profiles.put(profile);
    return { InstanceProfile: withTags(profile, context) };
  },

  GetInstanceProfile(input, context) {
    const name = input.requiredText('InstanceProfileName', INSTANCE_PROFILE_NAME);
    input.done();
    return { InstanceProfile: withTags(profileToRead(name, context), context) };
  },

  /** Keys that differ in case are two. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
  TagInstanceProfile(input, context) {
    const name = input.requiredText('InstanceProfileName', INSTANCE_PROFILE_NAME);
    const changes = readTags(input);
    input.done();
    requireTagKeysFree(changes, { caseSensitive: true });
    const profile = profileToWrite(name, context);
    const kept = profile.tags.filter(({ key }) => !changes.some((change) => change.key === key));
    requireTagsFit(kept.length + changes.length, QUOTAS.tagsPerInstanceProfile);
    profile.tags = [...kept, ...changes];
    return undefined;
  },

  DeleteInstanceProfile(input, context) {
    const name = input.requiredText('InstanceProfileName', INSTANCE_PROFILE_NAME);
    input.done();
    if (profileToWrite(name, context).role !== undefined) {
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
    }
    context.iam.instanceProfiles.delete(name);
    return undefined;
  },

  AddRoleToInstanceProfile(input, context) {
    const name = input.requiredText('InstanceProfileName', INSTANCE_PROFILE_NAME);
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    input.done();
    const profile = profileToWrite(name, context);
    const role = roleToWrite(roleName, context);
    const held = profile.role === undefined ? 0 : 1;
    requireRoom(held, QUOTAS.rolesPerInstanceProfile, 'InstanceSessionsPerInstanceProfile');
    profile.role = role;
    return undefined;
  },

  RemoveRoleFromInstanceProfile(input, context) {
    const name = input.requiredText('InstanceProfileName', INSTANCE_PROFILE_NAME);
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    input.done();
    const profile = profileToWrite(name, context);
    if (profile.role === undefined || profile.role !== roleToWrite(roleName, context)) {
      throw noSuchEntity(`Role ${roleName} in Instance Profile ${name} cannot be found.`);
    }
    profile.role = undefined;
    return undefined;
  },

  ListInstanceProfiles(input, context) {
    const prefix = input.text('PathPrefix', PATH_PREFIX) ?? '/';
    const request = readPageRequest(input);
    input.done();
    return listPage((profile) => profile.path.startsWith(prefix), request, context);
  },

  ListInstanceProfilesForRole(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const request = readPageRequest(input);
    input.done();
    const role = roleToRead(roleName, context);
    return listPage((profile) => profile.role === role, request, context);
  },
};

function listPage(
  wanted: (profile: StoredInstanceProfile) => boolean,
  request: PageRequest,
  context: CallContext,
): XmlFields {
  const profiles = context.iam.instanceProfiles
    .list()
    .filter((profile) => wanted(profile) && isVisible(profile, context));
  const page = takePage(profiles, (profile) => profile.name.toLowerCase(), request, context.pageLimit);
  return {
    InstanceProfiles: page.items.map((profile) => instanceProfileFields(profile, context.iam)),
    ...pageFields(page),
  };
}

function withTags(profile: StoredInstanceProfile, context: CallContext): XmlFields {
  const tags = profile.tags.length === 0 ? undefined : tagFields(profile.tags);
  return { ...instanceProfileFields(profile, context.iam), Tags: tags };
}
