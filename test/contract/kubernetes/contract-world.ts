import { request } from 'undici';
import { afterAll, beforeAll, test } from 'vitest';
import type { KubeConnection } from '../../../src/kube/kube-connection.ts';

/** Where the suite runs. */
export interface KubernetesWorld {
  readonly name: 'embedded' | 'kube-apiserver';
  connect(): Promise<KubeConnection>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, compared by expectations only
  readonly body: any;
}

/** Sends requests of the suite, all about one namespace of its own. */
export interface Api {
  readonly namespace: string;
  /** `path` below `/apis/appaccess.dev/v1alpha1/namespaces/<namespace>/appaccesses`, or absolute when it starts with `//`. */
  call(method: string, path: string, body?: unknown, contentType?: string, accept?: string): Promise<Answer>;
  /** Lines of a watch until `count` came. */
  watch(query: string, count: number): Promise<readonly { type: string; object: Answer['body'] }[]>;
}

export const MERGE = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const APPLY = 'application/apply-patch+yaml';

/** Registers the connection and the namespace of the suite; what it returns is usable inside tests. */
export function contractApi(world: KubernetesWorld): Api {
  const namespace = 'contract';
  let connection: KubeConnection;
  const send = async (
    method: string,
    url: string,
    body?: unknown,
    contentType = 'application/json',
    accept = 'application/json',
  ) => {
    const headers: Record<string, string> = { accept, 'user-agent': 'contract/1' };
    if (body !== undefined) headers['content-type'] = contentType;
    await connection.authorize(headers);
    const { dispatcher } = connection;
    return request(`${connection.server}${url}`, {
      method,
      headers,
      dispatcher,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  const root = `/apis/appaccess.dev/v1alpha1/namespaces/${namespace}/appaccesses`;
  const api: Api = {
    namespace,
    async call(method, path, body, contentType, accept) {
      const url = path.startsWith('//') ? path.slice(1) : `${root}${path}`;
      const answer = await send(method, url, body, contentType, accept);
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.json() };
    },
    async watch(query, count) {
      const answer = await send('GET', `${root}?watch=true&${query}`);
      const events: { type: string; object: Answer['body'] }[] = [];
      let rest = '';
      for await (const chunk of answer.body) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        events.push(...lines.filter((line) => line !== '').map((line) => JSON.parse(line)));
        if (events.length >= count) break;
      }
      return events;
    },
  };
  beforeAll(async () => {
    connection = await world.connect();
    await api.call('POST', '//api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
  });
  afterAll(async () => {
    await api.call('DELETE', `//api/v1/namespaces/${namespace}`);
    await connection.close();
  });
  return api;
}

/** A case that holds in both worlds. */
export function everywhere(name: string, run: () => Promise<void>): void {
  test(name, run);
}

/** A case that is run on the embedded server only; `why` says what keeps the real one from it. */
export function embeddedOnly(world: KubernetesWorld, why: string, name: string, run: () => Promise<void>): void {
  if (world.name === 'embedded') test(`${name} (embedded only: ${why})`, run);
}
