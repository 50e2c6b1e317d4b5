// `ebm worker` beside its agent: how a job that the coordinator names becomes data and a session on this machine's engine.
import type { CompiledJob } from '../../ebm/job.ts';
import type { Engine } from '../../engine/engine.ts';
import { checkUnchanged } from '../../platform/data/load.ts';
import { isCompiledJob } from '../../proto/shape.ts';
import type { Opening } from '../../worker/shell/agent.ts';
import { problemOf } from '../compose/engines.ts';
import { failureOf } from '../terminal/failure.ts';
import type { WorkerData, WorkerDataOpening } from './sources.ts';

/** What a job needs here. Never throws. */
export async function openWorkshop(text: string, engine: Engine, workerData: WorkerData): Promise<Opening> {
  try {
    const job = compiledJob(text, workerData);
    const opened = await workerData.open(job.data, job.seed);
    if (opened.kind === 'no-space') return opened;
    return await openSession(job, engine, opened);
  } catch (error) {
    return { kind: 'unusable', message: failureOf(error).message };
  }
}

async function openSession(job: CompiledJob, engine: Engine, { data, release }: Extract<WorkerDataOpening, { readonly kind: 'open' }>): Promise<Opening> {
  try {
    checkUnchanged(job.facts, data);
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

/** What a job names is read here, so it may name nothing but what everybody has: no path of this machine. */
function compiledJob(text: string, workerData: WorkerData): CompiledJob {
  const job: unknown = JSON.parse(text);
  if (!isCompiledJob(job)) throw new Error('the coordinator sent a job that this version of ebm cannot read');
  workerData.check(job.data.source);
  return job;
}
