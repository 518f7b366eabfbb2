import type { EmbeddedAws } from '../../src/dev/aws/start-aws-server.ts';

/**
 * Actions that `aws` was asked for since the last reset, in order: those of IAM and EKS. That the controller asks STS whose
 * its credentials are happens once for the process and is part of no object's pass.
 */
export function actionsOf(aws: EmbeddedAws): string[] {
  return aws
    .calls()
    .filter(({ service }) => service !== 'sts')
    .map(({ action }) => action);
}
