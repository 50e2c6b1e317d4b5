// What the store and the journal stand on: files that appear whole, and what is said when a disk does not play along.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ensureDirectory, putFile, readWhole, removeTree, replaceFile } from '../../../platform/store/durable.ts';
import { asStorageError, guarded, StorageError } from '../../../platform/store/errors.ts';
import { systemCode } from '../../../platform/store/files.ts';
import { checkKey, foldersOf } from '../../../platform/store/keys.ts';
import { SimulatedDisk } from '../../support/disk.ts';
import { Faults, SystemError, withFaults } from '../../support/faults.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('putting a file', () => {
  test('is written again if its temporary file is cleaned away by another process that opens the directory', async () => {
    const disk = new SimulatedDisk();
    const files = disk.files();
    let cleaned = 0;
    const harassed = { ...files, link: async (from: string, to: string) => { if ((cleaned += 1) < 3) await files.unlink(from); await files.link(from, to); } };
    assert.equal(await putFile(harassed, 'file', bytes('whole')), 'created');
    assert.deepEqual([new TextDecoder().decode(disk.bytes('file')), await files.list('/')], ['whole', ['file']]);
  });

  test('into a directory that is missing is an error, and no endless loop', async () => {
    const files = new SimulatedDisk().files();
    await assert.rejects(putFile(files, 'missing/file', bytes('x'), '/'), { code: 'ENOENT' });
    assert.deepEqual(await files.list('/'), []);
  });

  test('on a file system without hard links says so', async () => {
    for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK']) {
      const files = withFaults(new SimulatedDisk().files(), new Faults({ of: 'link', at: 2, effect: { kind: 'fail', code } }));
      await assert.rejects(putFile(files, 'file', bytes('x')), { code: 'no-hard-links', message: new RegExp(`^file: this file system cannot make hard links \\(${code}\\)\\. Use a directory on`) });
      assert.deepEqual(await files.list('/'), []);
    }
  });

  for (const [of, at] of [['link', 1], ['write', 1], ['fsync', 1], ['link', 2]] as const) {
    test(`leaves nothing behind if operation ${at} of kind ${of} fails`, async () => {
      const files = withFaults(new SimulatedDisk().files(), new Faults({ of, at, effect: { kind: 'fail', code: 'EIO' } }));
      await assert.rejects(putFile(files, 'file', bytes('x')), { code: 'EIO' });
      assert.deepEqual(await files.list('/'), []);
    });
  }

  test('replacing leaves the old file and nothing else if it fails', async () => {
    for (const [of, at] of [['write', 2], ['fsync', 3], ['rename', 2]] as const) {
      const disk = new SimulatedDisk();
      const files = withFaults(disk.files(), new Faults({ of, at, effect: { kind: 'fail', code: 'ENOSPC' } }));
      await replaceFile(files, 'file', bytes('old'));
      await assert.rejects(replaceFile(files, 'file', bytes('new')), { code: 'ENOSPC' });
      assert.deepEqual([new TextDecoder().decode(disk.bytes('file')), await files.list('/')], ['old', ['file']]);
    }
  });
});

describe('directories and files', () => {
  test('a directory is made with those above it, durably', async () => {
    const disk = new SimulatedDisk();
    await ensureDirectory(disk.files(), 'a/b/c');
    disk.powerLoss('lost');
    assert.equal((await disk.files().describe('a/b/c'))?.kind, 'directory');
    await ensureDirectory(disk.files(), 'a/b/c');
  });

  test('a tree is removed with all in it, and none is no error', async () => {
    const files = new SimulatedDisk().files();
    await ensureDirectory(files, 'a/b/c');
    await putFile(files, 'a/b/file', bytes('x'));
    await removeTree(files, 'a');
    assert.deepEqual(await files.list('/'), []);
    await removeTree(files, 'a');
  });

  test('a file larger than expected is not read', async () => {
    const files = new SimulatedDisk().files();
    await putFile(files, 'file', new Uint8Array(11));
    await assert.rejects(readWhole(files, 'file', 10), { code: 'damaged', message: 'file: it has 11 bytes; at most 10 are read. Check that this is the right file.' });
    assert.equal((await readWhole(files, 'file', 11)).byteLength, 11);
  });
});

describe('errors', () => {
  const meanings: readonly (readonly [string, string])[] = [
    ['ENOSPC', 'disk-full'], ['EDQUOT', 'disk-full'], ['EFBIG', 'disk-full'], ['EROFS', 'read-only'], ['EACCES', 'no-permission'], ['EPERM', 'no-permission'], ['ENOENT', 'missing'],
    ['ENOTDIR', 'not-a-directory'], ['EISDIR', 'not-a-file'], ['EMFILE', 'too-many-open-files'], ['ENFILE', 'too-many-open-files'], ['ENAMETOOLONG', 'path-too-long'],
    ['EIO', 'input-output'], ['ESTALE', 'input-output'],
  ];
  for (const [code, kind] of meanings) {
    test(`${code} is told as ${kind}, with the path, what was going on, what to do, and its cause`, () => {
      const cause = new SystemError(code, '/somewhere/else');
      const error = asStorageError(cause, 'runs/one', 'writing');
      assert.ok(error instanceof StorageError);
      assert.deepEqual([error.code, error.path, error.cause], [kind, 'runs/one', cause]);
      assert.match(error.message, new RegExp(`^runs/one: [a-z].*\\(${code}, while writing\\)\\. [A-Z].*\\.$`));
    });
  }

  test('what is no error of the system stays what it is', async () => {
    const bug = new TypeError('undefined is not a function');
    await assert.rejects(guarded('path', 'writing', () => Promise.reject(bug)), bug);
    const told = new StorageError({ code: 'in-use', path: 'a', what: 'b', remedy: 'C.' });
    assert.equal(asStorageError(told, 'path', 'writing'), told);
    assert.equal(systemCode(Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' })), null);
    assert.equal(systemCode('ENOSPC'), null);
  });
});

describe('keys', () => {
  test('have parts, and lie in folders', () => {
    assert.deepEqual(checkKey('runs/7/head.json'), ['runs', '7', 'head.json']);
    assert.deepEqual(foldersOf('a/b/c'), ['a', 'a/b']);
    assert.deepEqual(foldersOf('a'), []);
  });

  test('that are wrong are told with the part that is', () => {
    assert.throws(() => checkKey('a/.b'), { name: 'RangeError', message: /key "a\/\.b": "\.b" must be 1 to 200 characters/ });
  });
});
