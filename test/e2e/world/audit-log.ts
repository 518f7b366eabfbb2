import { readFile } from 'node:fs/promises';

/** The parts of a Kubernetes audit event that tests read. Source: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
export type AuditEvent = {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  /** Body of a write. */
  readonly requestObject?: unknown;
  readonly requestReceivedTimestamp: string;
};

/**
 * Requests that `username` has made so far, in the order in which they ended; a watch ends when it is closed. All of
 * a request that has been answered is there. For a service account the name is `system:serviceaccount:NAMESPACE:NAME`.
 */
export async function readAuditEvents(auditLogPath: string, username: string): Promise<AuditEvent[]> {
  const lines = (await readFile(auditLogPath, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as AuditEvent).filter((event) => event.user.username === username);
}
