// Runs the store's contract over every adapter.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import { memoryObjects, openMemoryStore } from '../../platform/store/memory.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import { SimulatedDisk } from '../support/disk.ts';
import { Faults, withStoreFaults } from '../support/faults.ts';
import { natsStoreBench } from '../support/nats-store.ts';
import { storeContract } from './store.ts';

storeContract('directory', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ebm-store-'));
  return { open: () => openDirectoryStore(nodeFiles(), join(root, 'deeper/store/')), end: () => rm(root, { recursive: true }) };
});

storeContract('directory on a simulated disk', () => {
  const disk = new SimulatedDisk();
  return Promise.resolve({ open: () => openDirectoryStore(disk.files(), 'store'), end: () => Promise.resolve() });
});

storeContract('memory', () => {
  const memory = memoryObjects();
  return Promise.resolve({ open: () => Promise.resolve(openMemoryStore(memory)), end: () => Promise.resolve() });
});

storeContract('memory behind a wrapper without faults', () => {
  const memory = memoryObjects();
  const open = () => Promise.resolve(withStoreFaults(openMemoryStore(memory), new Faults()));
  return Promise.resolve({ open, end: () => Promise.resolve() });
});

storeContract('NATS', natsStoreBench());

// Every object of more than a few bytes in several chunks.
storeContract('NATS, with small messages', natsStoreBench({ messageBytesMax: 65_536 }));
