import type { BadInput } from './bad-input-row.ts';

const HEAD = `apiVersion: appaccess.dev/v1alpha1
kind: AppAccess
metadata: {name: bad-input}
`;

const rows: readonly Omit<BadInput, 'refusedBy'>[] = [
  {
    title: 'YAML with a duplicate key',
    document: `${HEAD}spec:
  subject: {ec2: {}}
  grants: [{s3: {bucket: invoices, access: [Read]}}]
  grants: [{s3: {bucket: receipts, access: [Read]}}]
`,
    path: 'spec.grants',
    message: 'stands here for the second time; keep one of them',
  },
  {
    title: 'YAML indented with tabs',
    document: `${HEAD}spec:
\tsubject: {ec2: {}}
`,
    path: '',
    message: 'is indented with a tab, which YAML does not allow; use spaces',
  },
  {
    title: 'YAML that does not parse',
    document: `${HEAD}spec: {subject: {ec2: {}
`,
    path: '',
    message: 'is not valid YAML',
  },
  {
    title: 'template that was not rendered',
    document: `${HEAD}spec:
  subject: {lambda: {functionName: {{ .Values.functionName }}}}
`,
    path: 'spec.subject.lambda.functionName',
    message: 'is a template; render it first (helm template, kustomize build) and give the result',
  },
  {
    title: 'template inside quotes',
    document: `${HEAD}spec:
  subject: {lambda: {functionName: "{{ .Values.functionName }}"}}
  grants: [{s3: {bucket: invoices, access: [Read]}}]
`,
    path: 'spec.subject.lambda.functionName',
    message: 'is a template; render it first',
  },
  {
    title: 'alias bomb',
    document: `${HEAD}spec:
  a: &a [x, x, x, x, x, x, x, x, x, x]
  b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
  d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
  e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
  grants: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
`,
    path: 'spec.d[7]',
    message: 'makes the aliases of this document stand for more than 10000 values; write the values out',
  },
  {
    title: 'custom tag',
    document: `${HEAD}spec:
  subject: {lambda: {functionName: !Ref Uploader}}
`,
    path: 'spec.subject.lambda.functionName',
    message: 'has the tag !Ref, which Kubernetes does not know; write the plain value',
  },
  {
    title: 'merge key',
    document: `${HEAD}spec:
  subject: {<<: {ec2: {}}}
`,
    path: 'spec.subject[<<]',
    message: 'is a merge key, which YAML 1.2 does not have; write the fields out',
  },
  { title: 'empty file', document: '# nothing yet\n', path: '', message: 'holds no document' },
  {
    title: 'list in place of an object',
    document: '- s3: {bucket: invoices}\n',
    path: '',
    message: 'must be a mapping with apiVersion, kind, metadata and spec',
  },
  { title: 'object without a kind', document: 'spec: {}\n', path: '', message: 'has no kind' },
  {
    title: 'unknown version of the API',
    document: `apiVersion: appaccess.dev/v1
kind: AppAccess
metadata: {name: bad-input}
spec:
  subject: {ec2: {}}
  grants: [{s3: {bucket: invoices, access: [Read]}}]
`,
    path: 'apiVersion',
    message: 'must be appaccess.dev/v1alpha1',
  },
  {
    title: 'word that kubectl reads as a boolean',
    document: `${HEAD}spec:
  subject: {ec2: {}}
  grants: [{sqs: {queue: on, access: [Send]}}]
`,
    path: 'spec.grants[0].sqs.queue',
    message: 'holds on, which kubectl reads as true, false or a number; put it in quotes',
  },
  {
    title: 'value left empty',
    document: `${HEAD}spec:
  subject: {lambda: {functionName: }}
  grants: [{s3: {bucket: invoices, access: [Read]}}]
`,
    path: 'spec.subject.lambda.functionName',
    message: 'must be a string and is empty; give a value or leave the field out',
  },
];

/** What never becomes an object: `appaccess lint` refuses the file, kubectl refuses it in words of its own. */
export const badDocuments: readonly BadInput[] = rows.map((row) => ({ ...row, refusedBy: 'lint' }));
