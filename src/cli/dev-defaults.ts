/**
 * What `npm start` takes where no flag, environment variable or file says otherwise, by the key of the file. Beside the
 * folder `dev`, which the image leaves out: the help of every command is made from here.
 */
export const DEV_DEFAULTS = {
  accountId: '123456789012',
  region: 'eu-west-1',
  clusterName: 'demo',
  oidcIssuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/5C0FFEE0DEC0DE5C0FFEE0DEC0DE0000',
  metricsAddress: '127.0.0.1:16080',
  healthAddress: '127.0.0.1:16081',
  sweepInterval: '10s',
  awsRequestsPerSecond: '0', // there is nobody to leave room for
  leaderElect: 'false', // nor is there another replica, and a laptop that slept must not end it
  logFormat: 'text',
} as const;
