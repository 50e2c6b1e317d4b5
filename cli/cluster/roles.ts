// `ebm coordinator` and `ebm worker` as processes: connection, engine, signals, and which coordinator leads. A role ends with 0 when it is told
// to stop.
import { hostname } from 'node:os';
import { realRunSystem } from '../../platform/journal/run-directory.ts';
import { fileLease } from '../../platform/lease/file.ts';
import type { Lease } from '../../platform/lease/lease.ts';
import { ensureDirectory } from '../../platform/store/durable.ts';
import { guarded } from '../../platform/store/errors.ts';
import type { CoordinatorOptions, WorkerOptions } from '../commands/actions.ts';
import { openEngine, threadsOf } from '../compose/engines.ts';
import type { ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { connectCluster } from './connect.ts';
import { Coordinator } from './coordinator.ts';
import { pause } from './pause.ts';
import { work } from './worker.ts';

/** How soon a standby sees that the leader is gone. */
const STANDBY_MS = 500;

export async function coordinator(options: CoordinatorOptions, output: Output): Promise<ExitCode> {
  const connection = await connectCluster(options, 'coordinator', output);
  const lease = await storeLease(options.store);
  try {
    if (!await taken(lease, options, output)) return 0;
    const leader = await Coordinator.open({
      directory: options.store, name: `${hostname()}-${process.pid}`, threads: threadsOf(options.threads), signal: options.signal,
      onEvent: (job, event) => { if (event.kind !== 'progress') output.result({ ...event, kind: event.kind, id: job }, `${job}: ${event.kind}`); },
      onLeading: (epoch) => { output.result({ kind: 'leading', epoch, store: options.store }, `leading under epoch ${epoch}, jobs and runs in ${options.store}`); },
    }, connection);
    await leader.run();
    return 0;
  } finally {
    await lease.giveUp();
    await connection.close();
  }
}

/** The right to try to lead, on this machine; what a store's records allow is decided by epochs. */
async function storeLease(store: string): Promise<Lease> {
  const system = realRunSystem();
  await guarded(store, 'making the store', () => ensureDirectory(system.files, store));
  return fileLease({ ...system, directory: store });
}

/** Stands by until nobody else leads. False if it was told to stop meanwhile. */
async function taken(lease: Lease, { signal, store }: CoordinatorOptions, output: Output): Promise<boolean> {
  let isStandby = false;
  while (!signal.aborted) {
    const outcome = await lease.take();
    if (outcome.kind === 'taken') return true;
    if (!isStandby) output.result({ kind: 'standby', store, leader: outcome.by.name }, `standing by: ${outcome.by.name} leads in ${store}`);
    isStandby = true;
    await pause(STANDBY_MS, signal);
  }
  return false;
}

export async function worker(options: WorkerOptions, output: Output): Promise<ExitCode> {
  const connection = await connectCluster(options, 'worker', output);
  try {
    const engine = await openEngine('wasm', options.threads);
    try {
      const id = options.name ?? `${hostname().replaceAll(/[^A-Za-z0-9_-]/g, '_')}-${process.pid}`;
      output.note(`worker ${id}, ${engine.fingerprint().threads} threads`);
      await work({ id, engine, signal: options.signal, onNote: (text) => { output.note(text); } }, connection);
      return 0;
    } finally {
      await engine.close();
    }
  } finally {
    await connection.close();
  }
}
