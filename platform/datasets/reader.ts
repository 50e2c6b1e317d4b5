// Data sets read in threads of their own: unpacking, checking, hashing and binarising a gigabyte takes seconds, in which a role of a cluster could give
// no sign of life. Arrays are handed over and not copied: whoever gave them has them no longer.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { DataSettings } from '../../ebm/job.ts';
import type { SourceData } from '../data/data.ts';
import { DataError, type DataProblem } from '../data/errors.ts';
import type { AnyLoaded } from '../data/load.ts';

/** A job's data section and seed, and what messages call the source. */
export interface DataAbout { readonly name: string; readonly settings: DataSettings; readonly seed: number }

/** All reject with DataError. */
export interface DataReader {
  /** As `unpackDataset`. */
  unpack(bytes: Uint8Array, name: string): Promise<SourceData>;
  /** As `anyLoadedFrom`, with the mean of the training rows where it is wanted and there is one. */
  prepare(data: SourceData, about: DataAbout, wantsMean: boolean): Promise<AnyLoaded>;
  /** The same of a set that comes with the program. */
  builtIn(settings: DataSettings, seed: number, wantsMean: boolean): Promise<AnyLoaded>;
}

export type ReadingTask =
  | { readonly kind: 'unpack'; readonly bytes: Uint8Array; readonly name: string }
  | { readonly kind: 'prepare'; readonly data: SourceData; readonly about: DataAbout; readonly wantsMean: boolean }
  | { readonly kind: 'built-in'; readonly settings: DataSettings; readonly seed: number; readonly wantsMean: boolean };

export type Reading = { readonly kind: 'done'; readonly value: unknown } | { readonly kind: 'refused'; readonly problem: DataProblem };

export const threadedReader: DataReader = {
  unpack: (bytes, name) => inThread({ kind: 'unpack', bytes, name }) as Promise<SourceData>,
  prepare: (data, about, wantsMean) => inThread({ kind: 'prepare', data, about, wantsMean }) as Promise<AnyLoaded>,
  builtIn: (settings, seed, wantsMean) => inThread({ kind: 'built-in', settings, seed, wantsMean }) as Promise<AnyLoaded>,
};

async function inThread(task: ReadingTask): Promise<unknown> {
  const thread = new Worker(new URL('./reader-thread.js', import.meta.url), { workerData: task, transferList: buffersOf(task) });
  const [reading] = await Promise.race([once(thread, 'message') as Promise<[Reading]>, ended(thread)]);
  await thread.terminate();
  if (reading.kind === 'refused') throw new DataError(reading.problem);
  return reading.value;
}

/** One that ran out of memory tells by an error, like every other. */
async function ended(thread: Worker): Promise<never> {
  await once(thread, 'exit');
  throw new Error('the thread that reads data ended without a word');
}

/** Memory of all arrays in a value that is handed over. Shared memory is not: both sides have it. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) {
      if (part.buffer instanceof ArrayBuffer) found.add(part.buffer);
    } else if (typeof part === 'object' && part !== null) Object.values(part).forEach(look);
  };
  look(value);
  return [...found];
}
