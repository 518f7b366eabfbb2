import { expect, test } from 'vitest';
import { trustedAccounts, trustsEc2 } from '../../../src/plan/trusted-accounts.ts';
import { compileTrust } from '../../../src/policy/compile-trust.ts';
import { ACCOUNT, appAccess, trust } from '../../support/builders.ts';

const SETTINGS = {
  partition: 'aws',
  accountId: ACCOUNT,
  region: 'eu-west-1',
  clusterName: 'demo',
  oidcIssuer: 'https://oidc.example.com/id/1',
};

test.each([[['PodIdentity']], [['IRSA']], [['PodIdentity', 'IRSA']]] as const)(
  'trustedAccounts finds the service account in the trust compiled for %j',
  (via) => {
    const object = appAccess({ spec: { subject: { serviceAccount: { name: 'web', via: [...via] } } } });
    const wanted = via.map((way) => ({ namespace: 'billing', name: 'web', via: way }));
    expect(trustedAccounts(compileTrust(object, SETTINGS))).toEqual(wanted);
  },
);

test('trustedAccounts finds nobody in the trust of another subject, and in text that is no policy', () => {
  expect([trustedAccounts(trust()), trustedAccounts('{')]).toEqual([[], []]);
});

test('trustsEc2 knows the trust compiled for EC2, and no other', () => {
  const ec2 = appAccess({ spec: { subject: { ec2: {} } } });
  expect([trustsEc2(compileTrust(ec2, SETTINGS)), trustsEc2(compileTrust(appAccess(), SETTINGS))]).toEqual([
    true,
    false,
  ]);
});
