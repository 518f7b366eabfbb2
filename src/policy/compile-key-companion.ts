import type { CatalogueEntry, EncryptionContext, Placeholders } from './catalogue/catalogue-entry.ts';
import type { GrantFields } from './compiled-grant.ts';
import type { DraftStatement } from './draft-statement.ts';
import { escapeLiteral } from './escape-literal.ts';
import { fillTemplate } from './fill-template.ts';
import type { ResolvedKind } from './resolve-kinds.ts';

/**
 * What the grant needs on the key that encrypts its resource: by way of the service only, and with the encryption
 * context that the service sends. Empty when the grant names no key, or needs nothing on it. The grant's own conditions
 * stay with its own statements: keys such as `aws:SourceIp` are absent when the service calls KMS, and would forbid all.
 */
export function compileKeyCompanion(
  { companion }: CatalogueEntry,
  { kmsKey, access, actions }: GrantFields,
  kinds: ReadonlyMap<string, ResolvedKind>,
  { name, placeholders }: { readonly name?: string; readonly placeholders: Placeholders },
): readonly DraftStatement[] {
  if (kmsKey === undefined || companion === undefined) return [];
  const needed =
    actions === undefined ? (access ?? []).flatMap((verb) => companion.verbs[verb] ?? []) : companion.actions;
  if (needed.length === 0) return [];
  const key = escapeLiteral(kmsKey);
  const via = `${companion.viaService}.${key.split(':')[3] ?? ''}.${VIA_SUFFIX}`;
  const contexts = companion.contexts.map((context) => [
    `kms:EncryptionContext:${context.key}`,
    valuesOf(context, kinds, placeholders),
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

/** In all partitions. Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
const VIA_SUFFIX = 'amazonaws.com';

function valuesOf(
  { value }: EncryptionContext,
  kinds: ReadonlyMap<string, ResolvedKind>,
  placeholders: Placeholders,
): readonly string[] {
  if ('patterns' in value) return value.patterns.map((pattern) => fillTemplate(pattern, placeholders));
  return value.kinds.flatMap((kind) => kinds.get(kind)?.arns ?? []);
}
