import type { OneOrMany, PolicyStatement } from '../policy/types.ts';

/** `statement` in words, as a noun: `statement that allows s3:GetObject, s3:PutObject on arn:aws:s3:::invoices/*`. */
export function statementText(statement: PolicyStatement): string {
  const principals = principalsOf(statement);
  const conditions = statement.Condition === undefined ? '' : ' under conditions';
  if (principals.length > 0) {
    const who = shortList(principals, 2);
    const can = statement.Effect === 'Deny' ? `keeps ${who} from assuming the role` : `lets ${who} assume the role`;
    return `statement that ${can}${conditions}`;
  }
  const verb = statement.Effect === 'Deny' ? 'denies' : 'allows';
  const actions = textOf(statement.Action, statement.NotAction, 3);
  return `statement that ${verb} ${actions} on ${textOf(statement.Resource, statement.NotResource, 1)}${conditions}`;
}

/** Who `statement` is about, without the kind of principal: its text tells what it is. Empty in permissions policies. */
export function principalsOf({ Principal }: PolicyStatement): readonly string[] {
  if (Principal === undefined) return [];
  if (typeof Principal === 'string') return [Principal];
  return Object.values(Principal).flatMap((value) => [value].flat().map(String));
}

/** `members` in their order, those beyond `most` counted: `a, b, c and 4 more`. */
export function shortList(members: readonly string[], most = 3): string {
  const shown = members.slice(0, most).join(', ');
  return members.length > most ? `${shown} and ${members.length - most} more` : shown;
}

function textOf(value: OneOrMany | undefined, excepted: OneOrMany | undefined, most: number): string {
  if (value !== undefined) return shortList([value].flat().map(String), most);
  return `all but ${shortList([excepted ?? []].flat().map(String), most)}`;
}
