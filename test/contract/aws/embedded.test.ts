import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { type EmbeddedAws, startAwsServer } from '../../../src/dev/aws/start-aws-server.ts';
import { awsIamContract } from './suite.ts';

describe('the AWS contract on the embedded API', () => {
  const account = { accountId: '123456789012', region: 'eu-central-1' };
  let aws: EmbeddedAws;

  beforeAll(async () => {
    aws = await startAwsServer({ ...account, port: 0, clusters: ['main'], clock: systemClock });
  });
  afterAll(() => aws.stop());

  awsIamContract({ ...account, name: 'embedded', clusterName: 'main', url: () => aws.url });
});
