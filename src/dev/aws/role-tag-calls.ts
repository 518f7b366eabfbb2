import { type QueryHandler, roleToRead, roleToTag } from './call-context.ts';
import { pageFields, readPageRequest, takePage } from './paging.ts';
import { ROLE_NAME, TAG_KEY } from './parameter-rules.ts';
import { QUOTAS, requireTagsFit } from './quotas.ts';
import { mergeRoleTags, readTags, requireTagKeysFree, tagFields, withoutKeys } from './tags.ts';

/** The calls for a role's tags; keys are compared without regard to case. */
export const roleTagCalls: Readonly<Record<string, QueryHandler>> = {
  TagRole(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const changes = readTags(input);
    input.done();
    requireTagKeysFree(changes);
    const role = roleToTag(roleName, context);
    const tags = mergeRoleTags(role.tags, changes);
    requireTagsFit(tags.length, QUOTAS.tagsPerRole);
    role.tags = tags;
    return undefined;
  },

  /** A key that the role does not carry is no error. */
  UntagRole(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const keys = input.list('TagKeys').map(String);
    for (const [index, key] of keys.entries()) input.check(`tagKeys.${index + 1}.member`, key, TAG_KEY);
    input.done();
    const role = roleToTag(roleName, context);
    role.tags = withoutKeys(role.tags, keys);
    return undefined;
  },

  ListRoleTags(input, context) {
    const roleName = input.requiredText('RoleName', ROLE_NAME);
    const request = readPageRequest(input);
    input.done();
    const tags = [...roleToRead(roleName, context).tags].sort((a, b) => (a.key < b.key ? -1 : 1));
    const page = takePage(tags, ({ key }) => key, request, context.pageLimit);
    return { Tags: tagFields(page.items), ...pageFields(page) };
  },
};
