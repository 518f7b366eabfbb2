import type { Json } from './json.ts';
import { valueAtJsonPath } from './json-path.ts';
import type { PrinterColumn, ResourceKind } from './resource-kind.ts';
import type { StoredObject } from './stored-object.ts';

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  priority: 0,
  description: 'Time since the object was created.',
};

/** Whether the client takes a table, as `kubectl get` asks for. */
export function wantsTable(accept: string): boolean {
  return /as=Table/.test(accept) && /v=v1(;|,|$)/.test(accept);
}

/** `objects` as a meta.k8s.io/v1 Table. `nowMs` is what ages are counted to. */
export function toTable(
  kind: ResourceKind,
  objects: readonly StoredObject[],
  options: {
    readonly metadata: Json;
    readonly includeObject: string;
    readonly nowMs: number;
    readonly withColumns: boolean;
  },
): Json {
  const columns = columnsOf(kind);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: options.withColumns
      ? [
          { name: 'Name', type: 'string', format: 'name', description: 'Name of the object.', priority: 0 },
          ...columns.map(({ name, type, description, priority }) => ({
            name,
            type: type === 'date' ? 'string' : type,
            format: '',
            description,
            priority,
          })),
        ]
      : null,
    rows: objects.map((object) => ({
      cells: [object.metadata.name, ...columns.map((column) => cellOf(object, column, options.nowMs))],
      object: includedObject(object, options.includeObject),
    })),
  };
}

function columnsOf(kind: ResourceKind): readonly PrinterColumn[] {
  return kind.columns.length > 0 ? kind.columns : [AGE];
}

function cellOf(object: StoredObject, { jsonPath, type }: PrinterColumn, nowMs: number): unknown {
  const value = valueAtJsonPath(object, jsonPath);
  if (value === undefined || value === null) return type === 'integer' ? null : '';
  if (type === 'date') return ageText(nowMs - Date.parse(String(value)));
  return type === 'integer' || type === 'number' ? Number(value) : String(value);
}

function includedObject(object: StoredObject, include: string): Json | undefined {
  if (include === 'None') return undefined;
  if (include === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/** As kubectl's duration.HumanDuration: two units at most, only the larger one once it is big. */
function ageText(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  return `${Math.floor(hours / 24)}d`;
}
