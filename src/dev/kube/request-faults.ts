import { StatusError } from './status-error.ts';

/** Faults by verb and resource (`appaccesses`, `appaccesses/status`): those of the next requests, and those that stand. */
export class RequestFaults {
  readonly #next: { readonly request: string; readonly status: number }[] = [];
  readonly #standing = new Map<string, number>();
  #thawed: PromiseWithResolvers<void> | undefined;

  failNext(verb: string, resource: string, status: number, times: number): void {
    for (let i = 0; i < times; i++) this.#next.push({ request: `${verb} ${resource}`, status });
  }

  failAlways(verb: string, resource: string, status: number): void {
    this.#standing.set(`${verb} ${resource}`, status);
  }

  freeze(): void {
    this.#thawed ??= Promise.withResolvers();
  }

  /** Ends what stands and a freeze. */
  clear(): void {
    this.#standing.clear();
    this.#next.length = 0;
    this.#thawed?.resolve();
    this.#thawed = undefined;
  }

  /** Resolves when requests are answered; at once unless frozen. */
  thawed(): Promise<void> | undefined {
    return this.#thawed?.promise;
  }

  /** Throws what this request is to be answered with instead of working; `*` stands for any verb or resource. */
  check(verb: string, resource: string): void {
    const request = `${verb} ${resource}`;
    const place = this.#next.findIndex((fault) => fault.request === request);
    const once = place < 0 ? undefined : this.#next.splice(place, 1)[0]?.status;
    const status = once ?? this.#standing.get(request) ?? this.#standing.get('* *');
    if (status !== undefined) throw faultStatus(status, verb, resource);
  }
}

/** In the words of the real API server where it has some. */
function faultStatus(status: number, verb: string, resource: string): StatusError {
  switch (status) {
    case 401:
      return new StatusError(401, 'Unauthorized', 'Unauthorized');
    case 403:
      return new StatusError(
        403,
        'Forbidden',
        `${resource} is forbidden: User "system:serviceaccount:appaccess-system:appaccess" cannot ${verb} resource "${resource}" at the cluster scope`,
      );
    case 429:
      return new StatusError(429, 'TooManyRequests', 'injected fault');
    case 503:
      return new StatusError(503, 'ServiceUnavailable', 'injected fault');
    default:
      return new StatusError(status, 'InternalError', 'injected fault');
  }
}
