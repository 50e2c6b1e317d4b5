// Runs the lease's contract over every adapter.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../../platform/clock/real.ts';
import { fileLease } from '../../platform/lease/file.ts';
import { leaseBoard, memoryLease } from '../../platform/lease/memory.ts';
import { natsLease } from '../../platform/lease/nats.ts';
import { processes } from '../../platform/lease/processes.ts';
import { storeLease } from '../../platform/lease/store.ts';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import { memoryObjects, openMemoryStore } from '../../platform/store/memory.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import { natsStoreBench, sharedServer } from '../support/nats-store.ts';
import { SimulatedDisk } from '../support/disk.ts';
import { leaseContract } from './lease.ts';

const nowMs = (): number => 1_700_000_000_000;

leaseContract('file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ebm-lease-'));
  const table = processes();
  return { contender: () => fileLease({ files: nodeFiles(), directory, processes: table, nowMs }), end: () => rm(directory, { recursive: true }) };
});

leaseContract('file on a simulated disk', async () => {
  const files = new SimulatedDisk().files();
  await files.makeDirectory('run');
  const table = processes();
  return { contender: () => fileLease({ files, directory: 'run', processes: table, nowMs }), end: () => Promise.resolve() };
});

for (const ttlMs of [null, 15_000]) {
  leaseContract(`memory, ${ttlMs === null ? 'without an end' : 'with an end'}`, () => {
    const board = leaseBoard();
    let number = 0;
    return Promise.resolve({ contender: () => memoryLease({ board, name: `contender ${number += 1}`, ttlMs, nowMs }), end: () => Promise.resolve() });
  });
}

/** Long enough that none ends during a test. */
const timed = { clock: realClock(), ttlMs: 600_000 };

const { connection, bucket } = sharedServer();

leaseContract('NATS KV', () => {
  const own = bucket();
  let number = 0;
  return Promise.resolve({ contender: () => natsLease({ ...timed, connection: connection(), bucket: own, name: `contender ${number += 1}` }), end: () => Promise.resolve() });
});

leaseContract('records in a shared directory', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ebm-lease-'));
  const stores = [await openDirectoryStore(nodeFiles(), directory), await openDirectoryStore(nodeFiles(), directory)];
  let number = 0;
  return { contender: () => storeLease({ ...timed, store: stores[number % 2]!, name: `contender ${number += 1}` }), end: () => rm(directory, { recursive: true }) };
});

leaseContract('records in memory', () => {
  const memory = memoryObjects();
  let number = 0;
  return Promise.resolve({ contender: () => storeLease({ ...timed, store: openMemoryStore(memory), name: `contender ${number += 1}` }), end: () => Promise.resolve() });
});

const natsStore = natsStoreBench();
leaseContract('records in the store on NATS', async () => {
  const { open, end } = await natsStore();
  const store = await open();
  let number = 0;
  return { contender: () => storeLease({ ...timed, store, name: `contender ${number += 1}` }), end };
});
