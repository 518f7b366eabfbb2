import { badDocuments } from './bad-documents.ts';
import { badFields } from './bad-fields.ts';
import type { BadInput } from './bad-input-row.ts';
import { badRequests } from './bad-requests.ts';

/** What every row starts from: a manifest that is valid. */
export const VALID_SPEC = `subject: {lambda: {functionName: invoice-uploader}}
grants: [{s3: {bucket: invoices, prefix: uploads/, access: [Write]}}]`;

/** The whole table. */
export const badInput: readonly BadInput[] = [...badFields, ...badDocuments, ...badRequests];

/** The file that a row stands for; `was` gives the one before an update. */
export function manifestText(row: BadInput, spec: string = row.spec ?? ''): string {
  return row.document ?? manifestWith(spec);
}

/** A manifest with `spec`, the fields left out taken from {@link VALID_SPEC}. */
export function manifestWith(spec: string): string {
  const given = new Set([...spec.matchAll(/^(\w+):/gm)].map(([, name]) => name));
  const kept = VALID_SPEC.split('\n').filter((line) => !given.has(line.split(':')[0] ?? ''));
  const lines = [...kept, ...spec.split('\n')].filter((line) => line !== '').map((line) => `  ${line}`);
  return `apiVersion: appaccess.dev/v1alpha1
kind: AppAccess
metadata: {name: bad-input}
spec:
${lines.join('\n')}
`;
}
