// Disks and directories that are not as a run needs them, for real: full, read-only, in the way, in use. Every time a clear error and
// the right exit code, and nothing damaged: what was saved goes on when the trouble is over.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { onSmallDisk } from '../support/small-disk.ts';
import { assertRefused, bits, checkpointsIn, contentOf, ebm, ended, folder, last, messages, ofKind, said, set, started, type Ended } from './support.ts';

const JOB = ['train', 'job.yaml', ...set('train.updates=120', 'evaluate=off')];

describe('a disk', () => {
  const here = folder();
  let undisturbed: Ended;
  before(async () => { undisturbed = await here.run([...JOB, '--out', 'undisturbed']); });
  after(() => { here.remove(); });

  test('that fills up while a run is under way ends it with what to do; with space again it goes on, with the same bits', async () => {
    await onSmallDisk(async (disk) => {
      const run = join(disk.path, 'run');
      const failed = await here.run([...JOB, '--out', run], { kind: 'checkpoint', count: 2, fill: join(disk.path, 'filler') });
      assert.equal(failed.status, 1);
      const { code, message } = last(failed, 'failed');
      assert.equal(code, 'storage');
      assert.match(String(message), /: the disk is full \(ENOSPC, while .*\)\. Free some space and try again; what was saved before is intact\.$/);
      assert.ok(String(message).startsWith(run), 'it names the path');
      const saved = checkpointsIn(run).at(-1) ?? 0;
      assert.ok(saved >= 40 && saved < 120, `${saved}`);
      const content = contentOf(run);
      const refused = await here.run(['resume', run]);
      assert.deepEqual([refused.status, last(refused, 'failed')['code']], [1, 'disk-full']);
      assert.match(String(last(refused, 'failed')['message']), /: the disk is full \(ENOSPC, while taking the lock\)\. Free some space and try again; what was saved before is intact\.$/);
      assert.deepEqual(contentOf(run), content, 'nothing was changed');
      last(await here.run(['verify', run]), 'verified');
      disk.free();
      const resumed = await here.run(['resume', run]);
      assert.deepEqual([messages(resumed), ofKind(resumed, 'started')[0]?.['update']], [[], saved]);
      assert.deepEqual(bits(resumed), bits(undisturbed));
    }, 8);
  });

  test('that is read-only cannot be trained on or gone on with; what is on it can be verified and looked at', async () => {
    await onSmallDisk(async (disk) => {
      const run = join(disk.path, 'run');
      await here.run([...JOB, '--out', run], { kind: 'checkpoint', count: 2, signal: 'SIGINT' });
      const content = contentOf(run);
      disk.setReadOnly(true);
      for (const [words, doing] of [[['train', 'job.yaml', '--out', join(disk.path, 'new')], 'making the run directory'], [['resume', run], 'taking the lock']] as const) {
        const refused = await here.run(words);
        const { code, message } = last(refused, 'failed');
        assert.deepEqual([refused.status, code], [2, 'read-only']);
        assert.match(String(message), new RegExp(`: the disk is mounted read-only \\(EROFS, while ${doing}\\)\\. Choose a directory on a disk that can be written to\\.$`));
      }
      for (const words of [['verify', run], ['inspect', run]]) assert.equal((await here.run(words)).status, 0, words[0]);
      disk.setReadOnly(false);
      assert.deepEqual(contentOf(run), content);
      assert.deepEqual(bits(await here.run(['resume', run])), bits(undisturbed));
    }, 8);
  });
});

describe('a working directory', () => {
  const here = folder();
  after(() => { here.remove(); });

  test('that is read-only is named as that, with --out as the way out', async () => {
    await onSmallDisk(async (disk) => {
      disk.setReadOnly(true);
      const refused = await ebm(['train', here.file('job.yaml'), '--threads', '1', '--json'], { cwd: disk.path });
      const { code, message, advice } = last(refused, 'failed');
      assert.deepEqual([refused.status, code, advice], [2, 'read-only', 'Name it with --out DIR.']);
      assert.equal(message, 'runs: the disk is mounted read-only (EROFS, while making the run directory). Choose a directory on a disk that can be written to.');
    });
  });

  test('on a disk of 1 MB is enough for a tiny run', async () => {
    await onSmallDisk(async (disk) => {
      const done = await ebm(['train', here.file('job.yaml'), '--threads', '1', '--json'], { cwd: disk.path });
      assert.deepEqual([done.status, messages(done)], [0, []]);
      assert.ok(existsSync(join(disk.path, 'runs', 'tiny-1', 'report.html')));
    });
  });
});

describe('a directory', { concurrency: 2 }, () => {
  const here = folder();
  before(async () => { await here.run(['train', 'job.yaml', '--out', 'run', ...set('train.updates=5', 'evaluate=off')]); });
  after(() => { here.remove(); });

  for (const [what, out, code, message] of [
    ['that is a file', 'data.csv', 'not-a-directory', /data\.csv: this is a file, a run needs a directory\. Choose another name with --out\.$/],
    ['below a file', 'data.csv/run', 'not-a-directory', /data\.csv\/run: a part of the path is not a directory \(ENOTDIR, while making the run directory\)/],
    ['that holds a run', 'run', 'not-empty', /\/run: this directory holds a run already\. Go on with it \(ebm resume \S+\/run\), or choose another directory with --out\.$/],
    ['that holds something else', '.', 'not-empty', /: this directory is not empty \(data\.csv, job\.yaml, .*\)\. Choose a new or empty directory with --out\.$/],
    ['without a name', '', 'empty-argument', /^--out is empty$/],
  ] as const) {
    test(`${what} is refused for a new run, and stays as it is`, async () => {
      const content = contentOf(here.file('run'));
      await assertRefused(['train', here.file('job.yaml'), '--out', out === '' ? '' : here.file(out)], code, message);
      assert.deepEqual(contentOf(here.file('run')), content);
      assert.deepEqual(readdirSync(here.path).sort(), ['data.csv', 'job.yaml', 'run']);
    });
  }
});

describe('a run directory in which something else has a name of its own', { concurrency: 2 }, () => {
  const here = folder();
  before(async () => { await here.run(['train', 'job.yaml', '--out', 'run', ...set('train.updates=5', 'evaluate=off')]); });
  after(() => { here.remove(); });

  for (const [name, command, put, code, message] of [
    ['checkpoints', 'resume', 'file', 'not-a-directory', /\/resume-checkpoints\/checkpoints: there is a file where a directory is needed \(EEXIST, while opening the run directory\)\. Move it out of the way, or choose another name\.$/],
    ['checkpoints', 'evaluate', 'file', 'not-a-directory', /\/evaluate-checkpoints\/checkpoints: a part of the path is not a directory \(ENOTDIR, while reading the model\)\. Check the path\.$/],
    ['ledger.jsonl', 'resume', 'directory', 'not-a-file', /\/resume-ledger\.jsonl\/ledger\.jsonl: this is a directory where a file is expected \(EISDIR, while opening the run directory\)\. Move it out of the way\.$/],
    ['metrics.jsonl', 'resume', 'directory', 'not-a-file', /\/resume-metrics\.jsonl\/metrics\.jsonl: this is a directory where a file is expected \(EISDIR, while opening the run directory\)\. Move it out of the way\.$/],
  ] as const) {
    test(`is refused by ${command} with the path of the ${put} that is called ${name}`, async () => {
      const run = `${command}-${name}`;
      here.copy('run', run);
      rmSync(here.file(run, name), { recursive: true });
      if (put === 'file') writeFileSync(here.file(run, name), '');
      else mkdirSync(here.file(run, name));
      await assertRefused([command, here.file(run)], code, message);
      assert.equal(existsSync(here.file(run, '.lock.1')), false, 'it is not left locked');
    });
  }
});

describe('a run directory that a process uses', () => {
  const here = folder();
  after(() => { here.remove(); });

  test('is refused to a second one, which names the first; looking is allowed, and the first is not disturbed', async () => {
    const undisturbed = here.run([...JOB, '--out', 'undisturbed']);
    // It stops itself where it stands: alive, and in no hurry.
    const first = started([...JOB, '--out', 'run', '--threads', '1', '--json'], { cwd: here.path, at: { kind: 'checkpoint', count: 2, signal: 'SIGSTOP' } });
    const end = ended(first);
    try {
      await said(first, 'stdout', /"kind":"checkpoint","update":40/);
      for (const [words, code, message] of [
        [['resume', 'run'], 'in-use', new RegExp(`^run: this run directory is in use by pid ${first.pid} on host \\S+ since 20\\S+Z\\. Wait until it has ended, or stop it \\(kill ${first.pid}\\), and try again\\.$`)],
        [['train', 'job.yaml', '--out', 'run'], 'not-empty', /^run: this directory holds a run already/],
      ] as const) {
        const refused = await here.run(words);
        assert.deepEqual([refused.status, last(refused, 'failed')['code']], [2, code]);
        assert.match(String(last(refused, 'failed')['message']), message);
      }
      const verified = await here.run(['verify', 'run', '--to', '40']);
      assert.deepEqual([verified.status, last(verified, 'verified')['compared']], [0, 8]);
      const inspected = await here.run(['inspect', 'run']);
      const inUse = last(inspected, 'inspected')['inUse'] as Readonly<Record<string, unknown>>;
      assert.deepEqual([inspected.status, inUse['pid'], inUse['certain']], [0, first.pid, true]);
      assert.match((await here.text(['inspect', 'run'])).stdout, new RegExp(`^state +in use by process ${first.pid} since 20\\S+Z\nprogress +saved at update 40 of 120(?: \\(its ledger goes to \\d+\\))?$`, 'm'));
    } finally {
      first.kill('SIGCONT');
    }
    assert.deepEqual(bits(await end), bits(await undisturbed));
    assert.ok(!existsSync(here.file('run', '.lock.1')), 'the lock is given back');
    assert.equal(last(await here.run(['inspect', 'run']), 'inspected')['inUse'], null);
  });
});
