// A worker's cache: fetched once, verified at every load, bounded, shared by several workers, and honest about a disk that is full.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { DatasetCache, type Cached, type DatasetCacheOptions } from '../../../platform/datasets/cache.ts';
import type { FetchDataset } from '../../../platform/datasets/client.ts';
import { realDisk } from '../../../platform/datasets/disk.ts';
import { digestOfBytes, digitsOf, fileNameOf } from '../../../platform/datasets/names.ts';
import { unpackDataset, type DatasetPack } from '../../../platform/datasets/pack.ts';
import { processes, type ProcessIdentity } from '../../../platform/lease/processes.ts';
import { nodeFiles } from '../../../platform/store/node-files.ts';
import { Faults, withFaults } from '../../support/faults.ts';
import { onSmallDisk } from '../../support/small-disk.ts';
import { folderWith } from '../data/fixtures.ts';
import { packOf } from './support.ts';

/** Fetches from these packs in pieces of 1,000 bytes, and counts. */
function shop(...packs: readonly DatasetPack[]): { readonly fetch: FetchDataset; readonly fetched: string[] } {
  const fetched: string[] = [];
  return {
    fetched,
    fetch: (digest) => {
      fetched.push(digest);
      const pack = packs.find((each) => each.digest === digest);
      return Promise.resolve(pack === undefined ? null : { bytes: pack.bytes.length, pieces: () => piecesOf(pack.bytes) });
    },
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- as slow as a wire in form only
async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

const open = (directory: string, more: Partial<DatasetCacheOptions> = {}): Promise<DatasetCache> => (
  DatasetCache.open({ directory, bytesMax: 1_000_000, disk: realDisk(), processes: processes(), dateMs: () => Date.now(), ...more }));
const opened = async (context: TestContext, more: Partial<DatasetCacheOptions> = {}): Promise<{ readonly directory: string; readonly cache: DatasetCache }> => {
  const directory = await folderWith(context);
  return { directory, cache: await open(directory, more) };
};
const packsIn = (directory: string): readonly string[] => readdirSync(directory).filter((name) => !name.startsWith('.')).sort();
const names = (...packs: readonly DatasetPack[]): readonly string[] => packs.map(({ digest }) => fileNameOf(digest)).sort();

async function used(result: Promise<Cached>): Promise<Extract<Cached, { readonly kind: 'data' }>> {
  const found = await result;
  assert.ok(found.kind === 'data', JSON.stringify(found));
  return found;
}

/** Loads and releases, with a time of last use in minutes. */
async function kept(cache: DatasetCache, directory: string, { pack, fetch, minute }: { readonly pack: DatasetPack; readonly fetch: FetchDataset; readonly minute: number }): Promise<void> {
  await (await used(cache.get(pack.digest, fetch))).release();
  utimesSync(join(directory, fileNameOf(pack.digest)), 60 * minute, 60 * minute);
}

describe('a cache of data sets', () => {
  test('fetches a data set once, gives what was packed, and forgets no file', async (context) => {
    const { directory, cache } = await opened(context);
    const pack = packOf(20_000);
    const { fetch, fetched } = shop(pack);
    const [first, second] = await Promise.all([used(cache.get(pack.digest, fetch)), used(cache.get(pack.digest, fetch))]);
    assert.deepEqual(first.data, unpackDataset(pack.bytes, 'test'));
    assert.deepEqual(second.data, first.data);
    const other = await open(directory);
    await used(other.get(pack.digest, fetch));
    assert.deepEqual(fetched, [pack.digest]);
  });

  test('an unknown digest is a value', async (context) => {
    const { directory, cache } = await opened(context);
    assert.deepEqual(await cache.get(`sha256:${'c'.repeat(64)}`, shop().fetch), { kind: 'unknown-digest' });
    assert.deepEqual(readdirSync(directory), []);
  });

  for (const [name, damage] of [
    ['a byte is changed', (path: string) => { const bytes = readFileSync(path); bytes[5_000]! ^= 1; writeFileSync(path, bytes); }],
    ['its end is missing', (path: string) => { writeFileSync(path, readFileSync(path).subarray(0, 5_000)); }],
    ['it is empty', (path: string) => { writeFileSync(path, ''); }],
    ['it is another one', (path: string) => { writeFileSync(path, packOf(20_000, 9).bytes); }],
  ] as const) {
    test(`K1: a file of which ${name} is fetched anew`, async (context) => {
      const { directory, cache } = await opened(context);
      const pack = packOf(20_000);
      const { fetch, fetched } = shop(pack);
      await used(cache.get(pack.digest, fetch));
      damage(join(directory, fileNameOf(pack.digest)));
      assert.deepEqual((await used(cache.get(pack.digest, fetch))).data, unpackDataset(pack.bytes, 'test'));
      assert.equal(fetched.length, 2);
    });
  }

  test('K2: what comes is not what its digest says, or is no data set, too long or too short: damaged, and nothing stays', async (context) => {
    const { directory, cache } = await opened(context);
    const pack = packOf(5_000, 1);
    const text = new TextEncoder().encode('no data set '.repeat(100));
    const cases: readonly (readonly [string, Uint8Array, number])[] = [
      [pack.digest, packOf(5_000, 2).bytes, packOf(5_000, 2).bytes.length], [pack.digest, pack.bytes, pack.bytes.length - 1], [pack.digest, pack.bytes.subarray(0, 3_000), pack.bytes.length],
      [digestOfBytes(text), text, text.length], [pack.digest, pack.bytes, 2 ** 40],
    ];
    for (const [digest, bytes, announced] of cases) {
      const found = await cache.get(digest, () => Promise.resolve({ bytes: announced, pieces: () => piecesOf(bytes) }));
      assert.equal(found.kind, 'damaged', JSON.stringify(found));
      assert.deepEqual(readdirSync(directory).filter((name) => name !== fileNameOf(digestOfBytes(text))), []);
    }
  });

  test('K2: a fetch that breaks off leaves nothing, and its error is passed on', async (context) => {
    const { directory, cache } = await opened(context);
    const pack = packOf(5_000);
    const broken: FetchDataset = () => Promise.resolve({ bytes: pack.bytes.length, async *pieces() { yield* piecesOf(pack.bytes.subarray(0, 3_000)); throw new Error('the wire broke'); } });
    await assert.rejects(cache.get(pack.digest, broken), /the wire broke/);
    assert.deepEqual(readdirSync(directory), []);
    await used(cache.get(pack.digest, shop(pack).fetch));
  });

  test('the one that was used least recently goes first, and only as many as must', async (context) => {
    const packs = [1, 2, 3, 4].map((seed) => packOf(10_000, seed)) as [DatasetPack, DatasetPack, DatasetPack, DatasetPack];
    const { directory, cache } = await opened(context, { bytesMax: 3 * packs[0].bytes.length });
    const { fetch } = shop(...packs);
    for (const [minute, pack] of packs.slice(0, 3).entries()) await kept(cache, directory, { pack, fetch, minute: minute + 1 });
    await kept(cache, directory, { pack: packs[0], fetch, minute: 9 });
    await used(cache.get(packs[3].digest, fetch));
    assert.deepEqual(packsIn(directory), names(packs[0], packs[2], packs[3]));
  });

  test('a load counts as use', async (context) => {
    const { directory, cache } = await opened(context);
    const pack = packOf(2_000);
    const { fetch } = shop(pack);
    await kept(cache, directory, { pack, fetch, minute: 1 });
    await used(cache.get(pack.digest, fetch));
    assert.ok(statSync(join(directory, fileNameOf(pack.digest))).mtimeMs > 60_000);
  });

  test('what is in use stays: no-space says what is needed and what could be had, and nothing is removed in vain', async (context) => {
    const packs = [1, 2, 3].map((seed) => packOf(10_000, seed)) as [DatasetPack, DatasetPack, DatasetPack];
    const [size] = packs.map(({ bytes }) => bytes.length) as [number];
    const { directory, cache } = await opened(context, { bytesMax: 2 * size });
    const { fetch } = shop(...packs);
    const first = await used(cache.get(packs[0].digest, fetch));
    const second = await used(cache.get(packs[1].digest, fetch));
    const refused = { kind: 'no-space', limit: 'cache', directory, neededBytes: size, freeBytes: 0 };
    assert.deepEqual(await cache.get(packs[2].digest, fetch), refused);
    const other = await open(directory, { bytesMax: 2 * size });
    assert.deepEqual(await other.get(packs[2].digest, fetch), refused);
    assert.deepEqual(packsIn(directory), names(packs[0], packs[1]));
    await first.release();
    await first.release();
    await used(other.get(packs[2].digest, fetch));
    assert.deepEqual(packsIn(directory), names(packs[1], packs[2]));
    await second.release();
  });

  test('a data set that is larger than the whole cache is refused before it is fetched', async (context) => {
    const { directory, cache } = await opened(context, { bytesMax: 1_000 });
    const pack = packOf(10_000);
    const fetch: FetchDataset = () => Promise.resolve({ bytes: pack.bytes.length, pieces: () => { throw new Error('fetched in vain'); } });
    assert.deepEqual(await cache.get(pack.digest, fetch), { kind: 'no-space', limit: 'cache', directory, neededBytes: pack.bytes.length, freeBytes: 1_000 });
    assert.deepEqual(readdirSync(directory), []);
  });

  test('marks and drafts of a process that has died are removed; those of a stranger are believed for a week', async (context) => {
    const packs = [1, 2, 3].map((seed) => packOf(10_000, seed)) as [DatasetPack, DatasetPack, DatasetPack];
    const bytesMax = packs[0].bytes.length;
    let nowMs = Date.now();
    const { directory, cache } = await opened(context, { bytesMax, dateMs: () => nowMs });
    const { fetch } = shop(...packs);
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    const dead: ProcessIdentity = { ...processes().self(), pid: child.pid!, startTicks: null };
    await once(child, 'exit');
    const mark = (digest: string, identity: ProcessIdentity): string => {
      const path = join(directory, `.use-${digitsOf(digest)}-${'0'.repeat(16)}`);
      writeFileSync(path, JSON.stringify(identity));
      return path;
    };
    await (await used(cache.get(packs[0].digest, fetch))).release();
    mark(packs[0].digest, dead);
    writeFileSync(join(directory, `.tmp-${digitsOf(packs[2].digest)}-${'0'.repeat(16)}`), new Uint8Array(bytesMax));
    await (await used(cache.get(packs[1].digest, fetch))).release();
    assert.deepEqual(readdirSync(directory), names(packs[1]));
    const stranger = mark(packs[1].digest, { ...dead, host: 'elsewhere' });
    assert.equal((await cache.get(packs[2].digest, fetch)).kind, 'no-space');
    nowMs += 8 * 86_400_000;
    await (await used(cache.get(packs[2].digest, fetch))).release();
    assert.throws(() => statSync(stranger), { code: 'ENOENT' });
  });

  test('K3: several workers in one directory at once: each gets its data, and one whole file stays of each set', async (context) => {
    const directory = await folderWith(context);
    const packs = [1, 2, 3].map((seed) => packOf(30_000, seed));
    const { fetch } = shop(...packs);
    const caches = await Promise.all([1, 2, 3, 4].map(() => open(directory)));
    const loads = await Promise.all(caches.flatMap((cache) => packs.map((pack) => used(cache.get(pack.digest, fetch)))));
    loads.forEach(({ data }, at) => { assert.deepEqual(data, unpackDataset(packs[at % packs.length]!.bytes, 'test')); });
    for (const { release } of loads) await release();
    assert.deepEqual(readdirSync(directory).sort(), names(...packs));
  });

  test('a file that vanishes while it is in use is fetched again at the next load', async (context) => {
    const { directory, cache } = await opened(context);
    const pack = packOf(3_000);
    const { fetch, fetched } = shop(pack);
    await used(cache.get(pack.digest, fetch));
    rmSync(join(directory, fileNameOf(pack.digest)));
    await used(cache.get(pack.digest, fetch));
    assert.equal(fetched.length, 2);
  });

  test('a disk that fails otherwise is an error that names the place', async (context) => {
    const directory = await folderWith(context);
    const files = withFaults(nodeFiles(), new Faults({ of: 'fsync', at: 1, effect: { kind: 'fail', code: 'EIO' } }));
    const cache = await open(directory, { disk: realDisk(files) });
    const pack = packOf(3_000);
    await assert.rejects(cache.get(pack.digest, shop(pack).fetch), (error: unknown) => error instanceof Error && error.name === 'StorageError' && error.message.startsWith(directory));
    assert.deepEqual(readdirSync(directory), []);
  });
});

describe('a small disk', () => {
  test('that is full gives no-space with the bytes, leaves nothing, and takes other work once there is room', async () => {
    await onSmallDisk(async (disk) => {
      const directory = join(disk.path, 'datasets');
      const cache = await open(directory, { bytesMax: 1e9 });
      const large = packOf(6_000_000);
      const small = packOf(100_000, 2);
      const { fetch } = shop(large, small);
      const refused = await cache.get(large.digest, fetch);
      assert.ok(refused.kind === 'no-space' && refused.limit === 'disk' && refused.neededBytes === large.bytes.length, JSON.stringify(refused));
      assert.ok(refused.freeBytes < 3 * 2 ** 20 && refused.freeBytes > 2 ** 20, String(refused.freeBytes));
      const held = await used(cache.get(small.digest, fetch));
      disk.fill();
      assert.equal((await cache.get(packOf(50_000, 3).digest, shop(packOf(50_000, 3)).fetch)).kind, 'no-space');
      // What is there is used on a full disk too, where not even a mark can be written.
      const other = await open(directory, { bytesMax: 1e9 });
      assert.deepEqual((await used(other.get(small.digest, fetch))).data, held.data);
      await held.release();
      disk.free();
      await used(cache.get(packOf(50_000, 3).digest, shop(packOf(50_000, 3)).fetch));
      assert.deepEqual(packsIn(directory), names(small, packOf(50_000, 3)));
    }, 4);
  });

  test('that fills up in mid-fetch gives no-space, and nothing half-written stays', async () => {
    await onSmallDisk(async (disk) => {
      const directory = join(disk.path, 'datasets');
      // Another program takes the room after it was looked at.
      const cache = await open(directory, { bytesMax: 1e9, disk: { ...realDisk(), freeBytes: () => Promise.resolve(1e9) } });
      const pack = packOf(3_000_000);
      const found = await cache.get(pack.digest, shop(pack).fetch);
      assert.ok(found.kind === 'no-space' && found.limit === 'disk' && found.freeBytes < found.neededBytes, JSON.stringify(found));
      assert.deepEqual(readdirSync(directory), []);
    }, 2);
  });
});
