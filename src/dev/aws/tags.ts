import { invalidInput } from './errors.ts';
import type { Tag } from './iam-store.ts';
import { TAG_KEY, TAG_VALUE } from './parameter-rules.ts';
import type { ParameterReader } from './parameters.ts';
import type { XmlValue } from './query-protocol.ts';

const MAX_TAGS_IN_ONE_CALL = 50;

/**
 * The tags of one call: `Tags.member.N`. Keys of a role count as equal without regard to case, so two such keys in one
 * call are `InvalidInput`. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function readTags(input: ParameterReader): readonly Tag[] {
  const tags = input.list('Tags').map((member, index) => {
    const { Key: key, Value: value } = typeof member === 'object' && !Array.isArray(member) ? toRecord(member) : {};
    if (typeof key !== 'string') input.breach(undefined, `tags.${index + 1}.member.key`, 'Member must not be null');
    if (typeof value !== 'string') input.breach(undefined, `tags.${index + 1}.member.value`, 'Member must not be null');
    const tag = { key: String(key ?? ''), value: String(value ?? '') };
    input.check(`tags.${index + 1}.member.key`, tag.key, TAG_KEY);
    input.check(`tags.${index + 1}.member.value`, tag.value, TAG_VALUE);
    return tag;
  });
  if (tags.length > MAX_TAGS_IN_ONE_CALL) {
    input.breach(String(tags.length), 'tags', `Member must have length less than or equal to ${MAX_TAGS_IN_ONE_CALL}`);
  }
  return tags;
}

/** Throws `InvalidInput` for a key given twice or reserved for AWS. */
export function requireTagKeysFree(tags: readonly Tag[], { caseSensitive = false } = {}): void {
  const keys = tags.map(({ key }) => (caseSensitive ? key : key.toLowerCase()));
  if (new Set(keys).size !== keys.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if (keys.some((key) => key.toLowerCase().startsWith('aws:'))) {
    throw invalidInput('aws: prefixed tag key names are not allowed for external use.');
  }
}

/** `tags` with `changes` over them; a role's key replaces the one that differs from it in case only. */
export function mergeRoleTags(tags: readonly Tag[], changes: readonly Tag[]): readonly Tag[] {
  return [
    ...withoutKeys(
      tags,
      changes.map(({ key }) => key),
    ),
    ...changes,
  ];
}

/** `tags` without the keys given, in whatever case. */
export function withoutKeys(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return tags.filter(({ key }) => !gone.has(key.toLowerCase()));
}

/** Tags as an IAM answer lists them. */
export function tagFields(tags: readonly Tag[]): readonly XmlValue[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

function toRecord(value: object): Readonly<Record<string, unknown>> {
  return { ...value };
}
