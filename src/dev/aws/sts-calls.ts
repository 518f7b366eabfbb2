import { type CallContext, isVisible, type QueryHandler } from './call-context.ts';
import { isRecord, toList } from './document-grammar.ts';
import { accessDenied } from './errors.ts';
import type { StoredRole } from './iam-store.ts';
import { ARN } from './parameter-rules.ts';
import { timestamp } from './role-fields.ts';
import { newIamId } from './unique-id.ts';

const SESSION_NAME = { minChars: 2, maxChars: 64, pattern: /^[\w+=,.@-]*$/ };

/** Who calls, and taking on a role whose trust policy lets this account's users do so without a condition. */
export const stsCalls: Readonly<Record<string, QueryHandler>> = {
  GetCallerIdentity(_input, { account }) {
    return { UserId: account.callerId, Account: account.id, Arn: account.callerArn };
  },

  /** The credentials it hands out are accepted here like any others: the embedded API authorises nothing. */
  AssumeRole(input, context) {
    const roleArn = input.requiredText('RoleArn', ARN);
    const sessionName = input.requiredText('RoleSessionName', SESSION_NAME);
    const durationSeconds = input.integer('DurationSeconds', { min: 900, max: 43_200 }) ?? 3_600;
    input.done();
    const { account } = context;
    const role = context.blind ? undefined : context.iam.roles.list().find((one) => one.arn === roleArn);
    if (role === undefined || !isVisible(role, context) || !trustsCaller(role, context)) {
      throw accessDenied(
        'sts',
        `User: ${account.callerArn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      );
    }
    return {
      Credentials: {
        AccessKeyId: newIamId('ASIA'),
        SecretAccessKey: 'embedded',
        SessionToken: 'embedded',
        Expiration: timestamp(context.clock.now() + durationSeconds * 1_000),
      },
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${sessionName}`,
        Arn: `arn:${account.partition}:sts::${account.id}:assumed-role/${role.name}/${sessionName}`,
      },
    };
  },
};

/** Conditions are not evaluated, so a statement that has one lets nobody in. */
function trustsCaller(role: StoredRole, { account }: CallContext): boolean {
  const document: unknown = JSON.parse(role.trustDocument);
  const callers = ['*', account.callerArn, `arn:${account.partition}:iam::${account.id}:root`];
  return toList(isRecord(document) ? document.Statement : undefined)
    .filter(isRecord)
    .filter((statement) => statement.Effect === 'Allow' && statement.Condition === undefined)
    .filter((statement) => toList(statement.Action).some((action) => /^sts:(assumerole|\*)$/i.test(String(action))))
    .flatMap((statement) => (isRecord(statement.Principal) ? toList(statement.Principal.AWS) : []))
    .some((principal) => callers.includes(String(principal)));
}
