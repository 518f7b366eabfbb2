import { SERVICE_PRINCIPALS, type ServicePrincipal, type ServicePrincipalName } from '../api/service-principals.ts';
import { foreignPartition } from './foreign-partition.ts';
import type { CompileSettings } from './types.ts';

/** Why `principal` cannot act for `sourceArn`; `undefined` when it can. The account is the role's own, always. */
export function sourceArnProblem(
  principal: ServicePrincipalName,
  sourceArn: string,
  { partition, accountId, placeIsAssumed }: CompileSettings,
): string | undefined {
  const { sources, nameIsChosenByAws }: ServicePrincipal = SERVICE_PRINCIPALS[principal];
  const [, ownPartition, , , ownAccount = '', ...rest] = sourceArn.split(':');
  if (ownPartition !== partition) return foreignPartition(partition);
  if (!sources.some((shape) => shapePattern(shape).test(sourceArn))) {
    return `is nothing that ${principal} acts for; write ${sources.map(readable).join(' or ')}`;
  }
  const name = rest.join(':');
  if (name.includes('${')) return 'has a policy variable, and is taken literally; name the resource';
  if (/[*?]/.test(name) && nameIsChosenByAws !== true) {
    return 'has a wildcard; name the one resource that may use the role';
  }
  if (accountId !== undefined && placeIsAssumed !== true && ownAccount !== '' && ownAccount !== accountId) {
    return `is in account ${ownAccount}, and a role serves resources of its own account ${accountId} only`;
  }
  return undefined;
}

const FIELD_PATTERNS: Readonly<Record<string, string>> = {
  partition: '[a-z-]+',
  region: '[a-z0-9-]+',
  accountId: '[0-9]{12}',
  name: '.+',
};

/** Matches the ARNs of `shape`; its fixed parts hold no character that a regular expression reads otherwise, but dots. */
function shapePattern(shape: string): RegExp {
  const pattern = shape
    .replaceAll('.', '[.]')
    .replace(/\{([a-zA-Z]+)\}/g, (_, field: string) => FIELD_PATTERNS[field] ?? '');
  return new RegExp(`^${pattern}$`);
}

function readable(shape: string): string {
  return shape.replace(/\{([a-zA-Z]+)\}/g, (_, field: string) => `<${READABLE_FIELDS[field] ?? field}>`);
}

const READABLE_FIELDS: Readonly<Record<string, string>> = { accountId: 'account' };
