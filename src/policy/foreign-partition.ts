/** What is said of an ARN outside of `partition`, the only one that the role can reach. */
export function foreignPartition(partition: string): string {
  return `is not in partition ${partition}; give an ARN that starts with arn:${partition}:`;
}
