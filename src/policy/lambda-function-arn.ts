import type { CompileSettings } from './types.ts';

/** ARN of Lambda function `name`, without a qualifier, in the account and region of the controller. */
export function lambdaFunctionArn(name: string, { partition, region = '', accountId = '' }: CompileSettings): string {
  return `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
}
