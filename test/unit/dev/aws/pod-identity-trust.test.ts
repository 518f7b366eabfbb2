import { expect, test } from 'vitest';
import { trustsPodIdentity } from '../../../../src/dev/aws/pod-identity-trust.ts';

const statement = (
  action: string | string[],
  service: string | string[] = 'pods.eks.amazonaws.com',
  effect = 'Allow',
) => ({
  Effect: effect,
  Principal: { Service: service },
  Action: action,
});
const trusts = (...statements: object[]) => trustsPodIdentity(JSON.stringify({ Statement: statements }));

test('Pod Identity needs both to assume the role and to tag the session', () => {
  expect({
    both: trusts(statement(['sts:AssumeRole', 'sts:TagSession'])),
    apart: trusts(statement('sts:AssumeRole'), statement('sts:tagsession')),
    all: trusts(statement('sts:*', ['ec2.amazonaws.com', 'pods.eks.amazonaws.com'])),
    untagged: trusts(statement('sts:AssumeRole')),
    otherService: trusts(statement(['sts:AssumeRole', 'sts:TagSession'], 'lambda.amazonaws.com')),
    denied: trusts(statement(['sts:AssumeRole', 'sts:TagSession'], 'pods.eks.amazonaws.com', 'Deny')),
  }).toEqual({ both: true, apart: true, all: true, untagged: false, otherService: false, denied: false });
});
