import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService, type MarkupContent } from 'yaml-language-server';
import { generatedFiles } from '../../../scripts/generated-files.ts';

const EXAMPLES = new URL('../../../examples/', import.meta.url);
const MODELINE = '# yaml-language-server: $schema=../schemas/appaccess.dev/appaccess_v1alpha1.json';

/** The server as an editor starts it: it finds the schema by the first line of the file and nothing else. */
const server = getLanguageService({
  schemaRequestService: (uri) => readFile(new URL(uri), 'utf8'),
  workspaceContext: { resolveRelativePath: (path, file) => new URL(path, file).href },
});
server.configure({ validate: true, hover: true, completion: true });

let version = 0;

/** A file beside the examples, as a text and the place of `|` in it. */
function openFile(text: string) {
  const offset = text.indexOf('|');
  const content = offset === -1 ? text : text.slice(0, offset) + text.slice(offset + 1);
  version += 1; // the server keeps what it parsed of a version
  const file = TextDocument.create(new URL('opened.yaml', EXAMPLES).href, 'yaml', version, content);
  return { file, position: file.positionAt(offset) };
}

function manifest(grant: string, subject = 'ec2: {}'): string {
  return `${MODELINE}
apiVersion: appaccess.dev/v1alpha1
kind: AppAccess
metadata:
  name: uploader
spec:
  subject:
    ${subject}
  grants:
    - ${grant}
`;
}

/** What is underlined, with the message. */
async function problems(text: string): Promise<readonly (readonly [underlined: string, message: string])[]> {
  const { file } = openFile(text);
  const found = await server.doValidation(file, false);
  return found.map(({ range, message }) => [file.getText(range), String(message)] as const);
}

async function hover(text: string): Promise<string> {
  const { file, position } = openFile(text);
  const found = await server.doHover(file, position);
  if (found === null) throw new Error('nothing is shown here');
  return (found.contents as MarkupContent).value;
}

/** What is offered, with what is said about it. */
async function completions(text: string): Promise<ReadonlyMap<string, unknown>> {
  const { file, position } = openFile(text);
  const { items } = await server.doComplete(file, position, false);
  return new Map(items.map(({ label, documentation }) => [label, documentation]));
}

test.each(await readdir(EXAMPLES))(
  'example %s names the schema, and an editor finds nothing wrong with it',
  async (name) => {
    const text = await readFile(new URL(name, EXAMPLES), 'utf8');
    expect(text).toContain(`${MODELINE}\n`);
    expect(await problems(text)).toEqual([]);
  },
);

test('the page for editors names the schema where it is, and the comment that the examples have', async () => {
  const page = await readFile(new URL('../docs/editor.md', EXAMPLES), 'utf8');
  const [schema = ''] = generatedFiles.map(({ path }) => path).filter((path) => path.startsWith('schemas/'));
  expect(page.startsWith(`# Editors and checks without a cluster\n\n\`${schema}\``)).toBe(true);
  expect(page).toContain(`\n${MODELINE}\n`);
});

test('hovering a field shows its description and its example', async () => {
  const shown = await hover(manifest('s3: {bucket: invoices, pre|fix: uploads/, access: [Write]}'));
  expect(shown).toContain('Limits the access to objects whose keys start with this prefix');
  expect(shown).toContain('Example:\n\n```yaml\nuploads/\n```');
});

test('hovering a verb shows the IAM actions behind it', async () => {
  const shown = await hover(manifest('s3: {bucket: invoices, access: [Wr|ite]}'));
  expect(shown).toContain('`Write`: s3:PutObject, s3:AbortMultipartUpload');
});

test('completion offers the verbs of the service, each with its IAM actions', async () => {
  const offered = await completions(manifest('sqs: {queue: jobs, access: [|]}'));
  expect([...offered.keys()]).toEqual(['Send', 'Consume', 'Read', 'Purge']);
  expect(offered.get('Send')).toContain('sqs:SendMessage');
});

test('completion offers the kinds of grant and of subject, and not what the controller writes', async () => {
  expect([...(await completions(manifest('|'))).keys()]).toEqual(
    expect.arrayContaining(['s3', 'dynamodb', 'statement']),
  );
  const subjects = await completions(manifest('sqs: {queue: jobs, access: [Send]}', '|'));
  expect([...subjects.keys()]).toEqual(expect.arrayContaining(['lambda', 'ecsTask', 'serviceAccount']));
  const fields = await completions(`${MODELINE}\napiVersion: appaccess.dev/v1alpha1\nkind: AppAccess\n|\n`);
  expect([...fields.keys()]).toEqual(expect.arrayContaining(['metadata', 'spec']));
  expect([...fields.keys()]).not.toContain('status');
});

test('a value that breaks a rule is underlined with the words of the CRD', async () => {
  expect(await problems(manifest('s3: {bucket: invoices, prefix: uploads, access: [Write]}'))).toEqual([
    ['uploads', "must end in '/': without it 'uploads' would also match 'uploads-secret'"],
  ]);
  expect(await problems(manifest('s3: {bucket: invoices, prefix: "a/*/", access: [Write]}'))).toEqual([
    ['"a/*/"', 'is taken literally: it may not contain *, ? or a policy variable'],
  ]);
});

test('a verb that does not exist is underlined with those that do', async () => {
  const found = await problems(manifest('sqs: {queue: jobs, access: [Sent]}'));
  expect(found).toEqual([['Sent', 'Value is not accepted. Valid values: "Send", "Consume", "Read", "Purge".']]);
});

test('a field that is not known is underlined', async () => {
  const found = await problems(manifest('s3: {bucket: invoices, prefx: uploads/, access: [Write]}'));
  expect(found).toEqual([['prefx', 'Property prefx is not allowed.']]);
});

test('two kinds in one grant are both underlined, with one message and no list of schemas that do not match', async () => {
  const message = expect.stringMatching(/^must hold exactly one kind of grant: one of s3, dynamodb/);
  const found = await problems(
    manifest('s3: {bucket: invoices, access: [Read]}\n      sqs: {queue: jobs, access: [Send]}'),
  );
  expect(found).toEqual([
    ['sqs', message],
    ['s3', message],
  ]);
  expect(await problems(manifest('name: nothing-yet'))).toEqual([[expect.any(String), message]]);
});

test('a grant with neither verbs nor actions is underlined at its kind', async () => {
  expect(await problems(manifest('s3: {bucket: invoices}'))).toEqual([
    ['s3', 'must give access (verbs) or actions (IAM action names): one of the two and not both'],
  ]);
});

test('a field that another one forbids is underlined with the reason', async () => {
  const allowed = manifest('statement: {effect: Allow, notActions: ["iam:*"], resources: ["*"]}');
  expect(await problems(allowed)).toEqual([
    [
      'notActions',
      'may use notActions and notResources with effect Deny only: with Allow they would grant everything else',
    ],
  ]);
  const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf';
  expect(await problems(manifest(`secretsmanager: {secret: "${arn}", region: eu-west-1, access: [Read]}`))).toEqual([
    ['region', 'may give region and accountId beside a bare secret only: the ARN names its own; leave them out'],
  ]);
});

test('a manifest without a subject is underlined at subject', async () => {
  const found = await problems(
    manifest('sqs: {queue: jobs, access: [Send]}').replace('subject:\n    ec2: {}', 'subject: {}'),
  );
  expect(found).toEqual([['subject', expect.stringMatching(/^must name exactly one subject: one of lambda/)]]);
});
