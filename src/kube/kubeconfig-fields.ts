import { isJson } from './kube-object.ts';
import type { Fields, KubeconfigEntry } from './kubeconfig-file.ts';

type Kind = keyof typeof KINDS;

const isText = (value: unknown) => typeof value === 'string';
const areTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

/** What a field may hold, by the words that name it to people. */
const KINDS = {
  'a string': isText,
  'true or false': (value: unknown) => typeof value === 'boolean',
  'a list of strings': areTexts,
  'lists of strings by name': (value: unknown) => isJson(value) && Object.values(value).every(areTexts),
  'strings by name': (value: unknown) => isJson(value) && Object.values(value).every(isText),
  fields: isJson,
  anything: () => true,
};

/** Source of all four: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
const CLUSTER_FIELDS: Readonly<Record<string, Kind>> = {
  server: 'a string',
  'tls-server-name': 'a string',
  'insecure-skip-tls-verify': 'true or false',
  'certificate-authority': 'a string',
  'certificate-authority-data': 'a string',
  'proxy-url': 'a string',
  'disable-compression': 'true or false', // nothing that we ask for is compressed
  extensions: 'anything',
};

const USER_FIELDS: Readonly<Record<string, Kind>> = {
  'client-certificate': 'a string',
  'client-certificate-data': 'a string',
  'client-key': 'a string',
  'client-key-data': 'a string',
  token: 'a string',
  tokenFile: 'a string',
  username: 'a string',
  password: 'a string',
  as: 'a string',
  'as-uid': 'a string',
  'as-groups': 'a list of strings',
  'as-user-extra': 'lists of strings by name',
  exec: 'fields',
  'auth-provider': 'fields',
  extensions: 'anything',
};

const EXEC_FIELDS: Readonly<Record<string, Kind>> = {
  apiVersion: 'a string',
  command: 'a string',
  args: 'a list of strings',
  env: 'anything',
  installHint: 'a string',
  interactiveMode: 'a string',
  provideClusterInfo: 'true or false',
};

const AUTH_PROVIDER_FIELDS: Readonly<Record<string, Kind>> = { name: 'a string', config: 'strings by name' };

/**
 * The fields of a cluster, checked. Fields without a value are left out.
 * @throws Error that names a field which cannot be followed, and what to do
 */
export function clusterFields(entry: KubeconfigEntry): Fields {
  const fields = checked(`cluster "${entry.name}"`, entry.fields, CLUSTER_FIELDS);
  const hasAuthority = fields['certificate-authority'] ?? fields['certificate-authority-data'];
  if (fields['insecure-skip-tls-verify'] === true && hasAuthority !== undefined) {
    throw new Error(
      `cluster "${entry.name}": certificate-authority and insecure-skip-tls-verify contradict each other; remove the latter`,
    );
  }
  return fields;
}

/**
 * The fields of a user, checked, those of `exec` and `auth-provider` too. Fields without a value are left out. A field
 * that we do not know is refused: it might say who we are.
 * @throws Error that names a field which cannot be followed, and what to do
 */
export function userFields(entry: KubeconfigEntry): Fields {
  const what = `user "${entry.name}"`;
  const fields = checked(what, entry.fields, USER_FIELDS);
  const has = (...names: readonly string[]) => names.some((name) => fields[name] !== undefined);
  const refuse = (problem: string) => {
    throw new Error(`${what}: ${problem}`);
  };
  if (has('token', 'tokenFile') && has('username', 'password')) {
    refuse('token and username are two ways to prove who we are; keep one');
  }
  if (has('exec') && has('auth-provider')) {
    refuse('exec and auth-provider are two ways to prove who we are; keep one');
  }
  if (has('client-certificate', 'client-certificate-data') !== has('client-key', 'client-key-data')) {
    refuse('client-certificate and client-key belong together; give the one that is missing');
  }
  if (has('as-uid', 'as-groups', 'as-user-extra') && !has('as')) {
    refuse('as-uid, as-groups and as-user-extra need as, the user to impersonate');
  }
  return {
    ...fields,
    ...(isJson(fields.exec) ? { exec: checked(`${what}: exec`, fields.exec, EXEC_FIELDS) } : {}),
    ...(isJson(fields['auth-provider'])
      ? { 'auth-provider': checked(`${what}: auth-provider`, fields['auth-provider'], AUTH_PROVIDER_FIELDS) }
      : {}),
  };
}

/** `value` when it is a text that says something. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function checked(what: string, fields: Fields, known: Readonly<Record<string, Kind>>): Fields {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== '');
  for (const [field, value] of given) {
    const kind = Object.hasOwn(known, field) ? known[field] : undefined;
    if (kind === undefined)
      throw new Error(`${what}: field ${field} is not known here; correct its name, or remove it`);
    if (!KINDS[kind](value)) throw new Error(`${what}: field ${field} must be ${kind}`);
  }
  return Object.fromEntries(given);
}
