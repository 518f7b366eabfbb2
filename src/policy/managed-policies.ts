import type { AppAccessSpec } from '../api/app-access.ts';
import type { Problem } from '../base/problem.ts';
import { foreignPartition } from './foreign-partition.ts';
import { refusedAwsPolicy } from './refused-aws-policies.ts';
import type { CompileSettings } from './types.ts';

/** Most that AWS attaches to one role, once it was asked for more than the default of 10. */
const MAX_MANAGED_POLICIES = 25;

/** ARNs of the managed policies that the grants name, sorted, each once. */
export function managedPolicyArns({ grants }: AppAccessSpec): readonly string[] {
  return [
    ...new Set(grants.flatMap(({ managedPolicy }) => (managedPolicy === undefined ? [] : [managedPolicy.arn]))),
  ].sort();
}

/**
 * What is wrong with the managed policies of `spec`. Of AWS's own policies, those that hold what nobody gets are refused by
 * name; the content of others is not looked at, for whoever writes a policy of the account decides on it any time.
 * Source of the limit: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function managedPolicyProblems(
  { spec }: { readonly spec: AppAccessSpec },
  settings: CompileSettings,
): readonly Problem[] {
  const problems = spec.grants.flatMap(({ managedPolicy }, index) => {
    const problem = managedPolicy && arnProblem(managedPolicy.arn, settings);
    return problem === undefined ? [] : [{ path: `spec.grants[${index}].managedPolicy.arn`, problem }];
  });
  const count = managedPolicyArns(spec).length;
  if (count <= MAX_MANAGED_POLICIES) return problems;
  const tooMany = `name ${count} managed policies, and AWS attaches at most ${MAX_MANAGED_POLICIES} to one role; leave some out`;
  return [...problems, { path: 'spec.grants', problem: tooMany }];
}

/** Why a role of this account cannot have the managed policy `arn`, as a policy or as its boundary. */
export function placeProblem(
  arn: string,
  { partition, accountId, placeIsAssumed }: CompileSettings,
): string | undefined {
  const [, ownPartition, , , account = ''] = arn.split(':');
  if (ownPartition !== partition) return foreignPartition(partition);
  if (account === 'aws' || accountId === undefined || account === accountId || placeIsAssumed === true)
    return undefined;
  return `is a policy of account ${account}; a role takes policies of AWS and of its own account ${accountId} only`;
}

function arnProblem(arn: string, settings: CompileSettings): string | undefined {
  const [, , , , account, ...rest] = arn.split(':');
  const refused = account === 'aws' ? refusedAwsPolicy(rest.join(':').replace(/^policy\//, '')) : undefined;
  return placeProblem(arn, settings) ?? refused;
}
