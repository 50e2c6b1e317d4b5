// Real disks that are full, or can only be read: a clear error, nothing damaged, and the run goes on when there is space again.
import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readRunDirectory } from '../../../platform/journal/reading.ts';
import { createRunDirectory, openRunDirectory } from '../../../platform/journal/run-directory.ts';
import { openDirectoryStore } from '../../../platform/store/directory.ts';
import { StorageError } from '../../../platform/store/errors.ts';
import { nodeFiles } from '../../../platform/store/node-files.ts';
import { entryOf, modelOf, runOf, snapshotOf } from '../../support/run-fixtures.ts';
import { onSmallDisk } from '../../support/small-disk.ts';

async function refused(promise: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.deepEqual([error.code, error.cause instanceof Error], [code, true]);
    assert.match(error.message, message);
    return true;
  });
}

/** 200 KB a checkpoint. */
const large = (update: number, more: { readonly ledger?: { readonly lines: number; readonly head: string } } = {}): ReturnType<typeof snapshotOf> => snapshotOf({ update, ...more }, 50_000);

describe('a full disk', () => {
  test('a checkpoint that does not fit is an error; the ones before are whole, and the next one works when there is space', async () => {
    await onSmallDisk(async (disk) => {
      const path = join(disk.path, 'run');
      const { journal } = await createRunDirectory(path, runOf({ every: 100, keep: 2 }));
      await journal.appendLedger(entryOf(100), {});
      await journal.checkpoint(large(100, { ledger: journal.ledgerPosition() }), modelOf(100));
      // First the arrays do not fit, then (leaving 200 KB) they do and the files after them do not, then not even a directory.
      for (const leaveKib of [100, 200, 0]) {
        disk.fill(leaveKib);
        await refused(journal.checkpoint(large(200), modelOf(200)), 'disk-full', /run\/checkpoints: the disk is full \(ENOSPC, while writing the checkpoint of update 200\)\. Free some space and try again; what was saved before is intact\.$/);
        await refused(journal.checkpoint(large(100), modelOf(100)), 'disk-full', /checkpoint of update 100/);
        assert.deepEqual(await readdir(join(path, 'checkpoints')), ['00000100']);
        disk.free();
      }
      const before = await journal.restore();
      assert.deepEqual([before.kind === 'restored' ? before.snapshot.update : 0, before.warnings], [100, []]);
      await journal.checkpoint(large(200, { ledger: journal.ledgerPosition() }), modelOf(200));
      const after = await journal.restore();
      assert.equal(after.kind === 'restored' ? after.snapshot.update : 0, 200);
      await journal.close();
    });
  });

  test('lines that do not fit are errors and leave no half lines', async () => {
    await onSmallDisk(async (disk) => {
      const path = join(disk.path, 'run');
      const { journal } = await createRunDirectory(path, runOf());
      disk.fill();
      let fitted = 0;
      const error = await (async () => {
        for (;; fitted += 1) await journal.appendLedger(entryOf(fitted + 1), { note: 'x'.repeat(1000) });
      })().catch((reason: unknown) => reason);
      assert.ok(error instanceof StorageError && error.code === 'disk-full', String(error));
      assert.match(error.message, /run\/ledger\.jsonl: the disk is full \(ENOSPC, while appending a line\)/);
      await refused(journal.appendMetrics({ text: 'x'.repeat(10_000) }), 'disk-full', /run\/metrics\.jsonl: the disk is full/);
      await refused(journal.writeArtefact('samples/1.png', new Uint8Array(5000)), 'disk-full', /run\/samples\/1\.png: the disk is full/);
      assert.equal(journal.ledgerPosition().lines, fitted);
      disk.free();
      await journal.appendLedger(entryOf(fitted + 1), {});
      await journal.appendMetrics({ update: 1 });
      await journal.close();
      const { position, problems } = await (await readRunDirectory(path)).ledger();
      assert.deepEqual([position.lines, problems], [fitted + 1, []]);
    });
  });

  test('a run cannot be made or opened on it, and can when there is space', async () => {
    await onSmallDisk(async (disk) => {
      const path = join(disk.path, 'run');
      disk.fill();
      await refused(createRunDirectory(path, runOf()), 'disk-full', /run: the disk is full \(ENOSPC, while /);
      disk.free();
      const { journal } = await createRunDirectory(path, runOf());
      await journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100));
      disk.fill();
      // The lock is given back even now.
      await journal.close();
      await refused(openRunDirectory(path), 'disk-full', /run: the disk is full \(ENOSPC, while taking the lock\)/);
      assert.equal((await (await readRunDirectory(path)).restore()).kind, 'restored');
      disk.free();
      const again = await openRunDirectory(path);
      assert.equal((await again.journal.restore()).kind, 'restored');
      await again.journal.close();
    });
  });

  test('an object that does not fit is not in the store, whole or in part', async () => {
    await onSmallDisk(async (disk) => {
      const store = await openDirectoryStore(nodeFiles(), join(disk.path, 'store'));
      await store.putIfAbsent('small', Uint8Array.of(1));
      disk.fill(50);
      await refused(store.putIfAbsent('data/large', new Uint8Array(200_000)), 'disk-full', /store\/data\/large: the disk is full \(ENOSPC, while storing an object\)/);
      assert.deepEqual(await store.list(''), ['small']);
      disk.free();
      assert.deepEqual(await store.putIfAbsent('data/large', new Uint8Array(200_000)), { kind: 'created' });
      assert.deepEqual(await store.list(''), ['data/large', 'small']);
    });
  });
});

describe('a disk that can only be read', () => {
  test('a run cannot be made or gone on with, but be looked at', async () => {
    await onSmallDisk(async (disk) => {
      const path = join(disk.path, 'run');
      const { journal } = await createRunDirectory(path, runOf());
      await journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100));
      await journal.close();
      await mkdir(join(disk.path, 'empty'));
      disk.setReadOnly(true);
      try {
        await refused(createRunDirectory(join(disk.path, 'new'), runOf()), 'read-only', /new: the disk is mounted read-only \(EROFS, while making the run directory\)\. Choose a directory on a disk that can be written to\.$/);
        await refused(createRunDirectory(join(disk.path, 'empty'), runOf()), 'read-only', /empty: the disk is mounted read-only/);
        await refused(openRunDirectory(path), 'read-only', /run: the disk is mounted read-only/);
        const reader = await readRunDirectory(path);
        assert.equal((await reader.restore()).kind, 'restored');
        assert.deepEqual((await reader.checkpoints('deep')).map(({ kind }) => kind), ['good']);
      } finally {
        disk.setReadOnly(false);
      }
    });
  });

  test('a store whose disk becomes read-only says so, and works when it no longer is', async () => {
    await onSmallDisk(async (disk) => {
      const store = await openDirectoryStore(nodeFiles(), join(disk.path, 'store'));
      disk.setReadOnly(true);
      try {
        await refused(store.putIfAbsent('key', new Uint8Array(1)), 'read-only', /store\/key: the disk is mounted read-only \(EROFS, while storing an object\)/);
        await refused(store.remove('key').then(() => store.putIfAbsent('folder/key', new Uint8Array(1))), 'read-only', /folder\/key/);
      } finally {
        disk.setReadOnly(false);
      }
      assert.deepEqual(await store.putIfAbsent('key', new Uint8Array(1)), { kind: 'created' });
    });
  });
});
