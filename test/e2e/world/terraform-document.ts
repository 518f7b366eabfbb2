/** Values of the expressions that our module uses: `var.cluster_name`, `data.aws_region.current.name`. */
export type TerraformScope = Readonly<Record<string, string | readonly string[]>>;

type Block = Readonly<Record<string, unknown>>;

/**
 * The IAM document of `data "aws_iam_policy_document" NAME`, from what hcl2tojson makes of a module: dynamic blocks are
 * there or not as `scope` says. An expression that our module does not use throws.
 */
export function terraformDocument(module: Block, name: string, scope: TerraformScope): unknown {
  const blocks = (module.data as readonly Block[]).map(
    (each) => each['"aws_iam_policy_document"'] as Block | undefined,
  );
  const found = blocks.find((block) => block?.[`"${name}"`] !== undefined)?.[`"${name}"`];
  if (found === undefined) throw new Error(`no policy document is called ${name}`);
  const statements = blocksNamed('statement', found as Block, scope);
  return { Version: '2012-10-17', Statement: statements.map((statement) => toStatement(statement, scope)) };
}

function toStatement(block: Block, scope: TerraformScope): object {
  const list = (name: string) => evaluate(block[name], scope);
  const condition: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of blocksNamed('condition', block, scope)) {
    const [operator, key] = [String(evaluate(test, scope)), String(evaluate(variable, scope))];
    condition[operator] = { ...condition[operator], [key]: single(evaluate(values, scope)) };
  }
  const principals = blocksNamed('principals', block, scope).map(({ type, identifiers }) => [
    evaluate(type, scope),
    single(evaluate(identifiers, scope)),
  ]);
  return {
    Sid: evaluate(block.sid, scope),
    Effect: 'Allow',
    ...(principals.length === 0 ? {} : { Principal: Object.fromEntries(principals) }),
    Action: list('actions'),
    ...(block.resources === undefined ? {} : { Resource: list('resources') }),
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

/** In the order of Terraform: the static ones, then the dynamic ones whose `for_each` is not empty. */
function blocksNamed(name: string, { [name]: fixed = [], dynamic = [] }: Block, scope: TerraformScope): Block[] {
  const chosen = (dynamic as Block[]).flatMap((block) => {
    const { for_each, content } = (block[`"${name}"`] ?? {}) as { for_each?: string; content?: Block[] };
    return for_each !== undefined && holds(for_each, scope) ? (content ?? []) : [];
  });
  return [...(fixed as Block[]), ...chosen];
}

function holds(forEach: string, scope: TerraformScope): boolean {
  const [, condition = ''] = /^\$\{(.*) \? \[true\] : \[\]\}$/.exec(forEach) ?? [];
  const [, list, comparison] = /^length\(([\w.]+)\) (>|==) 0$/.exec(condition) ?? [];
  if (list !== undefined) return lookUp(list, scope).length > 0 === (comparison === '>');
  const [, text, equality] = /^([\w.]+) (==|!=) ""$/.exec(condition) ?? [];
  if (text !== undefined) return (lookUp(text, scope) === '') === (equality === '==');
  throw new Error(`not understood: ${forEach}`);
}

function evaluate(value: unknown, scope: TerraformScope): string | readonly string[] {
  if (Array.isArray(value)) return value.map((item) => String(evaluate(item, scope)));
  const [, expression] = /^\$\{([\w.]+)\}$/.exec(String(value)) ?? [];
  if (expression !== undefined) return lookUp(expression, scope);
  const text = JSON.parse(String(value)) as string;
  return text.replaceAll(/\$\{([\w.]+)\}/g, (_, each: string) => String(lookUp(each, scope)));
}

function lookUp(expression: string, scope: TerraformScope): string | readonly string[] {
  const value = scope[expression];
  if (value === undefined) throw new Error(`${expression} has no value`);
  return value;
}

function single(values: string | readonly string[]): unknown {
  return Array.isArray(values) && values.length === 1 ? values[0] : values;
}
