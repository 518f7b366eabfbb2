import { expect, test } from 'vitest';
import { type ConfigInputs, loadConfig } from '../../../src/config/load-config.ts';

function load(inputs: Partial<ConfigInputs> & { file?: string }) {
  const { file = '', ...rest } = inputs;
  return loadConfig({ flags: {}, env: {}, readFile: () => file, ...rest });
}

const defaults = {
  partition: 'aws',
  metricsAddress: { port: 8080 },
  healthAddress: { port: 8081 },
  workers: 16,
  leaderElect: true,
  leaseDurationSeconds: 15,
  awsRequestsPerSecond: 20,
  sweepIntervalSeconds: 600,
  readOnly: false,
  unguarded: false,
  logLevel: 'info',
  logFormat: 'json',
};

test('without any input the configuration is the defaults, and what has none is absent', () => {
  expect(load({})).toEqual({ ok: true, config: defaults });
});

test('every setting can be given by flag', () => {
  const flags = {
    accountId: '012345678901',
    region: 'eu-west-1',
    partition: 'aws',
    clusterName: 'prod',
    predecessorClusterUids: '0b0c3b1e-0000-4000-8000-000000000001',
    oidcIssuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE/',
    kubeconfig: '/etc/kubeconfig',
    metricsAddress: '127.0.0.1:9090',
    healthAddress: '0',
    workers: '4',
    awsRequestsPerSecond: '0',
    sweepInterval: '1h30m',
    leaderElect: 'false',
    leaseNamespace: 'platform',
    leaseDuration: '30s',
    readOnly: true,
    unguarded: true,
    logLevel: 'debug',
    logFormat: 'text',
    output: 'yaml',
  };
  expect(load({ flags })).toEqual({
    ok: true,
    config: {
      accountId: '012345678901',
      region: 'eu-west-1',
      partition: 'aws',
      clusterName: 'prod',
      predecessorClusterUids: ['0b0c3b1e-0000-4000-8000-000000000001'],
      oidcIssuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE',
      kubeconfig: '/etc/kubeconfig',
      metricsAddress: { host: '127.0.0.1', port: 9090 },
      workers: 4,
      sweepIntervalSeconds: 5400,
      leaderElect: false,
      leaseNamespace: 'platform',
      leaseDurationSeconds: 30,
      readOnly: true,
      unguarded: true,
      logLevel: 'debug',
      logFormat: 'text',
    },
  });
});

test('a flag beats the environment, the environment the file, and the file the default', () => {
  const file = 'workers: 1\nregion: eu-west-1\nlogLevel: warn\nclusterName: file';
  const env = {
    APPACCESS_CONFIG: 'settings.yaml',
    APPACCESS_CLUSTER_NAME: 'environment',
    APPACCESS_WORKERS: '2',
    AWS_REGION: 'eu-west-2',
    APPACCESS_REGION: 'eu-west-3',
  };
  expect(load({ flags: { workers: '3' }, env, file })).toEqual({
    ok: true,
    config: { ...defaults, workers: 3, region: 'eu-west-3', clusterName: 'environment', logLevel: 'warn' },
  });
});

test('the defaults of a command give way to file and environment, and beat those of all commands', () => {
  const ownDefaults = { region: 'eu-west-1', workers: '2', logFormat: 'text', clusterName: 'demo' };
  const env = { APPACCESS_CONFIG: 'f.yaml', AWS_REGION: 'eu-north-1' };
  expect(load({ env, file: 'workers: 8', ownDefaults })).toEqual({
    ok: true,
    config: { ...defaults, region: 'eu-north-1', workers: 8, logFormat: 'text', clusterName: 'demo' },
  });
});

test('an empty environment variable and a null in the file count as not given', () => {
  const env = { APPACCESS_REGION: '', AWS_REGION: 'eu-west-2', APPACCESS_CONFIG: 'f', APPACCESS_ACCOUNT_ID: '' };
  expect(load({ env, file: 'accountId:\nclusterName: null' })).toEqual({
    ok: true,
    config: { ...defaults, region: 'eu-west-2' },
  });
});

test('an account id in the file keeps its zeros with and without quotation marks', () => {
  for (const file of ['accountId: 012345678901', 'accountId: "012345678901"']) {
    expect(load({ flags: { config: 'f' }, file })).toEqual({
      ok: true,
      config: { ...defaults, accountId: '012345678901' },
    });
  }
});

test.each([
  ['eu-west-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
])('the partition of region %s is %s', (region, partition) => {
  expect(load({ flags: { region } })).toEqual({ ok: true, config: { ...defaults, region, partition } });
});

test('all problems come at once, each with the flag, variable or file key it came by', () => {
  const answer = load({
    flags: { accountId: '123', config: 'settings.yaml', sweepInterval: '10 minutes', workers: '0' },
    env: { AWS_REGION: 'Ireland', APPACCESS_METRICS_ADDRESS: '8080', APPACCESS_READ_ONLY: 'yes' },
    file: 'clusterName: -prod\nclusterNam: prod\noidcIssuer: http://issuer\nlogLevel: [info]\nlogFormat: xml',
  });
  const places = answer.ok ? [] : answer.problems.map(({ path }) => path);
  expect(places).toEqual([
    'clusterNam in settings.yaml',
    'logLevel in settings.yaml',
    '--account-id',
    'AWS_REGION',
    'clusterName in settings.yaml',
    'oidcIssuer in settings.yaml',
    'APPACCESS_METRICS_ADDRESS',
    '--workers',
    '--sweep-interval',
    'APPACCESS_READ_ONLY',
    'logFormat in settings.yaml',
  ]);
});

test('a problem says what was given and what to write instead', () => {
  expect(load({ flags: { accountId: '123', partition: 'aws-cn', region: 'eu-west-1' } })).toEqual({
    ok: false,
    problems: [
      {
        path: '--account-id',
        problem: '"123" is not valid: an account id has 12 digits; in a file, write it in quotation marks',
      },
      { path: '--partition', problem: 'aws-cn does not have region eu-west-1: leave it out or write aws' },
    ],
  });
});

test('a file that cannot be read or is no mapping is a problem that names it', () => {
  const readFile = () => {
    throw new Error('no such file');
  };
  expect(load({ flags: { config: 'gone.yaml' }, readFile })).toEqual({
    ok: false,
    problems: [{ path: '--config', problem: 'the file cannot be read: no such file' }],
  });
  for (const file of ['- a', 'text', 'a: b: c', 'workers: 1\nworkers: 2']) {
    const answer = load({ env: { APPACCESS_CONFIG: 'bad.yaml' }, file });
    expect(answer.ok ? [] : answer.problems.map(({ path }) => path)).toEqual(['bad.yaml']);
  }
});

test('the configuration is frozen all the way down', () => {
  const answer = load({});
  if (!answer.ok) throw new Error('defaults must load');
  expect(Object.isFrozen(answer.config)).toBe(true);
  expect(Object.isFrozen(answer.config.metricsAddress)).toBe(true);
});
