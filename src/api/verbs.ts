/**
 * The access verbs of every typed grant, in the order the docs list them. The catalogue in `policy/catalogue` says which
 * IAM actions stand behind each; a test holds the two together.
 */
export const VERBS = {
  s3: [
    ...(['Read', 'Get', 'List', 'Write', 'Delete'] as const),
    ...(['ReadVersions', 'DeleteVersions', 'ReadTags', 'WriteTags', 'DeleteTags'] as const),
  ],
  dynamodb: ['Read', 'Get', 'Write', 'Delete', 'BatchWrite', 'Stream'],
  sqs: ['Send', 'Consume', 'Read', 'Purge'],
  sns: ['Publish', 'Subscribe', 'Read'],
  kms: ['Encrypt', 'Decrypt', 'GenerateDataKey', 'Sign', 'Verify', 'GenerateMac', 'VerifyMac', 'Read'],
  logs: ['Write', 'Create', 'Read'],
  secretsmanager: ['Read', 'Write'],
  ssm: ['Read', 'Get', 'Write', 'Delete'],
  lambda: ['Invoke', 'InvokeUrl', 'Read'],
  events: ['Put', 'Read'],
  kinesis: ['Read', 'Write', 'Subscribe'],
  states: ['Start', 'StartSync', 'Read', 'Stop', 'Redrive', 'Callback'],
} as const;

/** A service that has a typed grant: the grant's key in the manifest, which is the service's IAM prefix. */
export type GrantService = keyof typeof VERBS;

export const GRANT_SERVICES = Object.keys(VERBS) as readonly GrantService[];
