import type { ArnVariant, CatalogueEntry, Placeholders, ResourceKind } from './catalogue/catalogue-entry.ts';
import type { GrantFields } from './compiled-grant.ts';
import { fillTemplate } from './fill-template.ts';
import type { PolicyConditions } from './types.ts';

/** A kind of resource as one grant means it. */
export interface ResolvedKind {
  readonly kind: ResourceKind;
  /** Filled in. Empty: the grant has nothing of this kind. */
  readonly arns: readonly string[];
  readonly conditions: PolicyConditions;
  /** Whether an ARN holds the region. */
  readonly usesRegion: boolean;
}

/** The kinds of `entry` by name, in its order, for a grant with `fields`. */
export function resolveKinds(
  entry: CatalogueEntry,
  fields: GrantFields,
  placeholders: Placeholders,
): ReadonlyMap<string, ResolvedKind> {
  return new Map(
    Object.entries(entry.kinds).map(([name, kind]) => {
      const templates = kind.variants?.find((variant) => isMeant(variant, fields))?.arns ?? kind.arns;
      const resolved = {
        kind,
        arns: templates.map((template) => fillTemplate(template, placeholders)),
        conditions: conditionsOf(kind, fields, placeholders),
        usesRegion: templates.some((template) => template.includes('{region}')),
      };
      return [name, resolved];
    }),
  );
}

function isMeant({ field, startingWith = '' }: ArnVariant, fields: GrantFields): boolean {
  const value = fields[field];
  return typeof value === 'string' && value.startsWith(startingWith);
}

function conditionsOf(kind: ResourceKind, fields: GrantFields, placeholders: Placeholders): PolicyConditions {
  const blocks: Record<string, Record<string, readonly string[]>> = {};
  for (const { field, operator, key, values } of kind.conditions ?? []) {
    if (field !== undefined && fields[field] === undefined) continue;
    blocks[operator] = { ...blocks[operator], [key]: values.map((value) => fillTemplate(value, placeholders)) };
  }
  return blocks;
}
