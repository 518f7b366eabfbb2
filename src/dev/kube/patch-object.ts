import jsonPatch from 'fast-json-patch';
import { isJson, type Json } from './json.ts';
import { badRequest, StatusError } from './status-error.ts';

/** `object` after a JSON patch or a merge patch; strategic merge patches are taken as merge patches. */
export function patchObject(object: Json, patch: unknown, contentType: string): Json {
  if (contentType.startsWith('application/json-patch+json')) return applyJsonPatch(object, patch);
  if (!isJson(patch)) throw badRequest('the patch must be an object');
  return mergePatch(object, patch);
}

function applyJsonPatch(object: Json, patch: unknown): Json {
  if (!Array.isArray(patch)) throw badRequest('a JSON patch must be a list of operations');
  try {
    return jsonPatch.applyPatch(structuredClone(object), structuredClone(patch), true).newDocument;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new StatusError(422, 'Invalid', `the server rejected our request due to an error in our request: ${why}`);
  }
}

/** Source: RFC 7396. Lists with a merge key of a strategic merge patch are replaced whole. */
function mergePatch(target: Json, patch: Json): Json {
  const result: Json = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue; // directives of strategic merge patches, for lists only
    if (value === null) delete result[key];
    else if (isJson(value)) result[key] = mergePatch(isJson(result[key]) ? result[key] : {}, value);
    else result[key] = value;
  }
  return result;
}
