import type { GrantService } from '../api/verbs.ts';
import type { Problem } from '../base/problem.ts';
import { catalogue } from './catalogue/catalogue.ts';
import type { CatalogueEntry, Placeholders } from './catalogue/catalogue-entry.ts';
import { compileTypedGrant } from './compile-typed-grant.ts';
import type { CompiledGrant, GrantFields } from './compiled-grant.ts';
import { escapeLiteral } from './escape-literal.ts';
import { foreignPartition } from './foreign-partition.ts';
import { partitionOfRegion } from './partition-of-region.ts';
import type { CompileSettings } from './types.ts';

/** The statements of a grant on `service`, in the place that the grant names or else the controller's. */
export function compileServiceGrant(
  service: GrantService,
  grant: GrantFields,
  at: { readonly path: string; readonly name?: string },
  settings: CompileSettings,
): CompiledGrant {
  const placeholders = placeholdersOf(grant, settings);
  const compiled = compileTypedGrant(catalogue[service], grant, {
    ...at,
    placeholders,
    placeIsAssumed: settings.placeIsAssumed === true,
  });
  const foreign = partitionProblems(catalogue[service], grant, at.path, settings.partition);
  return { ...compiled, problems: [...foreign, ...compiled.problems] };
}

function placeholdersOf(grant: GrantFields, settings: CompileSettings): Placeholders {
  const { partition, region = '', accountId = '' } = settings;
  const fields = Object.entries(grant).flatMap(([field, value]) =>
    typeof value === 'string' ? [[field, escapeLiteral(value)] as const] : [],
  );
  return { region, accountId, ...Object.fromEntries(fields), partition };
}

/** What lies in another partition can never be reached, and IAM refuses the whole policy for it. */
function partitionProblems(
  { kinds }: CatalogueEntry,
  grant: GrantFields,
  path: string,
  partition: string,
): readonly Problem[] {
  const variants = Object.values(kinds).flatMap((kind) => kind.variants ?? []);
  // In other fields `arn:` is the beginning of a name like any.
  const arnFields = [
    'kmsKey',
    ...variants.filter(({ startingWith }) => startingWith === 'arn:').map(({ field }) => field),
  ];
  return Object.entries(grant).flatMap(([field, value]) => {
    if (typeof value !== 'string') return [];
    const at = `${path}.${field}`;
    if (field === 'region' && partitionOfRegion(value) !== partition) {
      return [{ path: at, problem: `${value} is not a region of partition ${partition}, the only one a role reaches` }];
    }
    const isForeign = arnFields.includes(field) && value.startsWith('arn:') && value.split(':')[1] !== partition;
    return isForeign ? [{ path: at, problem: foreignPartition(partition) }] : [];
  });
}
