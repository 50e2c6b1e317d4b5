// The lease as a file in a directory, held until it is given up or its process ends; a dead process's lease is taken over.
//
// F1. Locks are `.lock.N`; the one with the highest N counts, and the highest is never removed: taking is creating N + 1 by link(2),
//     which one of several takers can. So a taker that judged an old lock can never displace the holder of a newer one.
// F2. A taker whose look at the directory was stale may create a number below the highest: it looks again and withdraws.
// F3. A lock holds its own number. Under another name it is a lease given up: giving up is renaming N to N + 1, which a full disk allows.
import { join } from 'node:path';
import { putFile, readWhole, removeIfThere } from '../store/durable.ts';
import { guarded, StorageError } from '../store/errors.ts';
import { systemCode, type Files } from '../store/files.ts';
import type { Lease, LeaseHolder, RenewOutcome, TakeOutcome } from './lease.ts';
import type { ProcessIdentity, Processes } from './processes.ts';

const NAME = /^\.lock\.([1-9][0-9]{0,14})$/;
const LOCK_BYTES_MAX = 16_384;
const ATTEMPTS_MAX = 100;

/** Whether a name in a directory belongs to a lease and not to its contents. */
export function isLockName(name: string): boolean {
  return NAME.test(name);
}

interface LockContent {
  readonly formatVersion: 1;
  readonly number: number;
  readonly since: string;
  readonly process: ProcessIdentity;
}

/** `content` is null if it cannot be read as a lock of this version. */
interface FoundLock { readonly number: number; readonly path: string; readonly content: LockContent | null }

/** `pid`: null if the lock cannot be read. `isCertain`: false if nothing here can tell whether it still runs. */
export interface FileLeaseHolder extends LeaseHolder { readonly pid: number | null; readonly isCertain: boolean }

export interface FileLeaseOptions {
  readonly files: Files;
  /** Must be there. */
  readonly directory: string;
  readonly processes: Processes;
  /** Wall clock in milliseconds, told to people who find the directory in use. */
  readonly nowMs: () => number;
}

function parseLock(bytes: Uint8Array): LockContent | null {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Partial<LockContent> | null;
    const known = value?.formatVersion === 1 && Number.isSafeInteger(value.number) && typeof value.since === 'string';
    return known && Number.isSafeInteger(value.process?.pid) && typeof value.process?.host === 'string' ? value as LockContent : null;
  } catch {
    return null;
  }
}

type Looking = Pick<FileLeaseOptions, 'files' | 'directory' | 'processes'>;

const pathOf = (directory: string, number: number): string => join(directory, `.lock.${number}`);

async function highestLock({ files, directory }: Looking): Promise<FoundLock | null> {
  for (;;) {
    const numbers = (await files.list(directory)).flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
    if (numbers.length === 0) return null;
    const number = Math.max(...numbers);
    const path = pathOf(directory, number);
    try {
      return { number, path, content: parseLock(await readWhole(files, path, LOCK_BYTES_MAX)) };
    } catch (error) {
      // Replaced by a higher one in the meantime: look again.
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
}

/** Who holds the lease by this lock; null if it was given up or its process is dead. */
function holderBy({ number, path, content }: FoundLock, processes: Processes): FileLeaseHolder | null {
  const ifGone = `If it no longer runs, delete ${path} and try again.`;
  if (content === null) return { name: 'a process unknown to this version', since: 'an unknown time', remedy: ifGone, pid: null, isCertain: false };
  const { process, since } = content;
  if (content.number !== number) return null;
  const state = processes.stateOf(process);
  if (state === 'dead') return null;
  const itself = state === 'alive' && process.pid === processes.self().pid;
  return {
    name: itself ? `this process itself (pid ${process.pid})` : `pid ${process.pid} on host ${process.host}`,
    since, pid: process.pid, isCertain: state === 'alive',
    remedy: state === 'unknown' ? ifGone : itself ? 'Close it first.' : `Wait until it has ended, or stop it (kill ${process.pid}), and try again.`,
  };
}

/** Who holds the lease on a directory, for those who only look; null if nobody does. Nothing is taken or changed. */
export function leaseFileHolder(looking: Looking): Promise<FileLeaseHolder | null> {
  return guarded(looking.directory, 'looking at the lock', async () => {
    const found = await highestLock(looking);
    return found === null ? null : holderBy(found, looking.processes);
  });
}

class FileLease implements Lease {
  readonly #options: FileLeaseOptions;
  #own: number | null = null;

  constructor(options: FileLeaseOptions) {
    this.#options = options;
  }

  take(): Promise<TakeOutcome> {
    return guarded(this.#options.directory, 'taking the lock', async () => {
      if (this.#own !== null && (await this.renew()).kind === 'renewed') return { kind: 'taken', validForMs: null };
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
        const found = await highestLock(this.#options);
        const by = found === null ? null : holderBy(found, this.#options.processes);
        if (by !== null) return { kind: 'held', by };
        if (await this.#create((found?.number ?? 0) + 1)) return { kind: 'taken', validForMs: null };
      }
      throw new StorageError({
        code: 'in-use', path: this.#options.directory, what: `the lock changed hands ${ATTEMPTS_MAX} times while it was tried`, remedy: 'Try again.',
      });
    });
  }

  async #create(number: number): Promise<boolean> {
    const { files, processes, nowMs } = this.#options;
    const content: LockContent = { formatVersion: 1, number, since: new Date(nowMs()).toISOString(), process: processes.self() };
    const path = pathOf(this.#options.directory, number);
    if (await putFile(files, path, new TextEncoder().encode(`${JSON.stringify(content)}\n`)) === 'exists') return false;
    if ((await highestLock(this.#options))?.number !== number) {
      await removeIfThere(files, path);
      return false;
    }
    this.#own = number;
    await this.#removeBelow(number);
    return true;
  }

  async #removeBelow(number: number): Promise<void> {
    const { files, directory } = this.#options;
    for (const name of await files.list(directory)) {
      const found = Number(NAME.exec(name)?.[1] ?? Infinity);
      if (found < number) await removeIfThere(files, pathOf(this.#options.directory, found));
    }
  }

  async renew(): Promise<RenewOutcome> {
    return guarded(this.#options.directory, 'looking at the lock', async () => {
      if (this.#own === null) return { kind: 'lost', by: null };
      const found = await highestLock(this.#options);
      if (found?.number === this.#own) return { kind: 'renewed', validForMs: null };
      this.#own = null;
      return { kind: 'lost', by: found === null ? null : holderBy(found, this.#options.processes) };
    });
  }

  async giveUp(): Promise<void> {
    await guarded(this.#options.directory, 'giving up the lock', async () => {
      if (this.#own === null || (await this.renew()).kind === 'lost') return;
      const { files, directory } = this.#options;
      await files.rename(pathOf(this.#options.directory, this.#own), pathOf(this.#options.directory, this.#own + 1));
      this.#own = null;
      await files.syncDirectory(directory);
    });
  }
}

/** A lease on a directory that is there. Its methods throw StorageError. */
export function fileLease(options: FileLeaseOptions): Lease {
  return new FileLease(options);
}
