import type { CatalogueEntry, Placeholders } from './catalogue/catalogue-entry.ts';
import type { TypedGrant } from './compiled-grant.ts';
import { dnsSuffix } from './dns-suffix.ts';
import type { DraftStatement } from './draft-statement.ts';
import { escapeLiteral } from './escape-literal.ts';
import { fillTemplate } from './fill-template.ts';

/**
 * What the grant needs on the key that encrypts its resource: by way of the service only, and with the encryption
 * context that the service sends. Empty when the grant names no key, or needs nothing on it. The grant's own conditions
 * stay with its own statements: keys such as `aws:SourceIp` are absent when the service calls KMS, and would forbid all.
 */
export function compileKeyCompanion(
  { companion }: CatalogueEntry,
  { kmsKey, access, actions }: TypedGrant,
  { name, placeholders }: { readonly name?: string; readonly placeholders: Placeholders },
): readonly DraftStatement[] {
  if (kmsKey === undefined || companion === undefined) return [];
  const needed =
    actions === undefined ? (access ?? []).flatMap((verb) => companion.verbs[verb] ?? []) : companion.actions;
  if (needed.length === 0) return [];
  const key = escapeLiteral(kmsKey);
  const [, partition = '', , region = ''] = key.split(':');
  const via = `${companion.viaService}.${region}.${dnsSuffix(partition)}`;
  const contexts = (companion.contexts ?? []).map(({ key: contextKey, values }) => [
    `kms:EncryptionContext:${contextKey}`,
    values.map((value) => fillTemplate(value, placeholders)),
  ]);
  return [
    {
      effect: 'Allow',
      actions: needed.map((action) => `kms:${action}`),
      resources: [key],
      conditions: {
        StringEquals: { 'kms:ViaService': [via] },
        ...(contexts.length === 0 ? {} : { StringLike: Object.fromEntries(contexts) }),
      },
      part: 'Key',
      ...(name === undefined ? {} : { name }),
    },
  ];
}
