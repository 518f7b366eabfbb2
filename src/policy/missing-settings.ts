export const MISSING_ACCOUNT = 'needs the AWS account id; give --account-id (or APPACCESS_ACCOUNT_ID)';
export const MISSING_REGION = 'needs the AWS region; give --region (or APPACCESS_REGION)';
export const MISSING_CLUSTER = 'needs the name of the cluster; give --cluster-name (or APPACCESS_CLUSTER_NAME)';
export const MISSING_ISSUER = "needs the issuer of the cluster's tokens; give --oidc-issuer (or APPACCESS_OIDC_ISSUER)";
