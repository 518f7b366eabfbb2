import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import type { ObservedRole } from '../plan/observation.ts';
import type { PolicyDocument } from '../policy/types.ts';
import { type AwsCaller, promised } from './aws-caller.ts';
import { listPages, nextMarker } from './list-pages.ts';
import { toObservedRole } from './observed-role.ts';
import { parsePolicyText } from './policy-text.ts';

/** IAM's calls that read one role. An absent role or policy is `undefined`. */
export function createRoleReads(iam: IAMClient, { call }: AwsCaller, accountId: string | undefined) {
  const read = (action: string, target: string) => ({ service: 'iam', action, target, write: false }) as const;
  const absent = { expected: { NoSuchEntity: undefined } };
  return {
    async getRole(roleName: string, signal: AbortSignal): Promise<ObservedRole | undefined> {
      const command = new GetRoleCommand({ RoleName: roleName });
      const what = read('GetRole', `role ${roleName}`);
      const answer = await call(what, signal, (options) => iam.send(command, options), absent);
      return answer && toObservedRole(promised(answer.Role, `role ${roleName}`), accountId);
    },

    async listInlinePolicyNames(roleName: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
      const what = read('ListRolePolicies', `role ${roleName}`);
      return listPages(async (Marker) => {
        const command = new ListRolePoliciesCommand({ RoleName: roleName, Marker, MaxItems: LARGEST_PAGE });
        const page = await call(what, signal, (options) => iam.send(command, options), absent);
        return page && { items: page.PolicyNames ?? [], next: nextMarker(page) };
      });
    },

    async getInlinePolicy(
      roleName: string,
      policyName: string,
      signal: AbortSignal,
    ): Promise<PolicyDocument | string | undefined> {
      const command = new GetRolePolicyCommand({ RoleName: roleName, PolicyName: policyName });
      const what = read('GetRolePolicy', `inline policy ${policyName} of role ${roleName}`);
      const answer = await call(what, signal, (options) => iam.send(command, options), absent);
      return answer && parsePolicyText(promised(answer.PolicyDocument, `document of inline policy ${policyName}`));
    },

    async listAttachedPolicyArns(roleName: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
      const what = read('ListAttachedRolePolicies', `role ${roleName}`);
      return listPages(async (Marker) => {
        const command = new ListAttachedRolePoliciesCommand({ RoleName: roleName, Marker, MaxItems: LARGEST_PAGE });
        const page = await call(what, signal, (options) => iam.send(command, options), absent);
        if (page === undefined) return undefined;
        const items = (page.AttachedPolicies ?? []).map(({ PolicyArn }) => promised(PolicyArn, 'ARN of a policy'));
        return { items, next: nextMarker(page) };
      });
    },

    async getManagedPolicy(policyArn: string, signal: AbortSignal): Promise<PolicyDocument | string | undefined> {
      const target = `managed policy ${policyArn}`;
      const policy = await call(
        read('GetPolicy', target),
        signal,
        (options) => iam.send(new GetPolicyCommand({ PolicyArn: policyArn }), options),
        absent,
      );
      if (policy === undefined) return undefined;
      const VersionId = promised(policy.Policy?.DefaultVersionId, `default version of ${target}`);
      const answer = await call(
        read('GetPolicyVersion', target),
        signal,
        (options) => iam.send(new GetPolicyVersionCommand({ PolicyArn: policyArn, VersionId }), options),
        absent,
      );
      return answer && parsePolicyText(promised(answer.PolicyVersion?.Document, `document of ${target}`));
    },
  };
}

/** Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
const LARGEST_PAGE = 1000;
