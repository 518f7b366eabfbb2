import { Command } from 'commander';
import { expect, test } from 'vitest';
import { describeOptions, settingsMarkdown } from '../../../src/config/describe-settings.ts';
import { keyOf, settings, variablesOf } from '../../../src/config/settings.ts';

test('commander returns every option under the key by which the configuration looks for it', () => {
  const command = new Command();
  for (const { flags, description } of describeOptions('RealCluster')) command.option(flags, description);
  const argv = Object.values(settings).flatMap((setting) =>
    setting.placeholder === undefined ? [`--${setting.flag}`] : [`--${setting.flag}`, 'x'],
  );
  command.parse(['--config', 'x', ...argv], { from: 'user' });
  expect(Object.keys(command.opts()).sort()).toEqual(['config', ...Object.values(settings).map(keyOf)].sort());
});

test('commands other than the controller offer only what concerns them', () => {
  expect(describeOptions('EveryCommand').map(({ flags }) => flags)).toEqual([
    '--config <file>',
    '--account-id <digits>',
    '--region <name>',
    '--partition <name>',
    '--cluster-name <name>',
    '--oidc-issuer <url>',
  ]);
});

test('a command with a world of its own offers no way to another cluster', () => {
  const all = describeOptions('RealCluster').map(({ flags }) => flags);
  const own = describeOptions('Controller').map(({ flags }) => flags);
  expect(all.filter((flags) => !own.includes(flags))).toEqual(['--kubeconfig <file>', '--unguarded']);
});

test('the help of a command tells the defaults of its own, and those of all commands where it has none', () => {
  const helps = describeOptions('Controller', { sweepInterval: '10s', clusterName: 'demo' });
  const ofFlag = (flag: string) => helps.find(({ flags }) => flags.startsWith(`--${flag} `))?.description;
  expect(ofFlag('sweep-interval')).toContain('default: 10s)');
  expect(ofFlag('cluster-name')).toContain('default: demo)');
  expect(ofFlag('workers')).toContain('default: 16)');
});

test('every default is a valid value', () => {
  const wrong = Object.values(settings).filter(
    ({ defaultText, parse }) => defaultText !== undefined && 'problem' in parse(defaultText),
  );
  expect(wrong).toEqual([]);
});

test('environment variables follow from the flag', () => {
  expect(variablesOf(settings.accountId)).toEqual(['APPACCESS_ACCOUNT_ID']);
  expect(variablesOf(settings.region)).toEqual(['APPACCESS_REGION', 'AWS_REGION']);
});

test('the table for the README has a row for every setting', () => {
  const rows = settingsMarkdown().trimEnd().split('\n');
  expect(rows.length).toBe(2 + Object.keys(settings).length);
  expect(rows[3]).toBe(
    '| `--region <name>` | `APPACCESS_REGION`, `AWS_REGION` | – | all | AWS region of resources that name none |',
  );
});
