// The store in a directory with power lost after each operation of a put: the object is there whole or not at all, what was acknowledged
// is there, and of two writers of one key never both have created it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import { openMemoryStore, memoryObjects } from '../../platform/store/memory.ts';
import { SimulatedDisk, type Survival } from '../support/disk.ts';
import { Crash, Faults, withFaults, withStoreFaults } from '../support/faults.ts';
import { seeded } from '../support/seeded.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = async (disk: SimulatedDisk, key: string): Promise<string | null> => {
  const found = await (await openDirectoryStore(disk.files(), 'store')).get(key);
  return found === null ? null : new TextDecoder().decode(found);
};

/** Puts three objects, one of them twice, and removes one; the keys that were acknowledged, and those that were to go. */
async function life(disk: SimulatedDisk, faults: Faults): Promise<{ readonly created: readonly string[]; readonly removed: readonly string[]; readonly crashed: boolean }> {
  const created: string[] = [];
  const removed: string[] = [];
  try {
    const store = await openDirectoryStore(withFaults(disk.files(), faults), 'store');
    for (const key of ['head/00000001', 'head/00000002', 'head/00000001', 'data/deep/x']) {
      if ((await store.putIfAbsent(key, bytes(`content of ${key}`))).kind === 'created') created.push(key);
    }
    removed.push('head/00000001');
    await store.remove('head/00000001');
    return { created, removed, crashed: false };
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return { created, removed, crashed: true };
  }
}

describe('the store after a crash', () => {
  for (const [name, survival] of [['gone', (): Survival => 'lost'], ['kept', (): Survival => 'kept'], ['torn', (at: number): Survival => seeded(at)]] as const) {
    test(`with all that was not synced ${name}, objects are whole or absent, and what was acknowledged is there`, async () => {
      for (let at = 1; ; at += 1) {
        const disk = new SimulatedDisk();
        const { created, removed, crashed } = await life(disk, new Faults({ at, effect: { kind: 'crash' } }));
        if (!crashed) {
          assert.ok(at > 30);
          break;
        }
        disk.powerLoss(survival(at));
        for (const key of ['head/00000001', 'head/00000002', 'data/deep/x']) {
          const found = await read(disk, key);
          if (created.includes(key) && !removed.includes(key)) assert.equal(found, `content of ${key}`, `operation ${at}`);
          else assert.ok(found === null || found === `content of ${key}`, `operation ${at}: ${key} holds ${String(found)}`);
        }
        assert.deepEqual((await disk.files().list('store')).filter((entry) => entry.startsWith('.')), []);
        // The next process goes on as if nothing had been.
        assert.equal((await life(disk, new Faults())).crashed, false);
      }
    });
  }

  test('a writer that crashed before its acknowledgement may have created the object; the next one then finds it taken, durably', async () => {
    for (let at = 1; at <= 12; at += 1) {
      const disk = new SimulatedDisk();
      await (await openDirectoryStore(disk.files(), 'store')).putIfAbsent('epoch/1', bytes('zero'));
      const first = await openDirectoryStore(withFaults(disk.files(), new Faults({ at, effect: { kind: 'crash' } })), 'store').then((store) => store.putIfAbsent('epoch/2', bytes('first'))).catch(() => null);
      const second = await (await openDirectoryStore(disk.files(), 'store')).putIfAbsent('epoch/2', bytes('second'));
      if (first !== null) assert.equal(second.kind, 'exists');
      disk.powerLoss('lost');
      assert.equal(await read(disk, 'epoch/2'), second.kind === 'created' ? 'second' : 'first', `operation ${at}`);
    }
  });

  test('a message to a store that gets lost either had its effect or not, and asking again tells', async () => {
    const memory = memoryObjects();
    const faults = new Faults({ of: 'message', at: 1, effect: { kind: 'fail', code: 'ETIMEDOUT' } }, { of: 'message', at: 3, effect: { kind: 'crash' } });
    const store = withStoreFaults(openMemoryStore(memory), faults);
    await assert.rejects(store.putIfAbsent('a', bytes('x')), { code: 'ETIMEDOUT' });
    assert.equal(await store.get('a'), null);
    assert.deepEqual(await store.putIfAbsent('a', bytes('x')), { kind: 'created' });
    await assert.rejects(store.putIfAbsent('b', bytes('x')), Crash);
    await assert.rejects(store.get('b'), Crash);
    assert.deepEqual(await openMemoryStore(memory).list(''), ['a', 'b']);
  });
});
