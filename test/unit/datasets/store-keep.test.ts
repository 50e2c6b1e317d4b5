// Data sets in a store: pushed, listed, fetched and removed as in a directory, and had by whoever opens the store next. What was not finished,
// or was changed, is never given out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasetFetcher, listDatasets, pushDataset, removeDataset } from '../../../platform/datasets/client.ts';
import { DATASET_SUBJECTS } from '../../../platform/datasets/messages.ts';
import { DatasetServer } from '../../../platform/datasets/server.ts';
import { StoreKeep } from '../../../platform/datasets/store-keep.ts';
import { memoryObjects, openMemoryStore } from '../../../platform/store/memory.ts';
import { packOf, side } from './support.ts';

const PART = 3_000;
const keysOf = (memory: ReturnType<typeof memoryObjects>): readonly string[] => [...memory.objects.keys()].sort();

test('what one coordinator received another one gives out, byte for byte, through both subjects', async (context) => {
  const memory = memoryObjects();
  const keep = (): Promise<StoreKeep> => Promise.resolve(new StoreKeep(openMemoryStore(memory), 'test', PART));
  const first = await side(context, { makeKeep: keep });
  const packs = [packOf(10_000, 1), packOf(PART, 2), packOf(64, 3)];
  for (const pack of packs) assert.deepEqual(await pushDataset(first.wire, pack), { sentBytes: pack.bytes.length });
  assert.deepEqual(await pushDataset(first.wire, packs[0]!), { sentBytes: 0 });

  const second = await side(context, { makeKeep: keep });
  const listed = await listDatasets(second.wire);
  assert.deepEqual(listed.map(({ digest, bytes, columns, jobs }) => ({ digest, bytes, columns, jobs })), packs.map(({ digest, bytes }) => ({ digest, bytes: bytes.length, columns: 64, jobs: [] })).sort((a, b) => a.digest < b.digest ? -1 : 1));
  for (const { digest, bytes } of packs) for (const subject of [DATASET_SUBJECTS.get, DATASET_SUBJECTS.read]) {
    const remote = await datasetFetcher(second.wire, subject)(digest);
    assert.equal(remote?.bytes, bytes.length);
    const pieces: Uint8Array[] = [];
    for await (const piece of remote.pieces()) pieces.push(piece);
    assert.deepEqual(new Uint8Array(Buffer.concat(pieces)), Uint8Array.from(bytes));
  }
  assert.equal((await second.server.load(packs[0]!.digest)).kind, 'data');
  assert.equal(await datasetFetcher(second.wire)(`sha256:${'e'.repeat(64)}`), null);
});

test('of what is not the content of its digest, or was not finished, nothing stays', async (context) => {
  const memory = memoryObjects();
  const { wire } = await side(context, { makeKeep: () => Promise.resolve(new StoreKeep(openMemoryStore(memory), 'test', PART)) });
  const [pack, other] = [packOf(10_000, 1), packOf(10_000, 2)];
  await assert.rejects(pushDataset(wire, { digest: pack.digest, bytes: other.bytes }), { code: 'digest-mismatch' });
  assert.deepEqual(keysOf(memory), []);
  const draft = await new StoreKeep(openMemoryStore(memory), 'died', PART).draft(pack.digest);
  await draft.append(pack.bytes.subarray(0, 2 * PART));
  assert.equal(keysOf(memory).length, 2);
  const next = new StoreKeep(openMemoryStore(memory), 'next', PART);
  await next.tidy();
  assert.deepEqual(keysOf(memory), []);
  // It was deposed and did not know it: what it goes on with does not become a data set.
  await draft.append(pack.bytes.subarray(2 * PART));
  await assert.rejects(draft.commit(), { code: 'deposed' });
  assert.deepEqual([keysOf(memory), await next.bytesOf(pack.digest)], [[], null]);
});

test('of two that arrive at once one stays, and the parts of the other go', async () => {
  const memory = memoryObjects();
  const pack = packOf(10_000, 1);
  const drafts = await Promise.all(['a', 'b'].map((name) => new StoreKeep(openMemoryStore(memory), name, PART).draft(pack.digest)));
  for (const draft of drafts) await draft.append(pack.bytes);
  assert.deepEqual(await Promise.all(drafts.map((draft) => draft.commit())), ['created', 'exists']);
  assert.equal(keysOf(memory).length, 1 + Math.ceil(pack.bytes.length / PART));
  assert.deepEqual(await new StoreKeep(openMemoryStore(memory), 'c', PART).read(pack.digest), Uint8Array.from(pack.bytes));
});

test('a damaged one is not loaded, and can be pushed again', async (context) => {
  const memory = memoryObjects();
  const makeKeep = (): Promise<StoreKeep> => Promise.resolve(new StoreKeep(openMemoryStore(memory), 'test', PART));
  const pack = packOf(10_000, 1);
  await pushDataset((await side(context, { makeKeep })).wire, pack);
  for (const damage of [
    (key: string, bytes: Uint8Array) => { if (key.endsWith('/000001')) memory.objects.set(key, bytes.map((byte) => byte ^ 1)); },
    (key: string) => { if (key.endsWith('/000002')) memory.objects.delete(key); },
    (key: string) => { if (key.startsWith('datasets/index/')) memory.objects.set(key, Uint8Array.of(123)); },
  ]) {
    for (const [key, bytes] of [...memory.objects]) damage(key, bytes);
    const server = await DatasetServer.open({ keep: await makeKeep() });
    assert.deepEqual(await server.load(pack.digest), { kind: 'unknown-digest' });
    const { wire } = await side(context, { makeKeep });
    assert.deepEqual(await pushDataset(wire, pack), { sentBytes: pack.bytes.length });
    assert.deepEqual(await (await makeKeep()).read(pack.digest), Uint8Array.from(pack.bytes));
  }
});

test('R1: what a job that has not ended names is not removed; all else is, with every part', async (context) => {
  const memory = memoryObjects();
  const jobs: string[] = ['mine-1', 'mine-2'];
  const { wire } = await side(context, { makeKeep: () => Promise.resolve(new StoreKeep(openMemoryStore(memory), 'test', PART)), jobsOf: () => jobs });
  const pack = packOf(10_000, 1);
  await pushDataset(wire, pack);
  assert.deepEqual((await listDatasets(wire))[0]?.jobs, jobs);
  await assert.rejects(removeDataset(wire, pack.digest), { code: 'in-use', message: new RegExp(`^the data set ${pack.digest} is used by mine-1, mine-2, which have not ended$`) });
  jobs.length = 0;
  assert.equal(await removeDataset(wire, pack.digest), pack.bytes.length);
  assert.equal(await removeDataset(wire, pack.digest), null);
  assert.deepEqual([keysOf(memory), await listDatasets(wire)], [[], []]);
});
