import { partitionOfRegion } from '../../policy/partition-of-region.ts';

/** An account, and the region that the embedded API plays. */
export interface Account {
  readonly id: string;
  readonly region: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** Whoever calls is this IAM user. */
  readonly callerArn: string;
  readonly callerId: string;
}

/** The account of `id`, its partition taken from the region. */
export function toAccount(id: string, region: string): Account {
  const partition = partitionOfRegion(region);
  return {
    id,
    region,
    partition,
    callerArn: `arn:${partition}:iam::${id}:user/embedded`,
    callerId: 'AIDAEMBEDDEDAWSCALLER',
  };
}
