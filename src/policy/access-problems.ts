import type { AppAccess } from '../api/app-access.ts';
import type { Problem } from '../base/problem.ts';
import { placeProblem } from './managed-policies.ts';
import { MISSING_ISSUER, MISSING_REGION } from './missing-settings.ts';
import { MAX_INLINE_POLICY_CHARS, MAX_TRUST_POLICY_CHARS, policyChars } from './policy-size.ts';
import { sourceArnProblem } from './source-arn-problem.ts';
import type { CompileSettings, PolicyDocument } from './types.ts';

/** What the subject lacks in the environment, or names wrongly. */
export function subjectProblems({ spec }: AppAccess, settings: CompileSettings): readonly Problem[] {
  const { lambda, ecsTask, serviceAccount, service } = spec.subject;
  const via = serviceAccount === undefined ? [] : (serviceAccount.via ?? ['PodIdentity']);
  const viaPath = 'spec.subject.serviceAccount.via';
  const needRegion = [
    ...(via.includes('PodIdentity') ? [viaPath] : []),
    ...(ecsTask === undefined ? [] : ['spec.subject.ecsTask']),
    ...(lambda?.pinFunction === true ? ['spec.subject.lambda.pinFunction'] : []),
  ];
  const problem = service && sourceArnProblem(service.principal, service.sourceArn, settings);
  return [
    ...(settings.region === undefined ? needRegion.map((path) => ({ path, problem: MISSING_REGION })) : []),
    ...(via.includes('IRSA') && settings.oidcIssuer === undefined ? [{ path: viaPath, problem: MISSING_ISSUER }] : []),
    ...(problem === undefined ? [] : [{ path: 'spec.subject.service.sourceArn', problem }]),
  ];
}

export function permissionsSizeProblems(permissions: PolicyDocument): readonly Problem[] {
  const path = 'spec.grants';
  const chars = policyChars(permissions);
  return [
    ...(chars <= MAX_INLINE_POLICY_CHARS
      ? []
      : [
          {
            path,
            problem: `compile to a policy of ${chars} characters, and IAM takes ${MAX_INLINE_POLICY_CHARS} for one role; split them over several AppAccess objects`,
          },
        ]),
    ...(isLatin1(permissions)
      ? []
      : [{ path, problem: 'hold characters outside Latin-1, which IAM policies may not contain' }]),
  ];
}

export function trustSizeProblems(trust: PolicyDocument): readonly Problem[] {
  const chars = policyChars(trust);
  if (chars <= MAX_TRUST_POLICY_CHARS) return [];
  return [
    {
      path: 'spec.subject',
      problem: `compiles to a trust policy of ${chars} characters, and IAM takes ${MAX_TRUST_POLICY_CHARS}; use shorter names`,
    },
  ];
}

/** Source: shape policyDocumentType of the IAM service model. */
function isLatin1(document: PolicyDocument): boolean {
  return [...JSON.stringify(document)].every((character) => character <= 'ÿ');
}

/** Tags of a role are told apart without regard to case. Source: .../UserGuide/id_tags.html */
export function roleProblems({ spec }: AppAccess, settings: CompileSettings): readonly Problem[] {
  const keys = Object.keys(spec.role?.tags ?? {});
  const twins = keys.filter(
    (key, index) => keys.findIndex((other) => other.toLowerCase() === key.toLowerCase()) < index,
  );
  const boundary = spec.role?.permissionsBoundary;
  const misplaced = boundary && placeProblem(boundary, settings);
  return [
    ...twins.map((key) => ({
      path: 'spec.role.tags',
      problem: `${key} stands there twice but for its case; IAM keeps one`,
    })),
    ...(misplaced ? [{ path: 'spec.role.permissionsBoundary', problem: misplaced }] : []),
  ];
}
