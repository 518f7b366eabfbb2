/**
 * What `npm start` takes where neither a flag nor an environment variable says otherwise, by environment variable. Beside
 * the folder `dev`, which the image leaves out: the help of every command is made from here.
 */
export const DEV_DEFAULTS = {
  APPACCESS_ACCOUNT_ID: '123456789012',
  APPACCESS_REGION: 'eu-west-1',
  APPACCESS_CLUSTER_NAME: 'demo',
  APPACCESS_OIDC_ISSUER: 'https://oidc.eks.eu-west-1.amazonaws.com/id/5C0FFEE0DEC0DE5C0FFEE0DEC0DE0000',
  APPACCESS_METRICS_ADDRESS: '127.0.0.1:16080',
  APPACCESS_HEALTH_ADDRESS: '127.0.0.1:16081',
  APPACCESS_SWEEP_INTERVAL: '10s',
  APPACCESS_AWS_REQUESTS_PER_SECOND: '0', // there is nobody to leave room for
  APPACCESS_LEADER_ELECT: 'false', // nor is there another replica, and a laptop that slept must not end it
  APPACCESS_LOG_FORMAT: 'text',
} as const;
