// A thread of reader.ts: reads, unpacks or prepares one data set, and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { meanOf } from '../../ebm/rbm/binarise.ts';
import { DataError, type DataProblem } from '../data/errors.ts';
import { anyLoadedFrom, isFloats, loadAny, type AnyLoaded } from '../data/load.ts';
import { unpackDataset } from './pack.ts';
import { buffersOf, type Reading, type ReadingTask } from './reader.ts';

const task = workerData as ReadingTask;

async function answer(): Promise<Reading> {
  try {
    return { kind: 'done', value: await perform() };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const problem: { -readonly [Name in keyof DataProblem]: DataProblem[Name] } = { ...error.problem };
    delete problem.cause; // not everything that was thrown can be sent
    return { kind: 'refused', problem };
  }
}

async function perform(): Promise<unknown> {
  switch (task.kind) {
    case 'unpack': return unpackDataset(task.bytes, task.name);
    case 'prepare': return withMean(anyLoadedFrom(task.data, task.about));
    case 'built-in': return withMean(await loadAny(task.settings, '/', task.seed));
  }
}

function withMean(loaded: AnyLoaded): AnyLoaded {
  return task.kind === 'unpack' || !task.wantsMean || isFloats(loaded) ? loaded : { ...loaded, mean: meanOf(loaded.training) };
}

const reading = await answer();
parentPort!.postMessage(reading, buffersOf(reading));
