import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';

/** What the status of a Flux source says of the files that it offers. */
export interface Artifact {
  readonly url: string;
  readonly path: string;
  readonly digest: string;
  readonly revision: string;
  readonly lastUpdateTime: string;
}

/** Offers manifests as Flux's source-controller does: a packed folder a revision. */
export interface ArtifactServer {
  /** Packs one file with `manifest`; equal manifests have equal revisions. */
  publish(manifest: object): Promise<Artifact>;
  stop(): Promise<void>;
}

/** Starts on loopback; what it packs lies below `folder`. */
export async function startArtifactServer(folder: string): Promise<ArtifactServer> {
  const packed = new Map<string, Buffer>();
  const server = createServer((incoming, answer) => {
    const found = packed.get(incoming.url ?? '');
    if (found === undefined) answer.writeHead(404).end();
    else answer.writeHead(200, { 'content-type': 'application/gzip' }).end(found);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    async publish(manifest) {
      const text = JSON.stringify(manifest);
      const revision = sha256(text);
      const path = `/${revision.replace('sha256:', '')}.tar.gz`;
      const bytes = packed.get(path) ?? (await pack(text, join(folder, path)));
      packed.set(path, bytes);
      const lastUpdateTime = new Date().toISOString();
      return { url: `${url}${path}`, path: path.slice(1), digest: sha256(bytes), revision, lastUpdateTime };
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function pack(text: string, archive: string): Promise<Buffer> {
  const files = `${archive}.files`;
  await mkdir(files, { recursive: true });
  await writeFile(join(files, 'manifest.yaml'), text); // JSON is YAML
  await execa('tar', ['-czf', archive, '-C', files, '.']);
  return readFile(archive);
}

function sha256(data: string | Buffer): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}
