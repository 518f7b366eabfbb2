import { ListRoleTagsCommand, type Tag, TagRoleCommand, UntagRoleCommand } from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { type CaseRegistry, type ContractTools, refusal } from './contract-world.ts';
import { createRole } from './role-cases.ts';

export function tagCases({ everywhere, notOnMoto }: CaseRegistry): void {
  everywhere('TagRole adds and replaces, UntagRole takes away and does not mind an absent key', async (tools) => {
    const RoleName = await createRole(tools);
    await tag(tools, RoleName, { a: '1', b: '2' });
    await tag(tools, RoleName, { b: '3', c: '' });
    await tools.iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['a', 'absent'] }));
    expect(await tags(tools, RoleName)).toEqual({ b: '3', c: '' });
  });

  notOnMoto('moto compares keys with regard to case', 'a role tag key is replaced in any case', async (tools) => {
    const RoleName = await createRole(tools);
    await tag(tools, RoleName, { Department: 'a' });
    await tag(tools, RoleName, { department: 'b' });
    expect(await tags(tools, RoleName)).toEqual({ department: 'b' });
  });

  everywhere('tag keys that differ in case only are refused within one call', async (tools) => {
    const RoleName = await createRole(tools);
    expect(await refusal(tag(tools, RoleName, { Department: 'a', department: 'b' }))).toEqual({
      code: 'InvalidInputException',
      status: 400,
    });
  });

  everywhere('tags outside of the lengths and characters are a ValidationError', async (tools) => {
    const RoleName = await createRole(tools);
    const invalid = { code: 'ValidationError', status: 400 };
    expect(await refusal(tag(tools, RoleName, { ['k'.repeat(129)]: 'v' }))).toEqual(invalid);
    expect(await refusal(tag(tools, RoleName, { k: 'v'.repeat(257) }))).toEqual(invalid);
    expect(await refusal(tag(tools, RoleName, { 'k!': 'v' }))).toEqual(invalid);
  });

  everywhere('more than 50 tags in one call are a ValidationError', async (tools) => {
    expect(await refusal(tag(tools, await createRole(tools), numbered(0, 51)))).toEqual({
      code: 'ValidationError',
      status: 400,
    });
  });

  notOnMoto('moto does not count tags in sum', 'a role carries at most 50 tags', async (tools) => {
    const RoleName = await createRole(tools);
    await tag(tools, RoleName, numbered(0, 50));
    expect(await refusal(tag(tools, RoleName, numbered(50, 51)))).toEqual({
      code: 'LimitExceededException',
      status: 409,
    });
    expect(await tags(tools, RoleName)).toEqual(numbered(0, 50));
  });
}

function numbered(from: number, to: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`k${from + index}`, 'v']));
}

async function tag({ iam }: ContractTools, RoleName: string, map: Record<string, string>): Promise<void> {
  const Tags: Tag[] = Object.entries(map).map(([Key, Value]) => ({ Key, Value }));
  await iam.send(new TagRoleCommand({ RoleName, Tags }));
}

async function tags({ iam }: ContractTools, RoleName: string): Promise<Record<string, string>> {
  const answer = await iam.send(new ListRoleTagsCommand({ RoleName }));
  return Object.fromEntries((answer.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}
