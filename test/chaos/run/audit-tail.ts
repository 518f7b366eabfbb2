import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

/**
 * Reads an audit log as it grows, each line once, also after the API server has put the file aside as
 * `<name>-<time><extension>` and begun a new one.
 */
export class AuditTail {
  readonly #path: string;
  #file: FileHandle | undefined;
  #offset = 0;
  /** The beginning of a line that has not ended yet. */
  #begun: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Lines since the last call, in their order; at the first call all that are there. Rejects when a file was removed
   * before it was read to its end.
   */
  async readNew(): Promise<readonly string[]> {
    this.#file ??= await open((await this.#listSeries())[0]?.path ?? this.#path);
    const parts = [this.#begun, await this.#readRest(this.#file)];
    for (let next = await this.#openNext(this.#file); next !== undefined; next = await this.#openNext(this.#file)) {
      parts.push(await this.#readRest(this.#file)); // what came before the file was put aside
      await this.#file.close();
      this.#file = next;
      this.#offset = 0;
      parts.push(await this.#readRest(this.#file));
    }
    const all = Buffer.concat(parts);
    const end = all.lastIndexOf('\n') + 1;
    this.#begun = all.subarray(end);
    return all.toString('utf8', 0, end).split('\n').slice(0, -1);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #readRest(file: FileHandle): Promise<Buffer> {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - this.#offset), { position: this.#offset });
    this.#offset += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  /** The file that was begun after `file`; `undefined` when that is the present one. */
  async #openNext(file: FileHandle): Promise<FileHandle | undefined> {
    const { ino } = await file.stat();
    for (;;) {
      const series = await this.#listSeries();
      const place = series.findIndex((one) => one.ino === ino);
      if (place < 0) throw new Error(`${this.#path} was put aside and removed before it was read`);
      const successor = series[place + 1];
      if (successor === undefined) return undefined;
      const opened = await open(successor.path);
      if ((await opened.stat()).ino === successor.ino) return opened;
      await opened.close(); // put aside in the meantime
    }
  }

  /** From the oldest to the present one. */
  async #listSeries(): Promise<readonly { readonly path: string; readonly ino: number }[]> {
    const folder = dirname(this.#path);
    const extension = extname(this.#path);
    const prefix = `${basename(this.#path, extension)}-`;
    const aside = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith(extension)).sort();
    const paths = [...aside.map((name) => join(folder, name)), this.#path];
    return Promise.all(paths.map(async (path) => ({ path, ino: (await stat(path)).ino })));
  }
}
