import type { IncomingRequest } from './forward-request.ts';

/** A list as it was, in Kubernetes' own words. */
interface RememberedList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly object[];
}

export function isWatch({ url }: IncomingRequest): boolean {
  return /[?&]watch=(true|1)\b/.test(url);
}

export function isList(request: IncomingRequest): boolean {
  return request.method === 'GET' && !isWatch(request);
}

/** A watch that begins with all there is. */
export function isStreamingList(request: IncomingRequest): boolean {
  return isWatch(request) && /[?&]sendInitialEvents=true\b/.test(request.url);
}

/**
 * The beginning of a streaming list that shows `remembered`, the body of a list: its objects, then the bookmark that ends
 * them. Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
 */
export function initialEvents(remembered: string): string {
  const { apiVersion, kind, metadata, items } = JSON.parse(remembered) as RememberedList;
  const itemKind = { apiVersion, kind: kind.replace(/List$/, '') };
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  const events = [
    ...items.map((item) => ({ type: 'ADDED', object: { ...itemKind, ...item } })),
    { type: 'BOOKMARK', object: { ...itemKind, metadata: { ...metadata, annotations } } },
  ];
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** `request`, a streaming list, as the watch that follows upon `remembered`. */
export function watchAfter(request: IncomingRequest, remembered: string): IncomingRequest {
  const { metadata } = JSON.parse(remembered) as RememberedList;
  const url = new URL(request.url, 'http://localhost');
  for (const name of ['sendInitialEvents', 'resourceVersionMatch']) url.searchParams.delete(name);
  url.searchParams.set('resourceVersion', metadata.resourceVersion);
  return { ...request, url: url.pathname + url.search };
}
