// The runs of a coordinator, behind the leader's fence. A job names data that come with the program, or a digest; a path would be one of another
// machine.
import { totalmem } from 'node:os';
import type { AnyJob } from '../../ebm/job.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { compileJob } from '../../platform/config/compile.ts';
import { coordinatorMemory } from '../../platform/config/estimate.ts';
import { specFromValue } from '../../platform/config/read.ts';
import { realClock } from '../../platform/clock/real.ts';
import { StorageError } from '../../platform/store/errors.ts';
import { jobTelemetry } from '../../platform/telemetry/job.ts';
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import type { Message } from '../../proto/messages.ts';
import type { JobRecord, Json } from '../../coordinator/machine/cluster/history.ts';
import type { JobEvent, OpenRun, RunHost, RunPlace } from '../../coordinator/shell/cluster/host.ts';
import { assertModuleRead, assertNoModule } from '../compose/modules.ts';
import { trainRun } from '../compose/trainer.ts';
import type { RunControl } from '../compose/training.ts';
import type { RunEvent } from '../terminal/events.ts';
import { failureOf, UsageError } from '../terminal/failure.ts';
import { bytes } from '../terminal/format.ts';
import type { JobData } from './sources.ts';
import type { RunPlaces } from './stores.ts';

export interface RunsOptions {
  readonly places: RunPlaces;
  readonly threads: number;
  readonly messages: Transport<Message>;
  readonly data: JobData;
  readonly telemetry: Telemetry;
  /** Whether a submitted job may have a module of its author's. One that was taken goes on. */
  readonly allowModules: boolean;
  /** All that this machine has: a job that needs more would take the whole coordinator with it, again and again. */
  readonly memoryBytes: number;
  /** A run that a newer program wrote to: it has not failed, and this one should not lead. */
  readonly onNewerFormat: (error: StorageError) => void;
}

export class Runs implements RunHost {
  readonly #options: RunsOptions;

  constructor(options: RunsOptions) { this.#options = options; }

  check(spec: Json): { readonly name: string; readonly priority: number } {
    const job = specFromValue(spec);
    const { name, data, resources } = job;
    this.#options.data.check(data.source);
    if (!this.#options.allowModules) assertNoModule(job, 'this cluster takes none: its coordinator was started without --allow-modules');
    assertModuleRead(job);
    return { name, priority: resources.priority };
  }

  open(job: JobRecord, place: RunPlace): OpenRun { return new Run(job, place, this.#options); }

  files(...asked: Parameters<RunPlaces['files']>): ReturnType<RunPlaces['files']> { return this.#options.places.files(...asked); }

  read(...asked: Parameters<RunPlaces['read']>): ReturnType<RunPlaces['read']> { return this.#options.places.read(...asked); }
}

class Run implements OpenRun {
  readonly run: string;
  readonly ended: Promise<JobEvent>;
  compiled: string | null = null;
  readonly #options: RunsOptions;
  readonly #place: RunPlace;
  readonly #stop = new AbortController();
  #control: RunControl | null = null;
  #isAbandoned = false;

  constructor(job: JobRecord, place: RunPlace, options: RunsOptions) {
    this.run = job.id;
    this.#options = options;
    this.#place = place;
    this.ended = this.#train(job).catch((error: unknown) => {
      if (error instanceof StorageError && error.code === 'newer-format') {
        options.onNewerFormat(error);
        return new Promise<never>(() => undefined); // it goes on under a newer program
      }
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

  async #assertLeading(): Promise<void> {
    if (this.#isAbandoned) throw new Error('this coordinator leads no more');
    await this.#place.assertLeading();
  }

  async #train(job: JobRecord): Promise<JobEvent> {
    const { places, data: jobData } = this.#options;
    const spec = specFromValue(job.spec);
    const data = await jobData.load(spec.data, spec.seed);
    const compiled = compileJob(spec, data.facts, data.shape);
    await this.#assertLeading();
    const { journal, ...opened } = await places.open(job.id, { job: compiled, digest: jobDigest(compiled) }, () => this.#assertLeading());
    try {
      return await this.#go({ compiled, data, journal, ...opened });
    } finally {
      await journal.close();
    }
  }

  async #go({ compiled, data, journal, warnings, traces }: Prepared): Promise<JobEvent> {
    const { places, threads, messages, telemetry, memoryBytes } = this.#options;
    const restored = await journal.restore();
    // One with a checkpoint did fit, perhaps into a larger coordinator: it does not fail for good because this one is smaller.
    if (restored.kind !== 'restored') requireMemory(compiled, memoryBytes);
    const begun: RunEvent[] = [];
    this.compiled = JSON.stringify(compiled);
    await trainRun({
      job: compiled, data, directory: places.directory(this.run), ...(traces === undefined ? {} : { traces }), journal, workers: 0, threads, signal: this.#stop.signal,
      start: restored.kind === 'restored' ? restored.snapshot : null,
      fleet: {
        run: this.run, transport: messages, clock: realClock(), epoch: this.#place.epoch, telemetry: jobTelemetry(telemetry, this.run), onOpen: (control) => { this.#control = control; },
      },
      warnings: [...warnings, ...restored.warnings],
      onEvent: (event) => {
        begun[0] = event;
        if (!this.#isAbandoned) this.#place.onEvent({ ...event });
      },
    });
    telemetry.forget(this.run);
    const [last] = begun;
    if (last === undefined) throw new Error('a run ended without a word');
    return { ...last };
  }
}

/** Of the machine, or what its container may have of it. */
export function machineMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Throws UsageError for a job that this machine can never lead. */
export function requireMemory(job: AnyJob, memoryBytes: number): void {
  const needed = coordinatorMemory(job);
  if (needed <= memoryBytes) return;
  throw new UsageError('not-enough-memory', `the coordinator needs about ${bytes(needed)} of memory for this job, and its machine has ${bytes(memoryBytes)}. Choose fewer model.hidden or train.chains, or run a coordinator with more memory.`);
}

interface Prepared extends Pick<Parameters<typeof trainRun>[0], 'data' | 'journal' | 'warnings' | 'traces'> {
  readonly compiled: AnyJob;
}
