import type { Dispatcher } from 'undici';

/** Of one request; a list is several headers of that name. Names are in lower case. */
export type RequestHeaders = Record<string, string | string[]>;

/** What the API server or TLS did not take. */
export type Refusal = 'Unauthorized' | 'TlsFailure';

/** Where the API server is and how to prove who we are. */
export interface KubeConnection {
  /** URL without a closing slash. May carry a path. */
  readonly server: string;
  /** The namespace of the current context, for commands that were given none. */
  readonly namespace: string;
  /** The proxy on the way, without name and password. */
  readonly proxy?: string | undefined;
  /** Keeps connections open between requests, and knows TLS and proxy. */
  readonly dispatcher: Dispatcher;
  /** Adds what proves our identity to the headers of one request. Called before `dispatcher` is taken. */
  authorize(headers: RequestHeaders): Promise<void>;
  /**
   * Reads the credentials again, after a request sent through `used` met `refusal`; afterwards `dispatcher` and
   * `authorize` use what was read. Rejects when it cannot be read. Absent where nothing can be read again.
   */
  renew?(used: Dispatcher, refusal: Refusal): Promise<void>;
  /** Closes the connections that are open. */
  close(): Promise<void>;
}
