// The runs of a coordinator: each in a run directory STORE/runs/ID, behind the leader's fence. A job names data that come with the program, or
// a digest; a path would be one of another machine.
import { existsSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jobDigest } from '../../platform/config/digest.ts';
import { compileJob } from '../../platform/config/compile.ts';
import { specFromValue } from '../../platform/config/read.ts';
import { realClock } from '../../platform/clock/real.ts';
import { fencedJournal } from '../../platform/journal/fenced.ts';
import { createRunDirectory, openRunDirectory, realRunSystem } from '../../platform/journal/run-directory.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import type { Message } from '../../proto/messages.ts';
import type { JobRecord, Json } from '../../coordinator/machine/cluster/history.ts';
import type { JobEvent, OpenRun, RunHost, RunPlace } from '../../coordinator/shell/cluster/host.ts';
import { trainRun } from '../compose/trainer.ts';
import type { RunControl } from '../compose/training.ts';
import type { RunEvent } from '../terminal/events.ts';
import { failureOf } from '../terminal/failure.ts';
import type { JobData } from './sources.ts';

export interface RunsOptions {
  /** STORE/runs */
  readonly directory: string;
  readonly threads: number;
  readonly messages: Transport<Message>;
  readonly data: JobData;
}

export class DirectoryRuns implements RunHost {
  readonly #options: RunsOptions;

  constructor(options: RunsOptions) { this.#options = options; }

  check(spec: Json): { readonly name: string; readonly priority: number } {
    const { name, data, resources } = specFromValue(spec);
    this.#options.data.check(data.source);
    return { name, priority: resources.priority };
  }

  open(job: JobRecord, place: RunPlace): OpenRun {
    return new DirectoryRun(job, place, { ...this.#options, directory: join(this.#options.directory, job.id) });
  }

  async files(job: string): Promise<readonly { readonly file: string; readonly bytes: number }[]> {
    const root = join(this.#options.directory, job);
    if (!existsSync(root)) return [];
    const found: { readonly file: string; readonly bytes: number }[] = [];
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name.startsWith('.') || entry.name.startsWith('lock')) continue;
      const path = join(entry.parentPath, entry.name);
      found.push({ file: path.slice(root.length + 1), bytes: (await stat(path)).size });
    }
    return found.sort((a, b) => a.file < b.file ? -1 : 1);
  }

  async read(job: string, file: string, from: number, bytesMax: number): Promise<{ readonly part: Uint8Array; readonly bytes: number } | null> {
    if (!(await this.files(job)).some((one) => one.file === file)) return null; // by its name in the list alone: no path leads out
    const handle = await open(join(this.#options.directory, job, file), 'r');
    try {
      const { size } = await handle.stat();
      const part = new Uint8Array(Math.max(0, Math.min(bytesMax, size - from)));
      const { bytesRead } = await handle.read(part, 0, part.length, from);
      return { part: part.subarray(0, bytesRead), bytes: size };
    } finally {
      await handle.close();
    }
  }
}

/** Subjects have no dots in a run's name; ids have none. */
class DirectoryRun implements OpenRun {
  readonly run: string;
  readonly ended: Promise<JobEvent>;
  compiled: string | null = null;
  readonly #stop = new AbortController();
  #control: RunControl | null = null;
  #isAbandoned = false;

  constructor(job: JobRecord, place: RunPlace, options: RunsOptions) {
    this.run = job.id;
    this.ended = this.#train(job, place, options).catch((error: unknown) => {
      const { code, message } = failureOf(error);
      const failed: JobEvent = { kind: 'failed', code, message, update: 0 };
      if (!this.#isAbandoned) place.onEvent(failed);
      return failed;
    });
  }

  interrupt(): void { this.#stop.abort(); }

  abandon(): void {
    this.#isAbandoned = true;
    this.#stop.abort();
    this.#control?.cancel();
  }

  release(worker: string): void { this.#control?.release(worker); }

  async #train(job: JobRecord, place: RunPlace, { directory, threads, messages, data: jobData }: RunsOptions): Promise<JobEvent> {
    const spec = specFromValue(job.spec);
    const data = await jobData.load(spec.data, spec.seed);
    const compiled = compileJob(spec, data.facts);
    await place.assertLeading();
    const system = { ...realRunSystem(), isFenced: true };
    const opened = existsSync(join(directory, 'job.json'))
      ? await openRunDirectory(directory, system) : await createRunDirectory(directory, { job: compiled, digest: jobDigest(compiled) }, system);
    const journal = fencedJournal(opened.journal, async () => {
      if (this.#isAbandoned) throw new Error('this coordinator leads no more');
      await place.assertLeading();
    });
    try {
      return await this.#go({ compiled, data, directory, threads, messages, journal, warnings: opened.warnings }, place);
    } finally {
      await opened.journal.close();
    }
  }

  async #go({ compiled, data, directory, threads, messages, journal, warnings }: Prepared, place: RunPlace): Promise<JobEvent> {
    const restored = await journal.restore();
    let last: RunEvent | null = null;
    this.compiled = JSON.stringify(compiled);
    await trainRun({
      job: compiled, data, directory, journal, start: restored.kind === 'restored' ? restored.snapshot : null, workers: 0, threads, signal: this.#stop.signal,
      fleet: { run: this.run, transport: messages, clock: realClock(), epoch: place.epoch, onOpen: (control) => { this.#control = control; } },
      warnings: [...warnings, ...restored.warnings],
      onEvent: (event) => {
        last = event;
        if (!this.#isAbandoned) place.onEvent({ ...event });
      },
    });
    if (last === null) throw new Error('a run ended without a word');
    return { ...(last as RunEvent) };
  }
}

interface Prepared extends Pick<Parameters<typeof trainRun>[0], 'data' | 'journal' | 'warnings'> {
  readonly compiled: ReturnType<typeof compileJob>;
  readonly directory: string;
  readonly threads: number;
  readonly messages: Transport<Message>;
}
