import { SERVICE_PRINCIPALS, type ServicePrincipal, type ServicePrincipalName } from '../api/service-principals.ts';
import { foreignPartition } from './foreign-partition.ts';
import { partitionOfRegion } from './partition-of-region.ts';
import type { CompileSettings } from './types.ts';

/** Why `principal` cannot act for `sourceArn`; `undefined` when it can. The account is the role's own, always. */
export function sourceArnProblem(
  principal: ServicePrincipalName,
  sourceArn: string,
  { partition, accountId, placeIsAssumed }: CompileSettings,
): string | undefined {
  const { sources }: ServicePrincipal = SERVICE_PRINCIPALS[principal];
  const [, ownPartition, , region = '', ownAccount = ''] = sourceArn.split(':');
  if (ownPartition !== partition) return foreignPartition(partition);
  if (region !== '' && partitionOfRegion(region) !== partition)
    return `names region ${region}, which partition ${partition} does not have`;
  if (!/^[\x20-\xff]*$/.test(sourceArn)) return 'holds characters outside Latin-1, which IAM policies may not contain';
  if (!sources.some((shape) => shapePattern(shape, ANYTHING).test(sourceArn))) {
    return `is nothing that ${principal} acts for; write ${sources.map(readable).join(' or ')}`;
  }
  if (sourceArn.includes('${')) return 'has a policy variable, and is taken literally; name the resource';
  if (!sources.some((shape) => shapePattern(shape, LITERAL).test(sourceArn))) {
    return `has a wildcard for what you name yourself; write ${sources.map(readable).join(' or ')}, with * for an id at most`;
  }
  if (accountId !== undefined && placeIsAssumed !== true && ownAccount !== '' && ownAccount !== accountId) {
    return `is in account ${ownAccount}, and a role serves resources of its own account ${accountId} only`;
  }
  return undefined;
}

const FIELD_PATTERNS = { partition: '[a-z-]+', region: '[a-z0-9-]+', accountId: '[0-9]{12}', id: '.+' };
/** What may stand for a name: anything at first, to tell the kind of resource; then nothing with a wildcard. */
const ANYTHING = { ...FIELD_PATTERNS, name: '.+' };
const LITERAL = { ...FIELD_PATTERNS, name: '[^*?]+' };

/** Matches the ARNs of `shape`; its fixed parts hold no character that a regular expression reads otherwise, but dots. */
function shapePattern(shape: string, patterns: Readonly<Record<string, string>>): RegExp {
  const pattern = shape.replaceAll('.', '[.]').replace(/\{([a-zA-Z]+)\}/g, (_, field: string) => patterns[field] ?? '');
  return new RegExp(`^${pattern}$`);
}

function readable(shape: string): string {
  return shape.replace(/\{([a-zA-Z]+)\}/g, (_, field: string) => `<${READABLE_FIELDS[field] ?? field}>`);
}

const READABLE_FIELDS: Readonly<Record<string, string>> = { accountId: 'account' };
