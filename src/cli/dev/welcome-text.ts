import { relative } from 'node:path';
import type { Config } from '../../config/config.ts';

/** What `npm start` prints once everything runs: where things are and what to try next. */
export function welcomeText(world: {
  readonly env: string;
  readonly kubeUrl: string;
  readonly awsUrl: string;
  readonly config: Config;
}): string {
  const env = relative(process.cwd(), world.env);
  return `
AppAccess runs over an embedded Kubernetes API (${world.kubeUrl}) and an embedded AWS (${world.awsUrl},
account ${world.config.accountId}, region ${world.config.region}). Nothing here reaches a real account. It runs
unguarded: nothing limits what manifests may ask for. In another terminal:

  . ${env}
  kubectl apply -f examples/lambda-s3-dynamodb.yaml
  kubectl get appaccess -o wide
  aws iam list-roles
  kubectl delete -f examples/lambda-s3-dynamodb.yaml

Stop with Ctrl-C; everything is gone then.
`;
}
