// A file to which lines are appended. A line is either appended or the error says why and the file is as before; lines become durable
// by `sync`. After a sync that failed, systems may forget what was not yet written: those lines are kept here and written again.
import { LIMITS } from './limits.ts';
import { dirname } from 'node:path';
import type { Files, OpenFile } from '../store/files.ts';

export class LineFile {
  readonly #file: OpenFile;
  /** Bytes that are durable, and the lines after them. */
  #durableBytes: number;
  #unsynced: Uint8Array[] = [];
  #unsyncedBytes = 0;
  /** The file may not end where `bytes` says, or its end may never become durable. */
  #suspect = false;

  private constructor(file: OpenFile, bytes: number) {
    this.#file = file;
    this.#durableBytes = bytes;
  }

  /** Opens it, created if it is absent, and cuts it to `bytes` if it is longer. */
  static async open(files: Files, path: string, bytes: number): Promise<LineFile> {
    const facts = await files.describe(path);
    const file = await files.append(path);
    try {
      if (facts !== null && facts.bytes > bytes) await file.truncate(bytes);
      // What a process left unsynced before it died, its name included, counts as durable from here on.
      await file.sync();
      await files.syncDirectory(dirname(path));
    } catch (error) {
      await file.close();
      throw error;
    }
    return new LineFile(file, Math.min(bytes, facts?.bytes ?? 0));
  }

  get bytes(): number {
    return this.#durableBytes + this.#unsyncedBytes;
  }

  /** `text` ends with a line feed. */
  async append(text: string): Promise<void> {
    await this.#repair();
    const line = new TextEncoder().encode(text);
    try {
      await this.#file.write(line);
    } catch (error) {
      this.#suspect = true;
      // At once if possible, so that no half line stays behind if the process ends.
      await this.#repair().catch(() => undefined);
      throw error;
    }
    this.#unsynced.push(line);
    this.#unsyncedBytes += line.byteLength;
    if (this.#unsyncedBytes > LIMITS.unsyncedBytesMax) await this.sync();
  }

  async sync(): Promise<void> {
    await this.#repair();
    if (this.#unsyncedBytes === 0) return;
    try {
      await this.#file.sync();
    } catch (error) {
      this.#suspect = true;
      throw error;
    }
    this.#durableBytes = this.bytes;
    this.#unsynced = [];
    this.#unsyncedBytes = 0;
  }

  /** Shortens the file, durably. */
  async cut(bytes: number): Promise<void> {
    await this.sync();
    await this.#file.truncate(bytes);
    this.#durableBytes = bytes;
    await this.#file.sync();
  }

  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      await this.#file.close();
    }
  }

  async #repair(): Promise<void> {
    if (!this.#suspect) return;
    await this.#file.truncate(this.#durableBytes);
    for (const line of this.#unsynced) await this.#file.write(line);
    this.#suspect = false;
  }
}
