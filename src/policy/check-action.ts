import { nearestName } from '../api/nearest-name.ts';
import { likelyNames } from './likely-names.ts';
import { type ServiceAction, type ServiceActions, serviceActions, serviceNames } from './service-reference.ts';
import { matchesPattern } from './wildcards.ts';

export type FoundActions =
  | { readonly ok: true; readonly service: string; readonly actions: readonly ServiceAction[] }
  | { readonly ok: false; readonly problem: string };

/** The actions of AWS that `pattern` (`s3:GetObject`, `s3:Get*`, `*`) names; at least one when ok. */
export function findActions(pattern: string): FoundActions {
  if (/^\*+(:\*+)?$/.test(pattern)) return { ok: true, service: '*', actions: [] };
  const [prefix = '', name, ...rest] = pattern.split(':');
  if (name === undefined || rest.length > 0) {
    return { ok: false, problem: `${pattern} is no IAM action; write service:Action, such as s3:GetObject` };
  }
  const service = prefix.toLowerCase();
  if (/[*?]/.test(service)) {
    return { ok: false, problem: `${pattern} has a wildcard in the service; name one service before the colon` };
  }
  const all = serviceActions(service);
  if (all === undefined)
    return { ok: false, problem: `${pattern}: AWS has no service ${prefix}${hint(service, serviceNames())}` };
  const wanted = name.toLowerCase();
  const actions = matchingActions(wanted, all);
  if (actions.length > 0) return { ok: true, service, actions };
  const names = [...all.values()].map((action) => action.name);
  return { ok: false, problem: `${pattern}: ${service} has no such action${hint(name, names, `${service}:`)}` };
}

function matchingActions(wanted: string, all: ServiceActions): readonly ServiceAction[] {
  if (/[*?]/.test(wanted)) return [...all].flatMap(([name, action]) => (matchesPattern(wanted, name) ? [action] : []));
  const action = all.get(wanted);
  return action === undefined ? [] : [action];
}

function hint(written: string, names: readonly string[], prefix = ''): string {
  const nearest = nearestName(written, likelyNames(written, names));
  return nearest === undefined
    ? '; look it up in the Service Authorization Reference'
    : `; did you mean ${prefix}${nearest}?`;
}
