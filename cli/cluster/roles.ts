// `ebm coordinator` and `ebm worker` as processes: connection, engine, health, signals, and which coordinator leads. A role ends with 0 when it
// is told to stop.
import { hostname } from 'node:os';
import { NO_HISTORY, type History } from '../../coordinator/machine/cluster/history.ts';
import { initialCluster } from '../../coordinator/machine/cluster/state.ts';
import { ClusterShell } from '../../coordinator/shell/cluster/cluster.ts';
import { projectFleet } from '../../coordinator/shell/cluster/gauges.ts';
import type { RunHost } from '../../coordinator/shell/cluster/host.ts';
import type { Engine } from '../../engine/engine.ts';
import { datasetFetcher } from '../../platform/datasets/client.ts';
import { realClock } from '../../platform/clock/real.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import { waitForLease, type KeptLease } from '../../platform/lease/keeping.ts';
import type { Lease } from '../../platform/lease/lease.ts';
import { prometheusTelemetry, type PrometheusTelemetry } from '../../platform/telemetry/prometheus.ts';
import { WIRE_FORMAT_VERSION } from '../../proto/messages.ts';
import { WorkerAgent, type AgentState } from '../../worker/shell/agent.ts';
import type { CoordinatorOptions, WorkerOptions } from '../commands/actions.ts';
import { openEngine, stepThreadsOf, threadsOf } from '../compose/engines.ts';
import type { Standing } from '../compose/probes.ts';
import { openTensorflow, type Processor } from '../compose/tensorflow.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { connectCluster, type Connection } from './connect.ts';
import { openCache, openDatasets, wireOf } from './datasets.ts';
import { leaveFormats, requireKnownFormats, requireReadable } from './formats.ts';
import { GOLDEN_DIGEST, goldenDigest } from './golden.ts';
import { agentStanding, checkListen, serveHealth } from './health.ts';
import { serveJobs } from './job-service.ts';
import { measuredSession } from './measured.ts';
import { machineMemory, Runs } from './runs.ts';
import { cachedData, storedData } from './sources.ts';
import { identityOf, refuseStrangers, watchStrangers } from './strangers.ts';
import { openPlace, type ClusterPlace } from './stores.ts';
import { checkName, openWorkshop } from './worker.ts';

/** How soon a standby looks whether the leader is gone. */
const STANDBY_MS = 250;

export async function coordinator(options: CoordinatorOptions, output: Output): Promise<ExitCode> {
  checkListen(options.listen);
  const telemetry = prometheusTelemetry('coordinator');
  const connection = await connectCluster(options, 'coordinator', output, telemetry);
  try {
    const clock = realClock();
    let standing: Standing = { state: 'starting', reasons: ['the store is being opened'] };
    const health = await serveHealth({ role: 'coordinator', listen: options.listen, telemetry, transport: connection.bytes, standing: () => standing, output });
    const place = await openPlace(options.store, connection.bytes);
    try {
      await requireReadable(place.store, place.name); // before the lease, which is in the store too
      while (!options.signal.aborted) {
        projectFleet(telemetry, initialCluster(NO_HISTORY)); // zeros: nothing is led
        let isStandby = false;
        const kept = await waitForLease(place.lease, clock, { pollMs: STANDBY_MS, signal: options.signal, onWaiting: (why) => {
          if (!isStandby) output.result({ kind: 'standby', store: place.name, leader: why instanceof Error ? null : why.name }, `standing by: ${why instanceof Error ? why.message : `${why.name} leads in ${place.name}`}`);
          isStandby = true;
          standing = { state: 'standing by', reasons: [] };
        } });
        if (kept === null) break;
        standing = { state: 'leading', reasons: [] };
        const held = holdOn(place.lease, kept, clock);
        try {
          await lead(options, { connection, place, telemetry, onDoubts: (reasons) => { standing = { state: 'leading', reasons }; } }, output);
        } finally {
          await held.giveUp().catch((error: unknown) => { output.warn(`the lease could not be given up: ${String(error)}`); });
        }
      }
    } finally {
      await health.close();
      await place.close();
    }
    return 0;
  } finally {
    await connection.close();
  }
}

/**
 * A leader whose lease ended (it was stopped for a while, or the server was away) leads on and takes it again, unless a standby was quicker: then
 * a fence is in the store, which ends the leader whatever it believes.
 */
function holdOn(lease: Lease, first: KeptLease, clock: Clock): { giveUp(): Promise<void> } {
  const done = new AbortController();
  const holding = (async (): Promise<KeptLease | null> => {
    const stopped = new Promise<'stopped'>((resolve) => { done.signal.addEventListener('abort', () => { resolve('stopped'); }, { once: true }); });
    for (let kept: KeptLease | null = first; kept !== null; kept = await waitForLease(lease, clock, { pollMs: STANDBY_MS, signal: done.signal })) {
      if (await Promise.race([kept.lost, stopped]) === 'stopped') return kept;
    }
    return null;
  })();
  return { giveUp: async () => { done.abort(); await (await holding)?.giveUp(); } };
}

interface Lead {
  readonly connection: Connection;
  readonly place: ClusterPlace;
  readonly telemetry: PrometheusTelemetry;
  /** What a probe is to hear of this leader; nothing once it is well again. */
  readonly onDoubts: (reasons: readonly string[]) => void;
}

/** From the fence to the end: told to stop, or deposed. */
async function lead(options: CoordinatorOptions, { connection, place, telemetry, onDoubts }: Lead, output: Output): Promise<void> {
  await requireKnownFormats(place.store, place.name);
  const identity = await identityOf(place.store);
  await refuseStrangers(connection.bytes, identity, false);
  await leaveFormats(place.store);
  let history = (): History => NO_HISTORY;
  const datasets = await openDatasets(await place.datasets(), () => history(), output);
  let refuse: (error: Error) => void = () => undefined;
  const unreadable = new Promise<never>((_, reject) => { refuse = reject; });
  unreadable.catch(() => undefined); // whoever races it hears of it
  const host: RunHost = new Runs({
    places: place.runs, threads: stepThreadsOf(options.threads), messages: connection.messages, data: storedData(datasets), telemetry, memoryBytes: machineMemory(), allowModules: options.allowModules,
    onNewerFormat: (error) => { refuse(error); },
  });
  const shell = await ClusterShell.lead({
    store: place.store, name: `${hostname()}-${process.pid}`, clock: realClock(), transport: connection.bytes, host, telemetry, wireVersion: WIRE_FORMAT_VERSION, golden: GOLDEN_DIGEST,
    onEvent: (job, event) => { if (event.kind !== 'progress') output.result({ ...event, kind: event.kind, id: job }, `${job}: ${event.kind}`); },
    onWarning: (message) => { output.warn(message); },
  });
  history = () => shell.state.history;
  const service = await serveJobs(connection.bytes, { desk: { shell, host }, identity, telemetry, onError: (error) => { output.warn(`a question about jobs could not be answered: ${error.message}`); } });
  const transfers = datasets.serve(connection.bytes);
  await refuseStrangers(connection.bytes, identity, true).catch(async (error: unknown) => { // before any run is opened
    transfers.close();
    await service.stop();
    throw error;
  });
  output.result({ kind: 'leading', epoch: shell.epoch, store: place.name }, `leading under epoch ${shell.epoch}, jobs and runs in ${place.name}`);
  const strangers = watchStrangers(connection.bytes, identity, { clock: realClock(), onChange: (isMixed) => {
    const text = 'a coordinator of another store leads on this NATS server: its workers and jobs and ours are mixed, stop one of the two (`nats micro info ebm-coordinator` shows them)';
    onDoubts(isMixed ? [text] : []);
    if (isMixed) output.warn(text);
    else output.note('no coordinator of another store leads on this NATS server any more');
  } });
  try {
    const outcome = await Promise.race([shell.run(options.signal), connection.forbidden, unreadable]);
    if (outcome.kind === 'deposed') output.result({ kind: 'deposed', epoch: outcome.epoch, store: place.name }, `deposed: another coordinator leads in ${place.name} by now; epoch ${outcome.epoch} writes nothing more`);
  } finally {
    strangers.stop();
    transfers.close();
    await service.stop();
    await datasets.close();
  }
}

export async function worker(options: WorkerOptions, output: Output): Promise<ExitCode> {
  checkListen(options.listen);
  const telemetry = prometheusTelemetry('worker');
  const connection = await connectCluster(options, 'worker', output, telemetry);
  try {
    let state: AgentState = { kind: 'asking' };
    let isTold = false;
    const onState = (next: AgentState): void => {
      if (next.kind === 'asking' && !isTold) output.note('no coordinator answers: this worker waits for one (`ebm coordinator` starts it)');
      isTold = next.kind === 'asking';
      state = next;
    };
    const health = await serveHealth({ role: 'worker', listen: options.listen, telemetry, transport: connection.bytes, standing: () => agentStanding(state), output });
    try {
      return await compute(options, { connection, telemetry, onState }, output);
    } finally {
      await health.close();
    }
  } finally {
    await connection.close();
  }
}

function processorOf({ gpu }: WorkerOptions): Processor {
  return gpu ? 'refused' : 'allowed';
}

function openWorkersEngine(options: WorkerOptions): Promise<Engine> {
  const { engine, threads } = options;
  if (engine !== 'tensorflow') return openEngine(engine, threads, 'later');
  return openTensorflow({ threads: threadsOf(threads), next: 'later', processor: processorOf(options) });
}

interface Compute { readonly connection: Connection; readonly telemetry: PrometheusTelemetry; readonly onState: (state: AgentState) => void }

async function compute(options: WorkerOptions, { connection, telemetry, onState }: Compute, output: Output): Promise<ExitCode> {
  const id = options.name ?? `${hostname().replaceAll(/[^A-Za-z0-9_-]/g, '_')}-${process.pid}`;
  await checkName(id, connection);
  const data = cachedData(await openCache(options), datasetFetcher(wireOf(connection.bytes, options.signal)));
  const engine = await openWorkersEngine(options);
  try {
    const { threads, deviceClass } = engine.fingerprint();
    output.note(`worker ${id}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${deviceClass}`);
    const clock = realClock();
    const agent = new WorkerAgent({
      id, bytes: connection.bytes, messages: connection.messages, clock, engine: engine.fingerprint(), golden: await goldenDigest(engine), onState,
      async open(text) {
        const opened = await openWorkshop(text, engine, data, {
          threads: options.threads, engine: options.engine, processor: processorOf(options), allowModules: options.allowModules, memoryBytes: machineMemory(),
        });
        return opened.kind === 'open' && opened.session !== null ? { ...opened, session: measuredSession(opened.session, telemetry, clock) } : opened;
      },
      onNote: (text) => { output.note(text); },
    });
    options.signal.addEventListener('abort', () => { agent.stop(); }, { once: true });
    if (options.signal.aborted) agent.stop();
    const end = await Promise.race([agent.run(), connection.forbidden]);
    if (end.kind === 'refused') throw new UsageError(end.code, `the coordinator refused this worker: ${end.message}`);
    if (end.kind === 'drained') output.result({ kind: 'drained', worker: id }, `${id} leaves: ${end.message}`);
    return 0;
  } finally {
    await engine.close();
  }
}
