import { celRules } from '../schema-builders.ts';
import { Type } from '../type.ts';

export const managedPolicyGrant = Type.Object(
  {
    arn: Type.String({
      description:
        'ARN of the managed policy: one of AWS, or one in the account of the role. Policies of AWS that are known to give what nobody gets, such as AdministratorAccess, are refused.',
      example: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
      minLength: 20,
      maxLength: 512,
      ...celRules({
        rule: "self.matches('^arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy(/[a-zA-Z0-9+=,.@_-]+)+$')",
        message: 'must be the ARN of a managed policy, arn:<partition>:iam::<account, or aws>:policy/<name>',
      }),
    }),
  },
  {
    description:
      'A managed policy made elsewhere, which is attached to the role. Its content is not looked at: who may change that policy changes what the workload may do.',
    example: { arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore' },
  },
);
