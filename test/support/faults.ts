// Faults at chosen instants: every instrumented operation reports to a Faults object, which counts it and may make it fail or end
// the "process" there: after a crash every operation throws, so that no code of the dead process has an effect any more.
// Used for files (withFaults), stores (withStoreFaults) and, by kind `message`, for anything else that a test passes through it.
import { dirname } from 'node:path';
import type { Files, OpenFile } from '../../platform/store/files.ts';
import type { Store } from '../../platform/store/store.ts';

export type Instant = 'write' | 'fsync' | 'link' | 'rename' | 'unlink' | 'mkdir' | 'truncate' | 'message';

export interface Fault {
  /** Number of the operation, from 1, among those of kind `of` (any kind if absent). */
  readonly at: number;
  readonly of?: Instant;
  /** `crash`: just after the operation has had its effect. `fail`: it throws this system code instead (a write after half of its bytes). */
  readonly effect: { readonly kind: 'crash' } | { readonly kind: 'fail'; readonly code: string };
}

export class Crash extends Error {
  constructor() {
    super('the process crashed here');
    this.name = 'Crash';
  }
}

export class SystemError extends Error {
  readonly code: string;
  constructor(code: string, path: string) {
    super(`${code}: simulated, '${path}'`);
    this.code = code;
  }
}

export class Faults {
  readonly #faults: readonly Fault[];
  readonly #counts = new Map<Instant, number>();
  #all = 0;
  /** Every operation so far, for example `rename runs/one/job.json`. */
  readonly log: string[] = [];
  #crashed = false;

  constructor(...faults: readonly Fault[]) {
    this.#faults = faults;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  /** Operations so far, of a kind or of all. */
  count(of?: Instant): number {
    return of === undefined ? this.#all : this.#counts.get(of) ?? 0;
  }

  /** Throws if the process has crashed. */
  alive(): void {
    if (this.#crashed) throw new Crash();
  }

  /** `half` is what a failing operation still does (part of a write). */
  async pass<Result>(instant: Instant, path: string, effect: () => Promise<Result>, half?: () => Promise<unknown>): Promise<Result> {
    this.alive();
    this.#all += 1;
    this.log.push(`${instant} ${path}`);
    this.#counts.set(instant, this.count(instant) + 1);
    const fault = this.#faults.find(({ at, of }) => at === this.count(of) && (of ?? instant) === instant);
    if (fault?.effect.kind === 'fail') {
      await half?.();
      throw new SystemError(fault.effect.code, path);
    }
    try {
      return await effect();
    } finally {
      if (fault?.effect.kind === 'crash') this.#crashed = true;
      this.alive();
    }
  }
}

/** `lost`: called when a sync fails, so that a simulated disk can forget what was not synced, as systems do. */
export function withFaults(files: Files, faults: Faults, lost?: (path: string) => void): Files {
  const wrap = (path: string, file: OpenFile): OpenFile => ({
    write: (bytes) => faults.pass('write', path, () => file.write(bytes), () => file.write(bytes.subarray(0, bytes.byteLength >> 1))),
    read: (into, position) => {
      faults.alive();
      return file.read(into, position);
    },
    sync: () => faults.pass('fsync', path, () => file.sync(), () => Promise.resolve(lost?.(path))),
    truncate: (bytes) => faults.pass('truncate', path, () => file.truncate(bytes)),
    // A process that dies closes its files.
    close: () => file.close(),
  });
  const read = <Result>(task: () => Promise<Result>): Promise<Result> => {
    faults.alive();
    return task();
  };
  return {
    create: (path) => faults.pass('link', path, async () => wrap(path, await files.create(path))),
    append: (path) => faults.pass('link', path, async () => wrap(path, await files.append(path))),
    open: (path) => read(async () => wrap(path, await files.open(path))),
    describe: (path) => read(() => files.describe(path)),
    list: (path) => read(() => files.list(path)),
    entries: (path) => read(() => files.entries(path)),
    makeDirectory: (path) => faults.pass('mkdir', path, () => files.makeDirectory(path)),
    link: (from, to) => faults.pass('link', to, () => files.link(from, to)),
    rename: (from, to) => faults.pass('rename', to, () => files.rename(from, to)),
    unlink: (path) => faults.pass('unlink', path, () => files.unlink(path)),
    removeDirectory: (path) => faults.pass('unlink', path, () => files.removeDirectory(path)),
    syncDirectory: (path) => faults.pass('fsync', dirname(path), () => files.syncDirectory(path)),
  };
}

/** A store whose puts and removals are messages that may get lost: with `fail` before their effect, with `crash` after it. */
export function withStoreFaults(store: Store, faults: Faults): Store {
  return {
    putIfAbsent: (key, bytes) => faults.pass('message', key, () => store.putIfAbsent(key, bytes)),
    get: async (key) => { faults.alive(); return store.get(key); },
    list: async (prefix) => { faults.alive(); return store.list(prefix); },
    remove: (key) => faults.pass('message', key, () => store.remove(key)),
    close: () => store.close(),
  };
}
