// Runs the journal's contract over every adapter.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { createRunDirectory, realRunSystem } from '../../platform/journal/run-directory.ts';
import { createStoreRun } from '../../platform/journal/store-run.ts';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import { openMemoryStore } from '../../platform/store/memory.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import { natsStoreBench } from '../support/nats-store.ts';
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

const place = { prefix: 'runs/small-1', writer: 'test' };

journalContract('store in memory', async () => {
  const { journal } = await createStoreRun({ ...place, store: openMemoryStore() }, run);
  return { journal, end: () => journal.close() };
});

journalContract('store in a directory', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ebm-journal-'));
  const { journal } = await createStoreRun({ ...place, store: await openDirectoryStore(nodeFiles(), root) }, run);
  return { journal, end: async () => { await journal.close(); await rm(root, { recursive: true }); } };
});

// Checkpoints in several chunks.
const onNats = natsStoreBench({ messageBytesMax: 9_000 });
journalContract('store on NATS', async () => {
  const { open, end } = await onNats();
  const { journal } = await createStoreRun({ ...place, store: await open() }, run);
  return { journal, end: async () => { await journal.close(); await end(); } };
});
