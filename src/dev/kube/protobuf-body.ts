import type { Json } from './json.ts';
import { badRequest } from './status-error.ts';

/** How Kubernetes marks a body in protobuf. Source: apimachinery, pkg/runtime/serializer/protobuf. */
const MAGIC = 'k8s\0';

export function isProtobufBody(body: Buffer): boolean {
  return body.subarray(0, MAGIC.length).toString('latin1') === MAGIC;
}

/**
 * Type and metadata (name, generateName, namespace, labels, annotations) of an object that kubectl sent in protobuf, as it
 * does for `create namespace` and `create serviceaccount`. All else is left out: those commands send nothing else.
 */
export function decodeProtobufBody(body: Buffer): Json {
  const envelope = readFields(body.subarray(MAGIC.length)); // runtime.Unknown: 1 typeMeta, 2 raw
  const typeMeta = readFields(first(envelope, 1));
  const object = readFields(first(envelope, 2));
  const metadata = readFields(first(object, 1));
  const text = (field: number) => first(metadata, field).toString('utf8');
  const named = { name: text(1), generateName: text(2), namespace: text(3) };
  return {
    apiVersion: first(typeMeta, 1).toString('utf8'),
    kind: first(typeMeta, 2).toString('utf8'),
    metadata: {
      ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== '')),
      ...mapField('labels', metadata.get(11)),
      ...mapField('annotations', metadata.get(12)),
    },
  };
}

function mapField(name: string, entries: readonly Buffer[] | undefined): Json {
  if (entries === undefined) return {};
  const pairs = entries
    .map(readFields)
    .map((pair) => [first(pair, 1).toString('utf8'), first(pair, 2).toString('utf8')]);
  return { [name]: Object.fromEntries(pairs) };
}

function first(fields: ReadonlyMap<number, readonly Buffer[]>, field: number): Buffer {
  return fields.get(field)?.[0] ?? Buffer.alloc(0);
}

/** Length-delimited fields by their number; numbers are passed over. Source: protobuf.dev/programming-guides/encoding */
function readFields(message: Buffer): ReadonlyMap<number, readonly Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = message[at];
      if (byte === undefined) throw badRequest('the protobuf body is cut off');
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw badRequest('the protobuf body is broken');
  };
  while (at < message.length) {
    const tag = varint();
    const type = tag % 8;
    if (type === 0) varint();
    else if (type === 1) at += 8;
    else if (type === 5) at += 4;
    else if (type === 2) {
      const length = varint();
      const field = Math.floor(tag / 8);
      fields.set(field, [...(fields.get(field) ?? []), message.subarray(at, at + length)]);
      at += length;
    } else throw badRequest('the protobuf body is broken');
  }
  return fields;
}
