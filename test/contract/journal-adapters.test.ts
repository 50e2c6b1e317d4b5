// Runs the journal's contract over every adapter.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { createRunDirectory, realRunSystem } from '../../platform/journal/run-directory.ts';
import { SimulatedDisk } from '../support/disk.ts';
import { runOf } from '../support/run-fixtures.ts';
import { journalContract } from './journal.ts';

const run = runOf({ every: 100, keep: 2 });

journalContract('directory', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ebm-journal-'));
  const { journal } = await createRunDirectory(join(root, 'run'), run);
  return { journal, end: async () => { await journal.close(); await rm(root, { recursive: true }); } };
});

journalContract('directory on a simulated disk', async () => {
  const { journal } = await createRunDirectory('run', run, { ...realRunSystem(), files: new SimulatedDisk().files() });
  return { journal, end: () => journal.close() };
});

journalContract('memory', () => {
  const journal = new MemoryJournal({ every: 100, keep: 2, grid: 10 });
  return Promise.resolve({ journal, end: () => Promise.resolve() });
});
