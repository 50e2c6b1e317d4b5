// Runs the lease's contract over every adapter.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileLease } from '../../platform/lease/file.ts';
import { leaseBoard, memoryLease } from '../../platform/lease/memory.ts';
import { processes } from '../../platform/lease/processes.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
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
