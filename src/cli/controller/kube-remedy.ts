import { APP_ACCESS_PLURAL } from '../../api/app-access.ts';
import { KubeApiError } from '../../kube/kube-api-error.ts';
import { describePath, type ResourcePath } from '../../kube/resource-path.ts';

/** What an operator does about an answer of the API server, or `undefined` where its own words are all there is to say. */
export function kubeRemedy(error: unknown, path: ResourcePath, verbs: string): string | undefined {
  if (!(error instanceof KubeApiError)) return undefined;
  if (error.status === 401) {
    return "the API server does not accept the controller's credentials: renew the token of its service account, or its kubeconfig";
  }
  if (error.status === 403) {
    return `allow the controller's service account to ${verbs} ${describePath(path)}: apply the ClusterRole of this version`;
  }
  if (error.status === 404 && path.plural === APP_ACCESS_PLURAL) {
    return 'install the CustomResourceDefinition: kubectl apply --server-side -f crds/; the controller goes on by itself';
  }
  return undefined;
}
