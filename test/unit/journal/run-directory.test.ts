// Making, opening and locking a run directory: what is accepted, and what users are told when it is not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readRunDirectory } from '../../../platform/journal/reading.ts';
import { createRunDirectory, openRunDirectory } from '../../../platform/journal/run-directory.ts';
import { StorageError } from '../../../platform/store/errors.ts';
import { modelOf, runOf, snapshotOf } from '../../support/run-fixtures.ts';

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ebm-run-'));
  const before = process.cwd();
  try {
    // Paths in messages are as the user gave them: relative ones stay relative.
    process.chdir(directory);
    await use(directory);
  } finally {
    process.chdir(before);
    await rm(directory, { recursive: true });
  }
}

async function refused(promise: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

const run = runOf();

describe('a new run directory', () => {
  test('is made with those above it, and holds the job', async () => {
    await inDirectory(async () => {
      const { journal, job, digest, path, warnings } = await createRunDirectory('runs/deep/one', run);
      assert.deepEqual({ path, job, digest, warnings }, { path: 'runs/deep/one', ...run, warnings: [] });
      await journal.close();
      const document = JSON.parse(await readFile('runs/deep/one/job.json', 'utf8')) as Record<string, unknown>;
      assert.deepEqual([document['formatVersion'], document['digest'], document['job']], [1, run.digest, run.job]);
    });
  });

  test('may be there already, if it is empty', async () => {
    await inDirectory(async () => {
      await mkdir('one');
      await (await createRunDirectory('one/', run)).journal.close();
      assert.deepEqual((await readdir('one')).filter((name) => !name.startsWith('.')), ['checkpoints', 'job.json', 'ledger.jsonl', 'metrics.jsonl']);
    });
  });

  test('is not made where something is', async () => {
    await inDirectory(async () => {
      await mkdir('one');
      for (const name of ['a', 'b', 'c', 'd', 'e']) await writeFile(join('one', name), 'precious');
      await refused(createRunDirectory('one', run), 'not-empty', /^one: this directory is not empty \(a, b, c, and 2 more\)\. Choose a new or empty directory with --out\.$/);
      assert.deepEqual(await readdir('one'), ['a', 'b', 'c', 'd', 'e']);
    });
  });

  test('is not made over a run; how to go on with that is said', async () => {
    await inDirectory(async () => {
      await (await createRunDirectory('runs/one', run)).journal.close();
      await refused(createRunDirectory('runs/one', run), 'not-empty', /^runs\/one: this directory holds a run already\. Go on with it \(ebm resume runs\/one\), or choose another/);
    });
  });

  test('is not made over or below a file', async () => {
    await inDirectory(async () => {
      await writeFile('file', 'x');
      await refused(createRunDirectory('file', run), 'not-a-directory', /^file: this is a file, a run needs a directory/);
      await refused(createRunDirectory('file/inside', run), 'not-a-directory', /^file\/inside: a part of the path is not a directory/);
    });
  });

  test('is not made over a link to nowhere', async () => {
    await inDirectory(async () => {
      await symlink('nowhere', 'link');
      await refused(createRunDirectory('link', run), 'not-a-directory', /^link: /);
    });
  });

  test('of two that make it at once one succeeds, and the other is told', async () => {
    await inDirectory(async () => {
      const outcomes = await Promise.allSettled([createRunDirectory('one', run), createRunDirectory('one', run)]);
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') await outcome.value.journal.close();
        else assert.match(String(outcome.reason), /in use by this process itself|holds a run already/);
      }
    });
  });
});

describe('opening a run directory', () => {
  test('gives back the job, and what is in it', async () => {
    await inDirectory(async () => {
      const made = await createRunDirectory('one', run);
      await made.journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100));
      await made.journal.close();
      const { journal, job, digest } = await openRunDirectory('one');
      assert.deepEqual({ job, digest }, run);
      assert.equal((await journal.restore()).kind, 'restored');
      await journal.close();
    });
  });

  test('that is missing names the runs beside it', async () => {
    await inDirectory(async () => {
      await refused(openRunDirectory('runs/two'), 'missing', /^runs\/two: there is no such run directory\. Give the directory that `ebm train` wrote\.$/);
      await (await createRunDirectory('runs/one', run)).journal.close();
      await refused(openRunDirectory('runs/two'), 'missing', /There is: runs\/one\.$/);
      await refused(openRunDirectory('runs/one/job.json/x'), 'missing', /there is no such run directory/);
    });
  });

  test('that is a file, or no run, is told, and left without a lock', async () => {
    await inDirectory(async () => {
      await (await createRunDirectory('one', run)).journal.close();
      await refused(openRunDirectory('one/job.json'), 'not-a-directory', /^one\/job\.json: this is a file, not a run directory\. Give its directory, one\.$/);
      await mkdir('other');
      await refused(openRunDirectory('other'), 'not-a-run', /^other: this is not a run directory: it has no job\.json/);
      assert.deepEqual(await readdir('other'), []);
    });
  });

  const documents: readonly (readonly [string, (text: string) => string, string, RegExp])[] = [
    ['of a newer program', (text) => text.replace('"formatVersion": 1', '"formatVersion": 7'), 'newer-format', /^one\/job\.json: it has format version 7, this program reads up to 1\. Use a newer ebm-fleet\.$/],
    ['cut short', (text) => text.slice(0, 200), 'damaged', /^one\/job\.json: it is not JSON\. Put the original back/],
    ['empty', () => '', 'damaged', /not JSON/],
    ['null', () => 'null', 'damaged', /not the job of a run/],
    ['without a job', (text) => text.replace('"job"', '"jab"'), 'damaged', /not the job of a run/],
    ['edited by hand', (text) => text.replace('"updates": 1000', '"updates": 2000'), 'damaged', /it was changed after the run had started\..*ebm resume DIR --set train\.epochs=N/],
    ['huge', () => ' '.repeat(2 ** 20 + 1), 'damaged', /1048577 bytes; at most 1048576/],
  ];
  for (const [what, edit, code, message] of documents) {
    test(`whose job.json is ${what} is refused, for reading too`, async () => {
      await inDirectory(async () => {
        await (await createRunDirectory('one', run)).journal.close();
        await writeFile('one/job.json', edit(await readFile('one/job.json', 'utf8')));
        await refused(openRunDirectory('one'), code, message);
        await refused(readRunDirectory('one'), code, message);
      });
    });
  }

  test('replaces the job for a longer run', async () => {
    await inDirectory(async () => {
      const made = await createRunDirectory('one', run);
      const longer = { digest: `sha256:${'e'.repeat(64)}`, job: { ...run.job, train: { ...run.job.train, updates: 5000 } } };
      await made.replaceJob(longer);
      await made.journal.close();
      const { job, digest } = await readRunDirectory('one');
      assert.deepEqual({ job, digest }, longer);
    });
  });
});

describe('the lock of a run directory', () => {
  test('a second opening in the same process is refused until the first is closed', async () => {
    await inDirectory(async () => {
      const first = await createRunDirectory('one', run);
      await refused(openRunDirectory('one'), 'in-use', new RegExp(`^one: this run directory is in use by this process itself \\(pid ${process.pid}\\) since \\d{4}-.*Z\\. Close it first\\.$`));
      await first.journal.close();
      await first.journal.close();
      await (await openRunDirectory('one')).journal.close();
    });
  });

  test('a live process is named with its number, since when, and what to do; when it has been killed its lock is taken over', async () => {
    await inDirectory(async () => {
      const writer = new URL('../../chaos/checkpoint-writer.js', import.meta.url);
      const child = spawn(process.execPath, [writer.pathname, 'one'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exit = once(child, 'exit');
      await once(child.stdout, 'data');
      child.stdout.resume();
      await refused(openRunDirectory('one'), 'in-use', new RegExp(`^one: this run directory is in use by pid ${child.pid!} on host .* since 20.*Z\\. Wait until it has ended, or stop it \\(kill ${child.pid!}\\), and try again\\.$`));
      // Looking at it is allowed.
      assert.deepEqual((await readRunDirectory('one')).digest, run.digest);
      child.kill('SIGKILL');
      await exit;
      const { journal } = await openRunDirectory('one');
      assert.deepEqual((await journal.restore()).warnings, []);
      await journal.close();
    });
  });

  test('after closing, every call is refused, and nothing more is written', async () => {
    await inDirectory(async () => {
      const { journal } = await createRunDirectory('one', run);
      await journal.close();
      await assert.rejects(journal.checkpoint(snapshotOf({ update: 1 }), modelOf(1)), /the journal is closed/);
      await assert.rejects(journal.appendMetrics({}), /the journal is closed/);
      assert.deepEqual(await readdir('one/checkpoints'), []);
    });
  });
});

describe('a run directory that vanishes', () => {
  test('is an error at the next checkpoint, and closing still works', async () => {
    await inDirectory(async () => {
      const { journal } = await createRunDirectory('one', run);
      await rm('one', { recursive: true });
      await refused(journal.checkpoint(snapshotOf({ update: 100 }), modelOf(100)), 'missing', /^one\/checkpoints: there is nothing of that name \(ENOENT, while writing the checkpoint of update 100\)/);
      await refused(journal.close(), 'missing', /^one: /);
    });
  });
});

describe('artefacts', () => {
  test('are files of the run directory', async () => {
    await inDirectory(async () => {
      const { journal } = await createRunDirectory('one', run);
      await journal.writeArtefact('samples/00000100.png', Uint8Array.of(1, 2));
      await journal.writeArtefact('report.html', Uint8Array.of(3));
      await journal.close();
      assert.deepEqual([...await readFile('one/samples/00000100.png')], [1, 2]);
      assert.deepEqual([...await readFile('one/report.html')], [3]);
    });
  });

  test('cannot lead out of it, nor take the place of what the journal keeps', async () => {
    await inDirectory(async () => {
      const { journal } = await createRunDirectory('one', run);
      for (const name of ['../x', '/x', '.lock.9', 'a/../b', '', 'job.json', 'ledger.jsonl', 'metrics.jsonl', 'ledger.cut.jsonl', 'checkpoints/x']) {
        await assert.rejects(journal.writeArtefact(name, new Uint8Array(1)), RangeError, name);
      }
      await journal.close();
    });
  });

  test('a picture folder that cannot be written to is an error with its path', async () => {
    await inDirectory(async () => {
      const { journal } = await createRunDirectory('one', run);
      await writeFile('one/samples', 'a file');
      await chmod('one/samples', 0o600);
      await refused(journal.writeArtefact('samples/1.png', new Uint8Array(1)), 'not-a-directory', /^one\/samples\/1\.png: .*EEXIST/);
      await journal.close();
    });
  });
});
