// What every adapter of the store port promises.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Store } from '../../platform/store/store.ts';

export interface StoreBench {
  /** Opens another store over the same objects, as another process would. */
  readonly open: () => Promise<Store>;
  /** Frees what the test used. */
  readonly end: () => Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (found: Uint8Array | null): string | null => found === null ? null : new TextDecoder().decode(found);

export function storeContract(name: string, bench: () => Promise<StoreBench>): void {
  const claim = (what: string, check: (open: StoreBench['open']) => Promise<void>): void => {
    test(what, async () => {
      const { open, end } = await bench();
      try {
        await check(open);
      } finally {
        await end();
      }
    });
  };

  describe(`store contract: ${name}`, () => {
    claim('what was put is got back, by another store over the same objects too', async (open) => {
      const store = await open();
      assert.deepEqual(await store.putIfAbsent('runs/7/head/00000001', bytes('one')), { kind: 'created' });
      assert.equal(text(await store.get('runs/7/head/00000001')), 'one');
      assert.equal(text(await (await open()).get('runs/7/head/00000001')), 'one');
    });

    claim('a taken key keeps its bytes, whatever is put', async (open) => {
      const store = await open();
      await store.putIfAbsent('key', bytes('first'));
      assert.deepEqual(await store.putIfAbsent('key', bytes('second')), { kind: 'exists' });
      assert.deepEqual(await store.putIfAbsent('key', bytes('first')), { kind: 'exists' });
      assert.equal(text(await store.get('key')), 'first');
    });

    claim('of many that put one key at once, through several stores, exactly one creates it, whole', async (open) => {
      const stores = await Promise.all(Array.from({ length: 8 }, open));
      const outcomes = await Promise.all(stores.map((store, index) => store.putIfAbsent('epochs/1', bytes(`leader ${index}`.repeat(500)))));
      const winners = outcomes.flatMap((outcome, index) => outcome.kind === 'created' ? [index] : []);
      assert.equal(winners.length, 1);
      assert.equal(text(await stores[0]!.get('epochs/1')), `leader ${winners[0]!}`.repeat(500));
    });

    claim('what is absent is null, and nothing to remove is no error', async (open) => {
      const store = await open();
      assert.equal(await store.get('nothing/here'), null);
      await store.remove('nothing/here');
      await store.putIfAbsent('file', bytes('x'));
      assert.equal(await store.get('file/inside'), null);
      await store.remove('file/inside');
      await store.putIfAbsent('folder/file', bytes('x'));
      assert.equal(await store.get('folder'), null);
      await store.remove('folder');
      assert.equal(text(await store.get('folder/file')), 'x');
    });

    claim('a removed key may be put again', async (open) => {
      const store = await open();
      await store.putIfAbsent('a/b', bytes('old'));
      await store.remove('a/b');
      assert.equal(await store.get('a/b'), null);
      assert.deepEqual(await store.list(''), []);
      assert.deepEqual(await store.putIfAbsent('a/b', bytes('new')), { kind: 'created' });
      assert.equal(text(await store.get('a/b')), 'new');
    });

    claim('a list holds the keys with a prefix, sorted by code, whether or not the prefix ends with a part', async (open) => {
      const store = await open();
      for (const key of ['runs/10', 'runs/9', 'runs/9-a/x', 'run', 'other/runs/1', 'Z', 'runs/a/b/c']) await store.putIfAbsent(key, bytes(key));
      assert.deepEqual(await store.list('runs/'), ['runs/10', 'runs/9', 'runs/9-a/x', 'runs/a/b/c']);
      assert.deepEqual(await store.list('runs/9'), ['runs/9', 'runs/9-a/x']);
      assert.deepEqual(await store.list('runs/a/b'), ['runs/a/b/c']);
      assert.deepEqual(await store.list('nobody'), []);
      assert.deepEqual(await store.list(''), ['Z', 'other/runs/1', 'run', 'runs/10', 'runs/9', 'runs/9-a/x', 'runs/a/b/c']);
    });

    claim('empty and large objects are kept to the byte, and belong to the store', async (open) => {
      const store = await open();
      const large = Uint8Array.from({ length: 3_000_001 }, (_, index) => (index * 31 + (index >> 9)) & 255);
      const given = large.slice();
      await store.putIfAbsent('empty', new Uint8Array(0));
      await store.putIfAbsent('large', given);
      given.fill(0);
      assert.equal((await store.get('empty'))?.byteLength, 0);
      assert.ok(Buffer.from(await store.get('large') ?? []).equals(large));
      (await store.get('large'))?.fill(1);
      assert.ok(Buffer.from(await store.get('large') ?? []).equals(large));
    });

    claim('bytes in shared memory can be put', async (open) => {
      const store = await open();
      const shared = new Uint8Array(new SharedArrayBuffer(4));
      shared.set([1, 2, 3, 4]);
      await store.putIfAbsent('shared', shared.subarray(1, 3));
      assert.deepEqual([...await store.get('shared') ?? []], [2, 3]);
    });

    claim('keys that lead out of the store, hide or confuse file systems are refused', async (open) => {
      const store = await open();
      for (const key of ['', '/', 'a/', '/a', 'a//b', '.', '..', '../a', 'a/../b', '.hidden', 'a b', 'ä', 'a\0', 'a\\b', 'x'.repeat(201), 'abc/'.repeat(200) + 'd']) {
        await assert.rejects(store.putIfAbsent(key, bytes('x')), RangeError, JSON.stringify(key));
        await assert.rejects(store.get(key), RangeError, JSON.stringify(key));
        await assert.rejects(store.remove(key), RangeError, JSON.stringify(key));
      }
      assert.deepEqual(await store.list(''), []);
    });

    claim('a key that is a folder of another, or the other way round, is refused and harms neither', async (open) => {
      const store = await open();
      await store.putIfAbsent('a/b', bytes('inside'));
      await assert.rejects(store.putIfAbsent('a', bytes('x')), { name: 'RangeError', message: /"a".*"a\/"/ });
      await assert.rejects(store.putIfAbsent('a/b/c', bytes('x')), { name: 'RangeError', message: /"a\/b\/c".*"a\/b"/ });
      assert.deepEqual(await store.list(''), ['a/b']);
      assert.equal(text(await store.get('a/b')), 'inside');
    });
  });
}
