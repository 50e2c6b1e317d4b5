// `ebm coordinator`: takes jobs, runs them one after the other by priority, and tells workers what to compute. Owns the order of the jobs and
// the directory they are kept in: STORE/records (store.ts: epochs, jobs, ends) and STORE/runs/ID (run directories). The runs are the shells'.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledJob } from '../../ebm/job.ts';
import { compileJob } from '../../platform/config/compile.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { specFromValue } from '../../platform/config/read.ts';
import {
  ASSIGNMENT, CLUSTER_FORMAT_VERSION, CLUSTER_SUBJECTS, HELLO, JOB_ANSWER, JOB_QUESTION, type Assignment, type JobAnswer, type JobQuestion, type JobRow,
} from '../../platform/cluster/messages.ts';
import { loadData } from '../../platform/data/load.ts';
import { createRunDirectory, openRunDirectory } from '../../platform/journal/run-directory.ts';
import type { Snapshot } from '../../platform/journal/journal.ts';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import type { Store } from '../../platform/store/store.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import { WIRE_FORMAT_VERSION, type Message } from '../../proto/messages.ts';
import { trainRun } from '../compose/trainer.ts';
import type { RunEvent } from '../terminal/events.ts';
import { failureOf } from '../terminal/failure.ts';
import { realClock } from '../../platform/clock/real.ts';
import { assertBuiltIn } from './sources.ts';
import { ended, isDeposed, recordEnd, submit, submitted, takeEpoch, type Submitted } from './records.ts';

export interface ClusterWires {
  readonly bytes: Transport<Uint8Array>;
  readonly messages: Transport<Message>;
}

export interface CoordinatorSettings {
  readonly directory: string;
  readonly name: string;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onEvent: (job: string, event: RunEvent) => void;
  /** Once: it answers from now on. */
  readonly onLeading: (epoch: number) => void;
}

interface Running { readonly job: Submitted; readonly compiled: CompiledJob; readonly stop: AbortController; isCancelled: boolean; update: number }

export class Coordinator {
  readonly #settings: CoordinatorSettings;
  readonly #wires: ClusterWires;
  readonly #store: Store;
  readonly #epoch: number;
  #running: Running | null = null;
  #wake: () => void = () => undefined;

  static async open(settings: CoordinatorSettings, wires: ClusterWires): Promise<Coordinator> {
    const store = await openDirectoryStore(nodeFiles(), join(settings.directory, 'records'));
    return new Coordinator(settings, wires, { store, epoch: await takeEpoch(store, settings.name) });
  }

  private constructor(settings: CoordinatorSettings, wires: ClusterWires, own: { readonly store: Store; readonly epoch: number }) {
    this.#settings = settings;
    this.#wires = wires;
    this.#store = own.store;
    this.#epoch = own.epoch;
  }

  /** Runs jobs until the signal; a run that is under way is saved and goes on with the next coordinator. */
  async run(): Promise<void> {
    const { signal, onLeading } = this.#settings;
    const { bytes } = this.#wires;
    const services = [
      bytes.serve(CLUSTER_SUBJECTS.work, (question) => ASSIGNMENT.write(this.#assign(question))),
      bytes.serve(CLUSTER_SUBJECTS.jobs, async (question) => JOB_ANSWER.write(await this.#answer(question))),
    ];
    const stop = (): void => { this.#running?.stop.abort(signal.reason); this.#wake(); };
    signal.addEventListener('abort', stop, { once: true });
    onLeading(this.#epoch);
    try {
      while (!signal.aborted && !await isDeposed(this.#store, this.#epoch)) {
        const waken = new Promise<void>((resolve) => { this.#wake = resolve; });
        const next = await this.#next();
        if (next === null) await waken;
        else await this.#compute(next);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      for (const service of services) service.close();
      await this.#store.close();
    }
  }

  /** The unfinished job of the highest priority; of equal ones the oldest. */
  async #next(): Promise<Submitted | null> {
    let best: Submitted | null = null;
    for (const job of await submitted(this.#store)) {
      if (await ended(this.#store, job) !== null) continue;
      if (best === null || priorityOf(job) > priorityOf(best)) best = job;
    }
    return best;
  }

  async #compute(job: Submitted): Promise<void> {
    try {
      const outcome = await this.#train(job);
      if (outcome.kind !== 'interrupted') await recordEnd(this.#store, job, { ...outcome });
    } catch (error) {
      const { code, message } = failureOf(error);
      await recordEnd(this.#store, job, { kind: 'failed', code, message, update: this.#running?.update ?? 0 });
      this.#tell(job.id, { kind: 'failed', code, message, update: this.#running?.update ?? 0 });
    } finally {
      this.#running = null;
    }
  }

  async #train(job: Submitted): Promise<RunEvent> {
    const spec = specFromValue(job.spec);
    const directory = join(this.#settings.directory, 'runs', job.id);
    const data = await loadData(spec.data, '/', spec.seed);
    const compiled = compileJob(spec, data.facts);
    const open = existsSync(join(directory, 'job.json'))
      ? await openRunDirectory(directory) : await createRunDirectory(directory, { job: compiled, digest: jobDigest(compiled) });
    const running: Running = { job, compiled, stop: new AbortController(), isCancelled: false, update: 0 };
    let last: RunEvent | null = null;
    try {
      const restored = await open.journal.restore();
      const start: Snapshot | null = restored.kind === 'restored' ? restored.snapshot : null;
      this.#running = running;
      if (this.#settings.signal.aborted) running.stop.abort(this.#settings.signal.reason);
      const fleet = { run: runName(job), transport: this.#wires.messages, clock: realClock(), epoch: this.#epoch };
      await trainRun({
        job: compiled, data, directory, journal: open.journal, start, workers: 0, fleet, threads: this.#settings.threads, signal: running.stop.signal,
        warnings: [...open.warnings, ...restored.warnings],
        onEvent: (event) => {
          last = running.isCancelled && event.kind === 'interrupted' ? { kind: 'cancelled', update: event.update } : event;
          if (event.kind === 'progress' || event.kind === 'evaluated') running.update = event.update;
          this.#tell(job.id, last);
        },
      });
    } finally {
      await open.journal.close();
    }
    if (last === null) throw new Error('a run ended without a word');
    return last;
  }

  #tell(job: string, event: RunEvent): void {
    this.#settings.onEvent(job, event);
    this.#wires.bytes.publish(CLUSTER_SUBJECTS.events(job), new TextEncoder().encode(JSON.stringify(event)));
  }

  #assign(question: Uint8Array): Assignment {
    const hello = HELLO.read(question);
    if (hello.kind === 'malformed') return { kind: 'refused', code: 'malformed', message: hello.reason };
    const { v, wire } = hello.value;
    if (v > CLUSTER_FORMAT_VERSION || wire !== WIRE_FORMAT_VERSION) {
      return { kind: 'refused', code: 'protocol', message: `this coordinator speaks wire format ${WIRE_FORMAT_VERSION}, the worker ${wire}: run the same version of ebm on both` };
    }
    const running = this.#running;
    return running === null || running.stop.signal.aborted ? { kind: 'wait' } : { kind: 'work', run: runName(running.job), job: JSON.stringify(running.compiled) };
  }

  async #answer(question: Uint8Array): Promise<JobAnswer> {
    const read = JOB_QUESTION.read(question);
    if (read.kind === 'malformed') return { kind: 'refused', code: 'malformed', message: read.reason };
    if (read.value.v > CLUSTER_FORMAT_VERSION) return { kind: 'refused', code: 'protocol', message: `this coordinator speaks format ${CLUSTER_FORMAT_VERSION}` };
    try {
      return await this.#obey(read.value);
    } catch (error) {
      const { code, message } = failureOf(error);
      return { kind: 'refused', code, message };
    }
  }

  async #obey(question: JobQuestion): Promise<JobAnswer> {
    if (question.op === 'submit') {
      const spec = specFromValue(question.spec);
      assertBuiltIn(spec.data.source);
      const job = await submit(this.#store, spec.name, question.spec);
      this.#wake();
      return { kind: 'jobs', jobs: [await this.#row(job)] };
    }
    const all = await submitted(this.#store);
    if (question.op === 'list') return { kind: 'jobs', jobs: await Promise.all(all.map((job) => this.#row(job))) };
    const job = all.find(({ id }) => id === question.id);
    if (job === undefined) return { kind: 'refused', code: 'no-such-job', message: `there is no job ${question.id}; \`ebm list\` shows them` };
    if (question.op === 'cancel') await this.#cancel(job);
    return { kind: 'jobs', jobs: [await this.#row(job)] };
  }

  async #cancel(job: Submitted): Promise<void> {
    if (this.#running?.job.number === job.number) {
      this.#running.isCancelled = true;
      this.#running.stop.abort();
      return;
    }
    if (await ended(this.#store, job) === null) await recordEnd(this.#store, job, { kind: 'cancelled', update: 0 });
  }

  async #row(job: Submitted): Promise<JobRow> {
    const end = await ended(this.#store, job);
    const spec = specFromValue(job.spec);
    const running = this.#running?.job.number === job.number ? this.#running : null;
    const state = end === null ? (running === null ? 'queued' : 'running') : endState(end['kind']);
    const update = Number(running?.update ?? end?.['updates'] ?? end?.['update'] ?? 0);
    return { id: job.id, name: spec.name, state, priority: spec.resources.priority, update, updates: running?.compiled.train.updates ?? null, end: end === null ? null : { ...end } };
  }
}

/** Subjects have no dots in a run's name. */
function runName(job: Submitted): string {
  return job.id.replaceAll('.', '_');
}

function endState(kind: unknown): JobRow['state'] {
  return kind === 'finished' || kind === 'cancelled' ? kind : 'failed';
}

function priorityOf(job: Submitted): number {
  return specFromValue(job.spec).resources.priority;
}
