import type { CatalogueEntry, Placeholders } from './catalogue/catalogue-entry.ts';
import type { TypedGrant } from './compiled-grant.ts';
import { dnsSuffix } from './dns-suffix.ts';
import type { DraftStatement } from './draft-statement.ts';
import { fillTemplate } from './fill-template.ts';

/**
 * What the grant needs on the key that encrypts its resource: by way of the service only, and with the encryption
 * context that the service sends. Empty when the grant names no key, or needs nothing on it.
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
  const [, partition = '', , region = ''] = kmsKey.split(':');
  const via = `${companion.viaService}.${region}.${dnsSuffix(partition)}`;
  const { context } = companion;
  return [
    {
      effect: 'Allow',
      actions: needed.map((action) => `kms:${action}`),
      resources: [kmsKey],
      conditions: {
        StringEquals: { 'kms:ViaService': [via] },
        ...(context === undefined
          ? {}
          : {
              StringLike: {
                [`kms:EncryptionContext:${context.key}`]: context.values.map((value) =>
                  fillTemplate(value, placeholders),
                ),
              },
            }),
      },
      part: 'Key',
      ...(name === undefined ? {} : { name }),
    },
  ];
}
