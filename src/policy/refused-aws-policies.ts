import refused from './refused-aws-policies.json' with { type: 'json' };

/** What each policy of the file holds, by its name in lower case and without its path. */
const reasonByName: ReadonlyMap<string, string> = new Map(
  Object.entries(refused.policies).flatMap(([reason, names]) =>
    names.map((name) => [lastSegment(name), reason] as const),
  ),
);

/**
 * Why AWS's own managed policy of this path and name is refused; `undefined` when it holds nothing that nobody gets. Known
 * are the policies of the day that the file names, in partition aws; names are the same in all partitions.
 */
export function refusedAwsPolicy(pathAndName: string): string | undefined {
  if (/^aws-service-role\//i.test(pathAndName)) {
    return 'belongs to a role that AWS keeps for a service and cannot be attached to another; leave it out';
  }
  const reason = reasonByName.get(lastSegment(pathAndName));
  return reason && `${reason}, which nobody gets; name what the workload needs in grants of its own`;
}

/** IAM finds a managed policy whatever the case of its name, and no two of AWS's have one name. */
function lastSegment(pathAndName: string): string {
  return (pathAndName.split('/').at(-1) ?? '').toLowerCase();
}
