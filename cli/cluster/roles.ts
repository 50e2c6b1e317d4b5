// `ebm coordinator` and `ebm worker` as processes: connection, engine, signals, and which coordinator leads. A role ends with 0 when it is told
// to stop.
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ClusterShell } from '../../coordinator/shell/cluster/cluster.ts';
import type { RunHost } from '../../coordinator/shell/cluster/host.ts';
import { datasetFetcher } from '../../platform/datasets/client.ts';
import { realClock } from '../../platform/clock/real.ts';
import type { Store } from '../../platform/store/store.ts';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import { memoryTelemetry } from '../../platform/telemetry/memory.ts';
import { WIRE_FORMAT_VERSION } from '../../proto/messages.ts';
import { WorkerAgent } from '../../worker/shell/agent.ts';
import type { CoordinatorOptions, WorkerOptions } from '../commands/actions.ts';
import { openEngine, threadsOf } from '../compose/engines.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { connectCluster, type Connection } from './connect.ts';
import { openCache, openDatasets, wireOf } from './datasets.ts';
import { GOLDEN_DIGEST, goldenDigest } from './golden.ts';
import { holdLease, storeLease, takeLease } from './leading.ts';
import { serveQuestions } from './questions.ts';
import { DirectoryRuns } from './runs.ts';
import { cachedData, storedData } from './sources.ts';
import { openWorkshop } from './worker.ts';

export async function coordinator(options: CoordinatorOptions, output: Output): Promise<ExitCode> {
  const connection = await connectCluster(options, 'coordinator', output);
  const lease = await storeLease(options.store);
  try {
    const store = await openDirectoryStore(nodeFiles(), join(options.store, 'records'));
    try {
      while (!options.signal.aborted) {
        const taken = await takeLease(lease, options.signal, (leader) => { output.result({ kind: 'standby', store: options.store, leader }, `standing by: ${leader} leads in ${options.store}`); });
        if (taken === null) break;
        const held = holdLease(lease, taken, realClock());
        try {
          await lead({ ...options, signal: AbortSignal.any([options.signal, held.lost]) }, { connection, store }, output);
        } finally {
          held.stop();
          await lease.giveUp();
        }
      }
    } finally {
      await store.close();
    }
    return 0;
  } finally {
    await connection.close();
  }
}

/** From the fence to the end: told to stop, or deposed. */
async function lead(options: CoordinatorOptions, { connection, store }: { readonly connection: Connection; readonly store: Store }, output: Output): Promise<void> {
  const datasets = await openDatasets(options.store, output);
  const host: RunHost = new DirectoryRuns({ directory: join(options.store, 'runs'), threads: threadsOf(options.threads), messages: connection.messages, data: storedData(datasets) });
  const shell = await ClusterShell.lead({
    store, name: `${hostname()}-${process.pid}`, clock: realClock(), transport: connection.bytes, host, telemetry: memoryTelemetry(), wireVersion: WIRE_FORMAT_VERSION, golden: GOLDEN_DIGEST,
    onEvent: (job, event) => { if (event.kind !== 'progress') output.result({ ...event, kind: event.kind, id: job }, `${job}: ${event.kind}`); },
    onWarning: (message) => { output.warn(message); },
  });
  const services = [...serveQuestions(connection.bytes, { shell, host }), datasets.serve(connection.bytes)];
  output.result({ kind: 'leading', epoch: shell.epoch, store: options.store }, `leading under epoch ${shell.epoch}, jobs and runs in ${options.store}`);
  try {
    const outcome = await Promise.race([shell.run(options.signal), connection.forbidden]);
    if (outcome.kind === 'deposed') output.result({ kind: 'deposed', epoch: outcome.epoch, store: options.store }, `deposed: another coordinator leads in ${options.store} by now; epoch ${outcome.epoch} writes nothing more`);
  } finally {
    for (const service of services) service.close();
    await datasets.close();
  }
}

export async function worker(options: WorkerOptions, output: Output): Promise<ExitCode> {
  const connection = await connectCluster(options, 'worker', output);
  try {
    const data = cachedData(await openCache(options), datasetFetcher(wireOf(connection.bytes, options.signal)));
    const engine = await openEngine('wasm', options.threads);
    try {
      const id = options.name ?? `${hostname().replaceAll(/[^A-Za-z0-9_-]/g, '_')}-${process.pid}`;
      output.note(`worker ${id}, ${engine.fingerprint().threads} threads`);
      const agent = new WorkerAgent({
        id, bytes: connection.bytes, messages: connection.messages, clock: realClock(), engine: engine.fingerprint(), golden: await goldenDigest(engine),
        open: (text) => openWorkshop(text, engine, data), onNote: (text) => { output.note(text); },
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
  } finally {
    await connection.close();
  }
}
