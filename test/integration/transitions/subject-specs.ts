import { ACCOUNT } from '../../support/builders.ts';

/** Three specs of one object that differ in all that may change. */
export type Versions = readonly [object, object, object];

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const POWER_USER = 'arn:aws:iam::aws:policy/PowerUserAccess';

const STATE_MACHINES = `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine`;

/** Service accounts that the specs name. */
export const SERVICE_ACCOUNTS = ['one', 'two', 'three'] as const;

type Version = (typeof SERVICE_ACCOUNTS)[number];

/** Every way in which a subject gets its role, each with three versions of a spec. */
export const SUBJECTS: readonly (readonly [string, Versions])[] = [
  ['a Lambda function', versionsOf((functionName) => ({ lambda: { functionName } }))],
  ['EC2', versionsOf(() => ({ ec2: {} }))],
  ['a service account by Pod Identity', versionsOf((name) => ({ serviceAccount: { name } }))],
  ['a service account by IRSA', versionsOf((name) => ({ serviceAccount: { name, via: ['IRSA'] } }))],
  [
    'a service account by way after way',
    versionsOf((version) => ({
      serviceAccount: {
        name: version === 'two' ? 'one' : version,
        via: { one: ['IRSA'], two: ['PodIdentity', 'IRSA'], three: ['PodIdentity'] }[version],
      },
    })),
  ],
  ['an ECS task', versionsOf(() => ({ ecsTask: {} }))],
  [
    'a service',
    versionsOf((version) => ({
      service: { principal: 'states.amazonaws.com', sourceArn: `${STATE_MACHINES}:${version}` },
    })),
  ],
];

function versionsOf(subjectOf: (version: Version) => object): Versions {
  return [
    {
      subject: subjectOf('one'),
      grants: [{ sqs: { queue: 'jobs', access: ['Consume'] } }],
      role: { description: 'first', tags: { team: 'red' }, permissionsBoundary: READ_ONLY },
    },
    {
      subject: subjectOf('two'),
      grants: [{ s3: { bucket: 'invoices', access: ['Get'] } }, { sqs: { queue: 'jobs', access: ['Consume'] } }],
      role: { description: 'second', tags: { team: 'blue', stage: 'prod' }, permissionsBoundary: POWER_USER },
    },
    {
      subject: subjectOf('three'),
      grants: [{ statement: { effect: 'Deny', actions: ['s3:*'], resources: ['*'] } }],
      role: { maxSessionDuration: '2h' },
    },
  ];
}
