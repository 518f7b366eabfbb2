import type { StructuralSchema } from '../../src/api/structural-schema.ts';
import { VERBS } from '../../src/api/verbs.ts';
import { fieldHead, fieldSection, type SectionOptions } from './field-section.ts';

/** Fields that mean the same in all grants on a service, and a kind of grant that has them all. */
const SHARED = ['access', 'actions', 'conditions', 'accountId', 'region', 'kmsKey'];
const MODEL = 'sqs';

/** The list of grants: what stands in each item, then the fields that grants share, then each kind with its own. */
export function grantSections(path: string, grants: StructuralSchema, options: SectionOptions): string {
  const { name, ...kinds } = grants.items?.properties ?? {};
  const model = kinds[MODEL];
  if (grants.items === undefined || name === undefined || model === undefined) throw new Error('grants have changed');
  const below = { ...options, depth: options.depth + 1, isRequired: false };
  return [
    fieldHead(path, grants, options),
    fieldHead(`${path}[]`, grants.items, { ...below, isRequired: true }),
    fieldHead(`${path}[].name`, name, below),
    sharedSection(`${path}[].${MODEL}`, model, below),
    ...Object.entries(kinds).map(([kind, schema]) => kindSection(`${path}[].${kind}`, schema, model, below)),
  ].join('\n');
}

function sharedSection(path: string, model: StructuralSchema, options: SectionOptions): string {
  const below = { ...options, depth: options.depth + 1 };
  const fields = SHARED.map((name) => {
    const field = model.properties?.[name];
    if (field === undefined) throw new Error(`grant ${MODEL} no longer has the field ${name}`);
    return fieldHead(`${path}.${name}`, name === 'access' ? withoutVerbs(field) : field, below);
  });
  const head = `${'#'.repeat(options.depth)} Fields that grants share

Those of \`${MODEL}\` stand for all. Each kind of grant says below which of them it has.
`;
  return [head, ...fields].join('\n');
}

function withoutVerbs({ items, ...access }: StructuralSchema): StructuralSchema {
  const description = access.description?.replace(VERBS[MODEL].join(', '), 'those of the service') ?? '';
  return { ...access, description, items: { type: items?.type ?? 'string' } };
}

function kindSection(path: string, schema: StructuralSchema, model: StructuralSchema, options: SectionOptions): string {
  const fields = Object.entries(schema.properties ?? {});
  const isShared = ([name, field]: [string, StructuralSchema]): boolean =>
    SHARED.includes(name) &&
    (JSON.stringify(field) === JSON.stringify(model.properties?.[name]) ||
      field.items?.enum !== undefined ||
      isActions(name, schema));
  const own = Object.fromEntries(fields.filter((field) => !isShared(field)));
  const shared = fields.filter(isShared).map(([name]) => `\`${name}\``);
  const kind = path.slice(path.lastIndexOf('.') + 1);
  const also = shared.length === 0 ? '' : `\nAlso ${shared.join(', ')}, as [above](#fields-that-grants-share).`;
  const verbs = schema.properties?.access === undefined ? '' : ` [Verbs](grants.md#${kind.toLowerCase()}).`;
  return `${fieldSection(path, { ...schema, properties: own }, options)}${also}${verbs}${also + verbs === '' ? '' : '\n'}`;
}

/** The actions of a service differ in their example alone; those of a statement are another thing. */
function isActions(name: string, schema: StructuralSchema): boolean {
  return name === 'actions' && schema.properties?.access !== undefined;
}
