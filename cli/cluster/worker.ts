// `ebm worker` beside its agent: whether it may have its name, and how a job that the coordinator names becomes data and a session on this
// machine's engine.
import { isContinuous, type AnyJob, type CompiledJob, type ContinuousJob } from '../../ebm/job.ts';
import type { ContinuousEngine } from '../../engine/continuous.ts';
import type { Engine } from '../../engine/engine.ts';
import { workerMemory } from '../../platform/config/estimate.ts';
import { checkUnchanged, isFloats } from '../../platform/data/load.ts';
import { TransportError } from '../../platform/transport/transport.ts';
import { SUBJECTS } from '../../proto/messages.ts';
import { isCompiledJob } from '../../proto/shape.ts';
import type { Opening } from '../../worker/shell/agent.ts';
import type { WorkerOptions } from '../commands/actions.ts';
import { loadContinuous, openContinuousEngine, placeOf } from '../compose/continuous.ts';
import { problemOf, threadsOf } from '../compose/engines.ts';
import { assertNoModule } from '../compose/modules.ts';
import type { Processor } from '../compose/tensorflow.ts';
import { failureOf } from '../terminal/failure.ts';
import { bytes as inUnits } from '../terminal/format.ts';
import type { Connection } from './connect.ts';
import type { WorkerData, WorkerDataOpening } from './sources.ts';

/** A run that is no job's, whose id would end in a number. */
const NO_RUN = 'permission-check';
const CHECK_MS = 5_000;

/**
 * Asks the server whether a worker of this name may hear what is meant for it in a run: now, and not when there is a job for it. Rejects as the
 * connection's `forbidden` does; a server that does not answer says it later.
 */
export async function checkName(id: string, { bytes, forbidden }: Pick<Connection, 'bytes' | 'forbidden'>): Promise<void> {
  const probe = bytes.subscribe(SUBJECTS.worker(NO_RUN, id), () => undefined);
  await Promise.race([bytes.flush({ deadlineMs: CHECK_MS }), forbidden]).catch((error: unknown) => {
    if (!(error instanceof TransportError)) throw error;
  });
  probe.close();
}

/**
 * What a worker was told of the engine, and has: its threads (null: the cores), the one for Boltzmann machines, whether TensorFlow may compute on the
 * processor; whether it runs the modules of jobs; the memory of its machine, or what its container may have of it.
 */
export interface WorkersOwn extends Pick<WorkerOptions, 'threads' | 'engine' | 'allowModules'> { readonly processor: Processor; readonly memoryBytes: number }

/** What a job needs here. Never throws. */
export async function openWorkshop(text: string, engine: Engine, workerData: WorkerData, own: WorkersOwn): Promise<Opening> {
  try {
    const job = compiledJob(text, workerData);
    if (!own.allowModules) assertNoModule(job, 'this worker runs none: it was started without --allow-modules');
    const needed = workerMemory(job, threadsOf(own.threads));
    if (needed > own.memoryBytes) return unusable(`its units need about ${inUnits(needed)} of memory, and this machine has ${inUnits(own.memoryBytes)}; start a worker on a larger one, or with fewer --threads`);
    const opened = await workerData.open(job.data, job.seed);
    if (opened.kind === 'no-space') return unusable(`there is no room for its data: ${opened.neededBytes} bytes are needed, ${opened.freeBytes} are free; free some, or name a larger place with --cache`);
    return isContinuous(job) ? await openContinuous(job, opened, own) : await openSession(job, engine, opened);
  } catch (error) {
    return unusable(failureOf(error).message);
  }
}

const unusable = (message: string): Opening => ({ kind: 'unusable', message });

async function openSession(job: CompiledJob, engine: Engine, { data, release }: Extract<WorkerDataOpening, { readonly kind: 'open' }>): Promise<Opening> {
  try {
    checkUnchanged(job.facts, data);
    if (isFloats(data)) throw new TypeError('a Boltzmann machine needs rows of bits');
    const session = await engine.load(problemOf(job, data.training));
    return {
      kind: 'open', session, visible: job.facts.visible, hidden: job.model.hidden, rows: { test: data.test?.bits ?? null, validation: data.validation?.bits ?? null },
      close: async () => {
        await session.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The bits of a continuous model are its engine's, so the job names it, unless it says that bits may be anybody's. */
function engineFor({ resources }: ContinuousJob, { engine }: WorkersOwn): ContinuousJob['resources']['engine'] {
  return resources.mixedClasses ? engine : resources.engine;
}

/** On threads of its own, for as long as the job is computed here. */
async function openContinuous(job: ContinuousJob, { data, release }: Extract<WorkerDataOpening, { readonly kind: 'open' }>, own: WorkersOwn): Promise<Opening> {
  let engine: ContinuousEngine | null = null;
  try {
    engine = await openContinuousEngine(engineFor(job, own), own.threads, own.processor);
    checkUnchanged(job.facts, data);
    if (!isFloats(data)) throw new TypeError('a continuous model needs rows as they are');
    const session = await loadContinuous(engine, job, data.training);
    return {
      kind: 'open', engine: engine.fingerprint(), session: null, continuous: placeOf(job, session, data), visible: job.facts.visible, hidden: 0, rows: {},
      close: async () => {
        await engine?.close();
        await release();
      },
    };
  } catch (error) {
    await engine?.close();
    await release();
    throw error;
  }
}

/** What a job names is read here, so it may name nothing but what everybody has: no path of this machine. */
function compiledJob(text: string, workerData: WorkerData): AnyJob {
  const job: unknown = JSON.parse(text);
  if (!isCompiledJob(job)) throw new Error('the coordinator sent a job that this version of ebm cannot read');
  workerData.check(job.data.source);
  return job;
}
