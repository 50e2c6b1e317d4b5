// `ebm worker`: asks the coordinator what to compute, joins that run, and computes its units until the run is over or another one is due. Owns
// one engine for the life of the process. Losing the connection costs time: questions are asked again, and a run's shell asks for itself.
import { checkUnchanged, loadData } from '../../platform/data/load.ts';
import type { CompiledJob } from '../../ebm/job.ts';
import type { Engine } from '../../engine/engine.ts';
import { ASSIGNMENT, CLUSTER_FORMAT_VERSION, CLUSTER_SUBJECTS, HELLO, type Assignment } from '../../platform/cluster/messages.ts';
import { realClock } from '../../platform/clock/real.ts';
import { TransportError } from '../../platform/transport/transport.ts';
import { WIRE_FORMAT_VERSION } from '../../proto/messages.ts';
import { isCompiledJob } from '../../proto/shape.ts';
import { WorkerShell } from '../../worker/shell/shell.ts';
import { problemOf } from '../compose/engines.ts';
import { UsageError } from '../terminal/failure.ts';
import type { ClusterWires } from './coordinator.ts';
import { pause } from './pause.ts';
import { assertBuiltIn } from './sources.ts';

const ASK_MS = 1_000;
const ANSWER_MS = 5_000;

export interface WorkerSettings {
  readonly id: string;
  readonly engine: Engine;
  readonly signal: AbortSignal;
  readonly onNote: (text: string) => void;
}

/** Works until the signal: the unit at hand is finished, then it says goodbye. */
export async function work(settings: WorkerSettings, wires: ClusterWires): Promise<void> {
  const { signal, onNote } = settings;
  while (!signal.aborted) {
    const assignment = await ask(settings, wires);
    switch (assignment.kind) {
      case 'refused': throw new UsageError('refused', `the coordinator refused this worker: ${assignment.message}`);
      case 'wait': await pause(ASK_MS, signal); break;
      case 'work':
        onNote(`computing for ${assignment.run}`);
        await computeFor(settings, wires, assignment);
        await pause(ASK_MS, signal);
    }
  }
}

async function ask({ id, engine, signal }: WorkerSettings, { bytes }: ClusterWires): Promise<Assignment> {
  const { version, deviceClass, threads } = engine.fingerprint();
  const question = HELLO.write({ v: CLUSTER_FORMAT_VERSION, worker: id, wire: WIRE_FORMAT_VERSION, engine: version, deviceClass, threads });
  while (!signal.aborted) {
    try {
      const read = ASSIGNMENT.read(await bytes.request(CLUSTER_SUBJECTS.work, question, { deadlineMs: ANSWER_MS }));
      if (read.kind === 'value') return read.value;
      throw new Error(`the coordinator's answer could not be read: ${read.reason}`);
    } catch (error) {
      if (!(error instanceof TransportError) || error.code === 'closed') throw error;
      await pause(ASK_MS, signal); // no coordinator at the moment
    }
  }
  return { kind: 'wait' };
}

async function computeFor(settings: WorkerSettings, wires: ClusterWires, { run, job: text }: Extract<Assignment, { kind: 'work' }>): Promise<void> {
  const { id, engine, signal } = settings;
  const job = compiledJob(text);
  const data = await loadData(job.data, '/', job.seed);
  checkUnchanged(job.facts, data);
  const session = await engine.load(problemOf(job, data.training));
  const shell = new WorkerShell({
    run, id, session, engine: engine.fingerprint(), clock: realClock(), transport: wires.messages, shared: false,
    visible: job.facts.visible, hidden: job.model.hidden, rows: { test: data.test?.bits ?? null, validation: data.validation?.bits ?? null },
  });
  const stop = (): void => { shell.drain(); };
  signal.addEventListener('abort', stop, { once: true });
  const watching = setInterval(() => { void isStill(run, settings, wires).then((still) => { if (!still) shell.drain(); }); }, ANSWER_MS);
  try {
    if (!signal.aborted) await shell.run();
  } finally {
    clearInterval(watching);
    signal.removeEventListener('abort', stop);
    await session.close();
  }
}

/** What a job names is read here, so it may name nothing but what comes with the program: no path of this machine. */
function compiledJob(text: string): CompiledJob {
  const job: unknown = JSON.parse(text);
  if (!isCompiledJob(job)) throw new Error('the coordinator sent a job that this version of ebm cannot read');
  assertBuiltIn(job.data.source);
  return job;
}

/** Whether the coordinator still wants this run computed; while there is none, yes. */
async function isStill(run: string, { id, engine }: WorkerSettings, { bytes }: ClusterWires): Promise<boolean> {
  const { version, deviceClass, threads } = engine.fingerprint();
  const question = HELLO.write({ v: CLUSTER_FORMAT_VERSION, worker: id, wire: WIRE_FORMAT_VERSION, engine: version, deviceClass, threads });
  const answer = await bytes.request(CLUSTER_SUBJECTS.work, question, { deadlineMs: ANSWER_MS }).catch(() => null);
  const read = answer === null ? null : ASSIGNMENT.read(answer);
  return read?.kind !== 'value' || (read.value.kind === 'work' && read.value.run === run);
}
