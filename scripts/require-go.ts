import { execa } from 'execa';

/** A release of Go, without its patch. */
export type GoVersion = { readonly major: number; readonly minor: number };

/** Throws an Error that ends in `advice` when Go is missing, or older than `minimum` and not allowed to fetch a newer one. */
export async function requireGo(minimum: GoVersion, advice: string): Promise<void> {
  const go = await execa('go', ['env', 'GOVERSION', 'GOTOOLCHAIN'], { reject: false });
  if (go.failed) throw new Error(`Go was not found: ${advice}`);
  const [version = '', toolchain = ''] = go.stdout.split('\n');
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  const isEnough = Number(major) > minimum.major || (Number(major) === minimum.major && Number(minor) >= minimum.minor);
  // Any other setting lets an older Go fetch the toolchain that go.mod asks for.
  if (!isEnough && toolchain === 'local') throw new Error(`${version} is too old: ${advice}`);
}
