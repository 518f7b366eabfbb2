import { expect, test } from 'vitest';
import { ACCOUNT } from '../support/builders.ts';
import { CLUSTER, type EmbeddedWorld, startEmbeddedWorld } from '../support/embedded-world.ts';

const PLACES = [
  { partition: 'aws', region: 'eu-west-1', ec2: 'ec2.amazonaws.com', suffix: 'amazonaws.com' },
  { partition: 'aws-cn', region: 'cn-north-1', ec2: 'ec2.amazonaws.com.cn', suffix: 'amazonaws.com.cn' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1', ec2: 'ec2.amazonaws.com', suffix: 'amazonaws.com' },
];

test.each(PLACES)('every subject gets its role in partition $partition, and no ARN is of another', async (place) => {
  const world = await startEmbeddedWorld({ region: place.region });
  try {
    await world.startController({ settings: settingsOf(place) });
    await world.createServiceAccount('web');
    const subjects = subjectsIn(place);
    for (const [name, subject] of Object.entries(subjects))
      await world.apply(name, { subject, grants: grantsIn(place) });
    for (const name of Object.keys(subjects)) await world.untilReady(name);

    const written = JSON.stringify(world.aws.snapshot());
    expect(new Set(written.match(/arn:[a-z-]+:/g))).toEqual(new Set([`arn:${place.partition}:`]));
    const arn = await annotationOf(world, 'web');
    expect(arn).toMatch(new RegExp(`^arn:${place.partition}:iam::${ACCOUNT}:role/appaccess/`));
    expect(servicesTrusted(world)).toEqual(
      new Set([
        place.ec2,
        'ecs-tasks.amazonaws.com',
        'lambda.amazonaws.com',
        'pods.eks.amazonaws.com',
        'states.amazonaws.com',
      ]),
    );
    for (const name of Object.keys(subjects)) await world.remove(name);
    for (const name of Object.keys(subjects)) await world.untilGone(name);
    expect(world.aws.snapshot()).toMatchObject({ roles: [], instanceProfiles: [], associations: [] });
  } finally {
    await world.stop();
  }
});

type Place = (typeof PLACES)[number];

function settingsOf({ partition, region, suffix }: Place) {
  const oidcIssuer = `https://oidc.eks.${region}.${suffix}/id/0123456789ABCDEF`;
  return { partition, accountId: ACCOUNT, region, clusterName: CLUSTER, oidcIssuer };
}

function subjectsIn({ partition, region }: Place): Readonly<Record<string, object>> {
  const sourceArn = `arn:${partition}:states:${region}:${ACCOUNT}:stateMachine:orders`;
  return {
    function: { lambda: { functionName: 'uploader', vpc: true, pinFunction: true } },
    instance: { ec2: {} },
    task: { ecsTask: {} },
    pod: { serviceAccount: { name: 'web', via: ['IRSA', 'PodIdentity'] } },
    flow: { service: { principal: 'states.amazonaws.com', sourceArn } },
  };
}

function grantsIn({ partition, region }: Place): readonly object[] {
  const kmsKey = `arn:${partition}:kms:${region}:${ACCOUNT}:key/11112222-3333-4444-5555-666677778888`;
  return [
    { s3: { bucket: 'invoices', access: ['Read'] } },
    { sqs: { queue: 'jobs', kmsKey, access: ['Send'] } },
    { managedPolicy: { arn: `arn:${partition}:iam::aws:policy/AmazonSSMManagedInstanceCore` } },
  ];
}

async function annotationOf(world: EmbeddedWorld, account: string): Promise<string | undefined> {
  return (await world.getServiceAccount(account)).metadata.annotations?.['eks.amazonaws.com/role-arn'];
}

function servicesTrusted({ aws }: EmbeddedWorld): ReadonlySet<string> {
  const trusts = aws.snapshot().roles.map(({ trustPolicy }) => JSON.stringify(trustPolicy));
  return new Set(
    trusts.flatMap((text) => [...text.matchAll(/"Service":"([^"]+)"/g)].map(([, service = '']) => service)),
  );
}
