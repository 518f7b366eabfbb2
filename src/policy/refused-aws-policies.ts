import refused from './refused-aws-policies.json' with { type: 'json' };

/** What the policies of each list in the file hold that nobody gets. */
const REASONS = {
  fullAccess: 'is full administrator access',
  allOfIam: 'allows everything in IAM',
  allBut: 'allows everything but what it names, sts:AssumeRole on any role among it',
  escalation: 'allows changes in IAM by which a workload gives itself all other rights',
  assumeRole: 'allows sts:AssumeRole on any role',
  passRole: 'allows iam:PassRole on any role, by which a workload runs code under it',
} as const;

const reasonByName: ReadonlyMap<string, string> = new Map(
  (Object.keys(REASONS) as (keyof typeof REASONS)[]).flatMap((list) =>
    refused[list].map((name) => [name, REASONS[list]] as const),
  ),
);

/**
 * Why AWS's own managed policy of this path and name is refused; `undefined` when it holds nothing that nobody gets. Known
 * are the policies of the day that the file names, in partition aws; names are the same in all partitions.
 */
export function refusedAwsPolicy(pathAndName: string): string | undefined {
  const reason = reasonByName.get(pathAndName);
  return reason && `${reason}, which nobody gets; name what the workload needs in grants of its own`;
}
