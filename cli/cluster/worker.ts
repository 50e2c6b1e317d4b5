// `ebm worker` beside its agent: how a job that the coordinator names becomes data and a session on this machine's engine.
import type { CompiledJob } from '../../ebm/job.ts';
import type { Engine } from '../../engine/engine.ts';
import { checkUnchanged } from '../../platform/data/load.ts';
import { isCompiledJob } from '../../proto/shape.ts';
import type { Opening } from '../../worker/shell/agent.ts';
import { problemOf } from '../compose/engines.ts';
import { failureOf } from '../terminal/failure.ts';
import type { JobData } from './sources.ts';

/** What a job needs here. Never throws. */
export async function openWorkshop(text: string, engine: Engine, jobData: JobData): Promise<Opening> {
  try {
    const job = compiledJob(text, jobData);
    const data = await jobData.load(job.data, job.seed);
    checkUnchanged(job.facts, data);
    const session = await engine.load(problemOf(job, data.training));
    return {
      kind: 'open', session, visible: job.facts.visible, hidden: job.model.hidden, rows: { test: data.test?.bits ?? null, validation: data.validation?.bits ?? null },
      close: () => session.close(),
    };
  } catch (error) {
    return { kind: 'unusable', message: failureOf(error).message };
  }
}

/** What a job names is read here, so it may name nothing but what everybody has: no path of this machine. */
function compiledJob(text: string, jobData: JobData): CompiledJob {
  const job: unknown = JSON.parse(text);
  if (!isCompiledJob(job)) throw new Error('the coordinator sent a job that this version of ebm cannot read');
  jobData.check(job.data.source);
  return job;
}
