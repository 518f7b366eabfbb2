import type { AppAccessSpec } from '../api/app-access.ts';

export const SERVICE_ACCOUNT_PREFIX = 'serviceaccount/';

/** The subject in one word, as `status.subject` holds it: `lambda/invoice-uploader`, `serviceaccount/web`, `ec2`. */
export function subjectText({ subject }: AppAccessSpec): string {
  if (subject.lambda !== undefined) return `lambda/${subject.lambda.functionName}`;
  if (subject.serviceAccount !== undefined) return `${SERVICE_ACCOUNT_PREFIX}${subject.serviceAccount.name}`;
  if (subject.ecsTask !== undefined) return 'ecs-task';
  if (subject.service !== undefined) return `service/${subject.service.principal.split('.')[0]}`;
  return 'ec2';
}

/** What the subject has or must still do with the role, for the message of Ready. */
export function handOverText({ subject }: AppAccessSpec, roleName: string): string {
  if (subject.lambda !== undefined) {
    return `role ${roleName} stands; the deployment of Lambda function ${subject.lambda.functionName} must name it as its execution role`;
  }
  if (subject.serviceAccount !== undefined) {
    return `role ${roleName} stands; pods of service account ${subject.serviceAccount.name} that start from now on get it`;
  }
  if (subject.ecsTask !== undefined) {
    return `role ${roleName} stands; the ECS task definition must name it as its taskRoleArn`;
  }
  if (subject.service !== undefined) {
    return `role ${roleName} stands; ${subject.service.sourceArn} must name it as its role`;
  }
  return `role ${roleName} stands; EC2 instances must be launched with the instance profile of the same name`;
}
