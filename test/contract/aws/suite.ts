import { associationCases } from './association-cases.ts';
import { attachmentCases } from './attachment-cases.ts';
import { type AwsContractWorld, caseRegistry } from './contract-world.ts';
import { inlinePolicyCases } from './inline-policy-cases.ts';
import { instanceProfileCases } from './instance-profile-cases.ts';
import { managedPolicyCases } from './managed-policy-cases.ts';
import { roleCases } from './role-cases.ts';
import { tagCases } from './tag-cases.ts';
import { trustPolicyCases } from './trust-policy-cases.ts';

/**
 * What the controller relies on in IAM and in EKS Pod Identity, checked with the real AWS SDK. Registers one test for
 * each case that holds in `world`; call it inside a `describe` that starts the server.
 */
export function awsIamContract(world: AwsContractWorld): void {
  const registry = caseRegistry(world);
  roleCases(registry);
  trustPolicyCases(registry);
  inlinePolicyCases(registry);
  attachmentCases(registry);
  managedPolicyCases(registry);
  tagCases(registry);
  instanceProfileCases(registry);
  associationCases(registry);
}
