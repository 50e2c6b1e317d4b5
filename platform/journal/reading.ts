// A run directory as `ebm inspect`, `evaluate`, `export` and `verify` see it: nothing is locked, changed or mended, so a run that is
// going on may be looked at.
import { join } from 'node:path';
import { isContinuous } from '../../ebm/job.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import { leaseFileHolder, type FileLeaseHolder } from '../lease/file.ts';
import { processes } from '../lease/processes.ts';
import { guarded, StorageError } from '../store/errors.ts';
import type { Files } from '../store/files.ts';
import { nodeFiles } from '../store/node-files.ts';
import { Belonging } from './belonging.ts';
import { readModel } from './checkpoint-files.ts';
import { Checkpoints, describeDamage, type CheckpointEntry } from './checkpoints.ts';
import { CHECKPOINTS_NAME, METRICS_NAME } from './directory.ts';
import { adviceAfter, stopOf, stopText, type RecordedStop } from './ended.ts';
import { readJob, type RunJob } from './job-document.ts';
import type { AnyPublished, PublishedModel, RestoreOutcome } from './journal.ts';
import type { LedgerLine } from './ledger.ts';
import { LEDGER_NAME, scanLedger, type LedgerScan } from './ledger-file.ts';
import { LIMITS } from './limits.ts';
import { readLines } from './lines.ts';
import type { Manifest } from './manifest.ts';
import { requireRun } from './run-directory.ts';

/** A checkpoint and its health; `what` says what is wrong, with the file's path. */
export type CheckpointHealth =
  | { readonly kind: 'good'; readonly path: string; readonly update: number; readonly manifest: Manifest }
  | { readonly kind: 'damaged'; readonly path: string; readonly update: number; readonly what: string };

/** A good checkpoint that the ledger beside it contradicts; `what` says how, with the checkpoint as `it`. */
export interface Misfit { readonly path: string; readonly manifest: Manifest; readonly what: string }

/** `newest`: the last in the run's history; `best`: with the highest figure, else the newest. */
export type Which = 'newest' | 'best' | { readonly update: number };

export interface PublishedReading {
  readonly path: string;
  readonly manifest: Manifest;
  readonly model: AnyPublished;
  readonly warnings: readonly string[];
}

export interface ModelReading extends PublishedReading {
  /** On the grid, exactly what was sampled: integers in units of 2^-grid nats. */
  readonly parameters: Parameters;
  /** The same in nats. */
  readonly model: PublishedModel;
}

export interface RunReader extends RunJob {
  readonly path: string;
  /** Newest first. `deep`: every byte is read; else sizes and manifests alone. */
  checkpoints(depth: 'quick' | 'deep'): Promise<readonly CheckpointHealth[]>;
  /** The newest good checkpoint, or the newest with at most so many updates. */
  restore(atMost?: number): Promise<RestoreOutcome>;
  /** The published model of a good checkpoint, of whatever family. Throws StorageError if there is none. */
  published(which: Which): Promise<PublishedReading>;
  /** The same of a Boltzmann machine. Throws StorageError for any other. */
  model(which: Which): Promise<ModelReading>;
  /** Follows the ledger's chain; `visit` sees every line that is on it. */
  ledger(visit?: (line: LedgerLine) => void): Promise<LedgerScan>;
  /**
   * Those of the checkpoints that do not belong to the ledger, in the order given. Checkpoints are read before the ledger: one that a
   * process writes in between counts lines that are there already.
   */
  misfits(checkpoints: readonly CheckpointHealth[]): Promise<readonly Misfit[]>;
  /** The live process that has the directory to itself; null if none has. The lock is looked at and never taken. */
  holder(): Promise<FileLeaseHolder | null>;
  /** How it ended, if it did not come to its end and has not gone on since. */
  stopped(): Promise<RecordedStop | null>;
  /** Lines of metrics.jsonl, as parsed; what is no JSON object is left out. */
  metrics(visit: (line: Readonly<Record<string, unknown>>) => void): Promise<void>;
}

/** Values in nats as integers in units of 2^-grid nats; they are exact. */
function onGrid<Integers extends Int16Array | Int32Array>(values: Float32Array, into: Integers, scale: number): Integers {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]! * scale;
    into[i] = value;
    if (into[i] !== value) throw new RangeError(`element ${i} is ${values[i]!} nats, which is not on the grid of 1/${scale} nats`);
  }
  return into;
}

/** The model's grid values, exactly. `source` names it. Throws RangeError if a value is not on the grid. */
export function gridParameters(model: PublishedModel, grid: number, source: { readonly branch: number; readonly update: number }): Parameters {
  let scale = 1;
  for (let bit = 0; bit < grid; bit += 1) scale *= 2;
  return {
    branch: source.branch,
    version: source.update,
    weights: onGrid(model.weights, new Int16Array(model.weights.length), scale),
    visibleBias: onGrid(model.visibleBias, new Int32Array(model.visibleBias.length), scale),
    hiddenBias: onGrid(model.hiddenBias, new Int32Array(model.hiddenBias.length), scale),
  };
}

class DirectoryReader implements RunReader {
  readonly path: string;
  readonly job: RunJob['job'];
  readonly digest: string;
  readonly #files: Files;
  readonly #checkpoints: Checkpoints;

  constructor(files: Files, path: string, { job, digest }: RunJob) {
    this.#files = files;
    this.path = path;
    this.job = job;
    this.digest = digest;
    this.#checkpoints = new Checkpoints(files, join(path, CHECKPOINTS_NAME));
  }

  checkpoints(depth: 'quick' | 'deep'): Promise<readonly CheckpointHealth[]> {
    return guarded(this.path, 'looking at checkpoints', async () => {
      if (depth === 'deep') for (const entry of await this.#checkpoints.list()) await this.#checkpoints.read(entry);
      return (await this.#checkpoints.list()).map((entry) => entry.kind === 'good'
        ? { kind: 'good', path: entry.path, update: entry.update, manifest: entry.manifest }
        : { kind: 'damaged', path: entry.path, update: entry.update, what: describeDamage(entry.path, entry.damage) });
    });
  }

  restore(atMost = Infinity): Promise<RestoreOutcome> {
    return guarded(this.path, 'reading a checkpoint', async () => {
      const warnings: string[] = [];
      // By update: what leads to it is the same on every branch that reached it, and the nearest saves the most work.
      const wanted = (await this.#checkpoints.list()).filter(({ update }) => update <= atMost);
      for (const entry of atMost === Infinity ? wanted : [...wanted].sort((a, b) => b.update - a.update)) {
        const { snapshot, damage } = await this.#checkpoints.read(entry);
        if (damage !== null) warnings.push(`${describeDamage(entry.path, damage)}; this checkpoint was passed over`);
        if (snapshot !== null) return { kind: 'restored', snapshot, warnings };
      }
      return { kind: 'none', warnings };
    });
  }

  async model(which: Which): Promise<ModelReading> {
    const { model, ...read } = await this.published(which);
    const { job } = this;
    if ('kind' in model || isContinuous(job)) throw new StorageError({ code: 'other-model', path: this.path, what: 'its model is an energy over real vectors, which has no hidden units', remedy: '`ebm sample`, `score`, `evaluate`, `export`, `inspect`, `verify` and `resume` take it.' });
    return { ...read, model, parameters: gridParameters(model, job.model.grid, read.manifest) };
  }

  published(which: Which): Promise<PublishedReading> {
    return guarded(this.path, 'reading the model', async () => {
      const damage: string[] = [];
      const entries = await this.#checkpoints.list();
      for (const entry of inOrder(entries, which)) {
        const reading = entry.kind === 'good' ? await readModel(this.#files, entry.path, entry.manifest) : entry;
        if (reading.kind === 'damaged' || entry.kind === 'damaged') {
          if (reading.kind === 'damaged') damage.push(describeDamage(entry.path, reading.damage));
          continue;
        }
        return { path: entry.path, manifest: entry.manifest, model: reading.content, warnings: damage.map((what) => `${what}; this checkpoint was passed over`) };
      }
      const there = entries.map(({ update }) => update).join(', ');
      if (typeof which === 'object' && there !== '') {
        throw new StorageError({
          code: damage.length > 0 ? 'damaged' : 'missing', path: join(this.path, CHECKPOINTS_NAME),
          what: damage.length > 0 ? `no checkpoint can be used: ${damage.join('. ')}` : `there is no checkpoint of update ${which.update}`,
          remedy: `There are: ${there}.`,
        });
      }
      throw damage.length > 0 ? noneGood(this.path, damage) : await this.#noneYet();
    });
  }

  async #noneYet(): Promise<StorageError> {
    const [holder, stop] = [await this.holder(), await this.stopped()];
    const path = join(this.path, CHECKPOINTS_NAME);
    if (holder !== null) return new StorageError({ code: 'missing', path, what: `the run has no checkpoint yet, and is in use by ${holder.name} since ${holder.since}`, remedy: 'Wait for its first one, and try again.' });
    if (stop !== null) return new StorageError({ code: 'missing', path, what: `the run has no checkpoint: it ${stop.kind === 'cancelled' ? 'was ' : ''}${stopText(stop)}`, remedy: adviceAfter(stop, this.path) });
    return new StorageError({ code: 'missing', path, what: 'the run has no checkpoint yet', remedy: `Train it first (ebm resume ${this.path}).` });
  }

  misfits(checkpoints: readonly CheckpointHealth[]): Promise<readonly Misfit[]> {
    return guarded(join(this.path, LEDGER_NAME), 'reading it', async () => {
      const good = checkpoints.flatMap((checkpoint) => checkpoint.kind === 'good' ? [{ ...checkpoint, belonging: new Belonging(checkpoint.manifest) }] : []);
      await scanLedger(this.#files, join(this.path, LEDGER_NAME), (position, _bytes, line) => { for (const { belonging } of good) belonging.visit(position, line); });
      return good.flatMap(({ path, manifest, belonging }) => {
        const what = belonging.contradiction();
        return what === null ? [] : [{ path, manifest, what }];
      });
    });
  }

  async stopped(): Promise<RecordedStop | null> {
    let stop: RecordedStop | null = null;
    await this.metrics((line) => { stop = stopOf(line); });
    return stop;
  }

  holder(): Promise<FileLeaseHolder | null> {
    return leaseFileHolder({ files: this.#files, directory: this.path, processes: processes() });
  }

  ledger(visit?: (line: LedgerLine) => void): Promise<LedgerScan> {
    return guarded(join(this.path, LEDGER_NAME), 'reading it', () => scanLedger(this.#files, join(this.path, LEDGER_NAME), (_position, _bytes, line) => {
      if (line !== null) visit?.(line);
    }));
  }

  metrics(visit: (line: Readonly<Record<string, unknown>>) => void): Promise<void> {
    return guarded(join(this.path, METRICS_NAME), 'reading it', async () => {
      for await (const found of readLines(this.#files, join(this.path, METRICS_NAME), LIMITS.metricsLineBytesMax)) {
        const value = found.kind === 'line' ? parseObject(found.text) : null;
        if (value !== null) visit(value);
      }
    });
  }
}

/** That every checkpoint of a run is damaged; `damage`: what is wrong with each. */
export function noneGood(run: string, damage: readonly string[]): StorageError {
  const checkpoints = join(run, CHECKPOINTS_NAME);
  return new StorageError({
    code: 'damaged', path: checkpoints, what: `no checkpoint can be used: ${damage.join('. ')}`,
    remedy: `Put one of them back from a copy. To compute the run again from its seed, with the same bits, move ${checkpoints} away first.`,
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : null;
  } catch {
    return null;
  }
}

function inOrder(entries: readonly CheckpointEntry[], which: Which): readonly CheckpointEntry[] {
  if (typeof which === 'object') return entries.filter(({ update }) => update === which.update);
  if (which === 'newest') return entries;
  const figure = (entry: CheckpointEntry): number => entry.kind === 'good' ? entry.figure ?? -Infinity : Infinity;
  // Stable: of equal ones, and of those without a figure, the newest first. Damaged ones come first so that they are named.
  return [...entries].sort((a, b) => figure(a) === figure(b) ? 0 : figure(b) - figure(a));
}

/** Throws StorageError: missing, not-a-directory, not-a-run, newer-format or damaged. */
export function readRunDirectory(path: string, files: Files = nodeFiles()): Promise<RunReader> {
  return guarded(path, 'reading the run directory', async () => {
    await requireRun(files, path);
    return new DirectoryReader(files, path, await readJob(files, path));
  });
}
