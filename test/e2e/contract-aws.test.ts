import { afterAll, beforeAll, describe } from 'vitest';
import { awsIamContract } from '../contract/aws/suite.ts';
import { REGION } from './world/commands.ts';
import { ACCOUNT_ID, resetMoto } from './world/moto.ts';
import { realWorld } from './world/real-world.ts';

describe('the AWS contract on moto', () => {
  const { moto } = realWorld();
  beforeAll(() => resetMoto(moto.url));
  afterAll(() => resetMoto(moto.url));

  awsIamContract({ name: 'moto', url: () => moto.url, accountId: ACCOUNT_ID, region: REGION });
});
