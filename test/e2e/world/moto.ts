import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureMoto } from '../../../scripts/install-moto.ts';
import { freePorts } from './free-ports.ts';
import { startSupervised } from './supervised-process.ts';
import { until } from './until.ts';
import { createWorldFolder } from './world-folder.ts';

const READY_TIMEOUT_MS = 60_000;

/** The account that moto puts a caller into whose access key it does not know. */
export const ACCOUNT_ID = '123456789012';

/** What tests need to use moto; plain data, so that it can be handed to test processes. */
export type Moto = {
  /** Address of every AWS service it serves, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** The real `aws` command. */
  readonly aws: string;
  /** A line a request; gone after stop. */
  readonly logPath: string;
};

/** Starts an empty moto on loopback, installing it first when need be; it dies with this process, however that ends. */
export async function startMoto(
  report: (line: string) => void,
): Promise<Moto & { readonly stop: () => Promise<void> }> {
  const programs = await ensureMoto(report);
  const folder = await createWorldFolder();
  const [port] = await freePorts(1);
  const logPath = join(folder, 'moto.log');
  const server = await startSupervised(programs.motoServer, ['-H', '127.0.0.1', '-p', `${port}`], {
    logPath,
    env: { MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' }, // without it none of AWS's own policies can be attached
  });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const moto = { url: `http://127.0.0.1:${port}`, aws: programs.aws, logPath };
  try {
    const probe = async () => {
      if (server.hasExited()) throw new Error(await server.describe());
      const answer = await fetch(`${moto.url}/moto-api/`).catch(() => undefined); // refused until it listens
      return answer?.ok === true ? true : undefined;
    };
    await until('moto answers', probe, { timeoutMs: READY_TIMEOUT_MS, explain: server.describe });
    return { ...moto, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Forgets everything in all accounts of moto and leaves policies unenforced, as after its start. */
export async function resetMoto(motoUrl: string): Promise<void> {
  await ignorePolicies(motoUrl);
  await post(`${motoUrl}/moto-api/reset`, '');
}

/**
 * From now on moto authorises each request against the policies of its caller, and knows no dummy credentials.
 * Meaningful for S3, STS and actions on `*`: for other services moto asks for the action on every resource.
 */
export function enforcePolicies(motoUrl: string): Promise<void> {
  return post(`${motoUrl}/moto-api/reset-auth`, '0');
}

/** From now on every caller may do everything, as after moto's start. */
export function ignorePolicies(motoUrl: string): Promise<void> {
  return post(`${motoUrl}/moto-api/reset-auth`, 'inf');
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
