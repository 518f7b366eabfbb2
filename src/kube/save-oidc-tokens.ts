import { open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dump, load } from 'js-yaml';
import { isJson } from './kube-object.ts';
import type { KubeconfigEntry } from './kubeconfig-file.ts';
import type { OidcTokens } from './oidc-tokens.ts';

/**
 * Writes `tokens` into the kubeconfig of `user`, as kubectl does, in place of `refreshToken`, which an issuer that changes it
 * takes only once: without this the user would be logged out of kubectl. Never rejects. Nothing is written where that token
 * stands there no longer, where kubectl holds the file's lock, or where the file cannot be written, as in a pod: the tokens
 * then live as long as this process.
 */
export async function saveOidcTokens(user: KubeconfigEntry, refreshToken: string, tokens: OidcTokens): Promise<void> {
  try {
    const path = await realpath(user.path);
    // The lock of kubectl. Source: client-go, tools/clientcmd/loader.go
    const lock = await open(`${path}.lock`, 'wx', 0o600);
    try {
      await replaceTokens(path, user.name, refreshToken, tokens);
    } finally {
      await lock.close();
      await rm(`${path}.lock`, { force: true });
    }
  } catch {
    // What the file holds stays: a kubeconfig that is mounted is nobody's to change.
  }
}

async function replaceTokens(path: string, name: string, refreshToken: string, tokens: OidcTokens): Promise<void> {
  const config: unknown = load(await readFile(path, 'utf8'));
  const users: readonly unknown[] = isJson(config) && Array.isArray(config.users) ? config.users : [];
  const entry = users.find((item) => isJson(item) && item.name === name);
  const user = isJson(entry) && isJson(entry.user) ? entry.user : {};
  const provider = isJson(user['auth-provider']) ? user['auth-provider'] : {};
  if (!isJson(provider.config) || provider.config['refresh-token'] !== refreshToken) return;
  Object.assign(provider.config, { 'id-token': tokens.idToken, 'refresh-token': tokens.refreshToken });
  const { mode } = await stat(path);
  const next = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(next, dump(config), { mode: mode & 0o777, flag: 'wx' });
    await rename(next, path); // whole or not at all
  } finally {
    await rm(next, { force: true });
  }
}
