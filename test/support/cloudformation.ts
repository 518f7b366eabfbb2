import { load } from 'js-yaml';
import type { AllowDocument } from './evaluate-policy.ts';

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

/** What stands in a template's ManagedPolicy and Role, and which resources there are, for one set of parameters. */
export interface ResolvedTemplate {
  readonly policy: AllowDocument;
  readonly trust: AllowDocument;
  readonly resources: readonly string[];
  readonly outputs: Readonly<Record<string, Json>>;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'eu-west-1',
  'AWS::URLSuffix': 'amazonaws.com',
};
const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Evaluates the intrinsic functions of a CloudFormation template, as far as ours has them, with `parameters` and its own
 * defaults. An unknown function, reference or a missing parameter throws.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolveTemplate(text: string, parameters: Readonly<Record<string, string>>): ResolvedTemplate {
  const template = load(text) as Record<'Parameters' | 'Conditions' | 'Resources' | 'Outputs', Record<string, Fields>>;
  const values: Record<string, Json> = { ...PSEUDO, 'AWS::NoValue': NO_VALUE };
  for (const [name, { Type, Default }] of Object.entries(template.Parameters)) {
    const given = parameters[name] ?? Default;
    if (typeof given !== 'string') throw new Error(`parameter ${name} has no value`);
    values[name] = Type === 'CommaDelimitedList' ? given.split(',').filter((item) => item !== '') : given;
  }
  const resolve = (node: Json): Json => resolveNode(node, { values, conditions: template.Conditions });
  const resources = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || resolve(template.Conditions[String(Condition)]) === true,
  );
  const property = (type: string, name: string): Json => {
    const found = resources.find(([, { Type }]) => Type === type)?.[1].Properties as Fields | undefined;
    return resolve(found?.[name]);
  };
  return {
    policy: property('AWS::IAM::ManagedPolicy', 'PolicyDocument') as AllowDocument,
    trust: JSON.parse(String(property('AWS::IAM::Role', 'AssumeRolePolicyDocument'))),
    resources: resources.map(([, { Type }]) => String(Type)),
    outputs: Object.fromEntries(Object.entries(template.Outputs).map(([name, { Value }]) => [name, resolve(Value)])),
  };
}

interface Scope {
  readonly values: Readonly<Record<string, Json>>;
  readonly conditions: Readonly<Record<string, Json>>;
}

function resolveNode(node: Json, scope: Scope): Json {
  if (Array.isArray(node)) return node.map((item) => resolveNode(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node);
  const [key = '', argument] = entries[0] ?? [];
  if (entries.length === 1 && (key === 'Ref' || key.startsWith('Fn::'))) return callFunction(key, argument, scope);
  const resolved = entries.map(([name, value]) => [name, resolveNode(value, scope)] as const);
  return Object.fromEntries(resolved.filter(([, value]) => value !== NO_VALUE));
}

function callFunction(name: string, argument: Json, scope: Scope): Json {
  const list = () => resolveNode(argument, scope) as Json[];
  switch (name) {
    case 'Ref':
      return lookUp(String(argument), scope);
    case 'Fn::Sub':
      return String(argument).replaceAll(/\$\{([^}]+)\}/g, (_, key: string) => String(lookUp(key, scope)));
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = argument as Json[];
      return resolveNode(resolveNode(scope.conditions[String(condition)], scope) ? whenTrue : whenFalse, scope);
    }
    case 'Fn::Equals':
      return list()[0] === list()[1];
    case 'Fn::Not':
      return !list()[0];
    case 'Fn::Join':
      return (list()[1] as string[]).join(String(list()[0]));
    case 'Fn::GetAtt':
      return (argument as string[]).join('.');
    default:
      throw new Error(`${name} is not known here`);
  }
}

function lookUp(name: string, { values }: Scope): Json {
  if (!(name in values)) throw new Error(`nothing is called ${name}`);
  return values[name];
}
