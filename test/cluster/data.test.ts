// Data of one's own on a cluster of real processes: a file that only the submitter has is read once, travels by digest, and the job ends with the
// bits of `ebm train` on that file.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { askJobs } from '../../cli/cluster/job-service.ts';
import { realClock } from '../../platform/clock/real.ts';
import { datasetFetcher, pushDataset } from '../../platform/datasets/client.ts';
import { connectNats } from '../../platform/transport/nats.ts';
import { blocks, csv, ebm, JOB, said, set, started, type Ended } from '../process/support.ts';
import { bitsOf, dismiss, Meeting, trainedDirectly, type Bits } from '../support/roles.ts';
import { onSmallDisk } from '../support/small-disk.ts';
import { packOf } from '../unit/datasets/support.ts';

const SHORT = set('train.updates=60', 'checkpoint.every=20');
const unknown = `sha256:${'e'.repeat(64)}`;
const lineOf = (end: Ended, kind: string): Readonly<Record<string, unknown>> => {
  const line = end.lines.find((each) => each.kind === kind);
  assert.ok(line, `${end.stdout}${end.stderr}`);
  return line;
};

describe('data on a cluster', { concurrency: 1 }, () => {
  let meeting: Meeting;
  let expected: Bits;
  /** Only the submitter looks here. */
  let desk: string;

  before(async () => {
    meeting = await Meeting.open();
    desk = meeting.desk();
    writeFileSync(join(desk, 'data.csv'), csv(blocks()));
    writeFileSync(join(desk, 'job.yaml'), JOB);
    expected = (await trainedDirectly('job.yaml', SHORT, desk)).bits;
  });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  const atDesk = (...words: readonly string[]): Promise<Ended> => ebm([...words, ...meeting.nats, '--json'], { cwd: desk });
  const jobOf = (directory: string): { readonly digest: string; readonly job: { readonly data: { readonly source: string }; readonly facts: unknown } } => (
    JSON.parse(readFileSync(join(directory, 'job.json'), 'utf8')) as ReturnType<typeof jobOf>);
  const cached = (folder: string): readonly string[] => readdirSync(join(meeting.folder, folder, 'datasets')).filter((name) => name.endsWith('.pack'));

  test('a job with a path of its own folder: two workers share a cache, the bits and digests are those of ebm train, and the run can be used', async () => {
    const leader = await meeting.coordinator('store');
    const workers = ['a', 'b'].map((name) => meeting.worker(name, '--cache', 'shared'));
    const end = await atDesk('submit', 'job.yaml', ...SHORT, '--follow');
    assert.equal(end.status, 0, end.stderr);
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected);
    const run = join('store', 'runs', String(lineOf(end, 'submitted')['id']));
    const [direct, here] = [jobOf(join(desk, 'direct')), jobOf(join(meeting.folder, run))];
    assert.match(here.job.data.source, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual([here.digest, here.job.facts], [direct.digest, direct.job.facts]);
    assert.deepEqual(cached('shared'), [`${here.job.data.source.slice(7)}.pack`]);
    for (const one of [...workers, leader]) assert.equal(await one.kill('SIGTERM'), 0);
    // What they held is free again.
    assert.deepEqual(readdirSync(join(meeting.folder, 'shared', 'datasets')), cached('shared'));
    const verified = await ebm(['verify', run, '--threads', '1', '--json'], { cwd: meeting.folder });
    assert.deepEqual([verified.status, verified.lines.at(-1)?.['equal']], [0, true], verified.stderr);
    const evaluated = await ebm(['evaluate', run, '--exact', '--json'], { cwd: meeting.folder });
    assert.equal(evaluated.status, 0, evaluated.stderr);
  });

  test('push says what it is, sends only what is not there, and a job may name its digest; list shows it', async () => {
    const leader = await meeting.coordinator('store-push');
    assert.deepEqual((await atDesk('data', 'list')).lines, []);
    const pushed = await atDesk('data', 'push', 'data.csv');
    assert.equal(pushed.status, 0, pushed.stderr);
    const { digest, bytes, sentBytes, columns, shape, training, test: testRows } = lineOf(pushed, 'pushed');
    assert.deepEqual({ sentBytes, columns, shape, training, testRows }, { sentBytes: bytes, columns: 12, shape: null, training: { rows: 60, encoding: 'bits', labels: false }, testRows: null });
    assert.equal(lineOf(await atDesk('data', 'push', 'data.csv'), 'pushed')['sentBytes'], 0);
    const text = await ebm(['data', 'push', 'data.csv', ...meeting.nats], { cwd: desk });
    assert.match(text.stdout, new RegExp(`^${String(digest)}\n60 rows of 12, bits, ${String(bytes)} B, which was there already\n$`));
    const listed = await ebm(['data', 'list', ...meeting.nats], { cwd: desk });
    assert.match(listed.stdout, new RegExp(`^DATA SET +ROWS +TEST ROWS +SHAPE +VALUES +BYTES +JOBS\n${String(digest)} +60 +- +12 +bits +${String(bytes)} B\n$`));
    const worker = meeting.worker('w');
    const end = await meeting.submits(join(desk, 'job.yaml'), ...SHORT, ...set(`data.source=${String(digest)}`));
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    await dismiss(worker, leader);
  });

  test('a worker whose disk is full, or whose cache is too small, says what is missing and takes other work; another one computes the job', async (context) => {
    const leader = await meeting.coordinator('store-room');
    const refusing = async (name: string, reason: RegExp, ...words: readonly string[]): Promise<() => Promise<unknown>> => {
      const child = started(['worker', '--name', name, '--threads', '1', ...words, ...meeting.nats], { cwd: meeting.folder });
      context.after(() => { child.kill('SIGKILL'); });
      const gone = once(child, 'exit');
      await said(child, 'stderr', reason);
      return () => { child.kill('SIGTERM'); return gone; };
    };
    writeFileSync(join(desk, 'large.csv'), csv(Array.from({ length: 240 }, () => blocks()).flat()));
    await onSmallDisk(async (disk) => {
      disk.fill(1_024 + 16); // 1 MiB is left to others
      lineOf(await atDesk('submit', 'job.yaml', ...set('data.source=large.csv')), 'submitted');
      const leave = await refusing('full', /tiny-1 cannot be computed here: there is no room for its data: \d{5} bytes are needed, \d{4,5} are free/, '--cache', disk.path);
      const other = await atDesk('submit', 'job.yaml', ...SHORT, '--follow');
      assert.deepEqual(bitsOf(other.lines.at(-1)), expected, other.stderr);
      assert.equal(readdirSync(join(disk.path, 'datasets')).filter((name) => name.endsWith('.pack')).length, 1);
      assert.deepEqual(await leave(), [0, null]);
      lineOf(await atDesk('cancel', 'tiny-1'), 'job');
    }, 2);
    const following = atDesk('submit', 'job.yaml', ...SHORT, '--follow');
    const leave = await refusing('tight', /tiny-3 cannot be computed here: there is no room for its data: 160 bytes are needed, 50 are free/, '--cache', 'tight', '--cache-bytes', '50');
    const roomy = meeting.worker('roomy', '--cache', 'roomy');
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    assert.deepEqual([cached('tight').length, cached('roomy').length], [0, 1]);
    assert.deepEqual(await leave(), [0, null]);
    await dismiss(roomy, leader);
  });

  test('the coordinator is killed in mid-job, the cache of the worker is damaged: the same bits', async () => {
    const first = await meeting.coordinator('store-heir');
    const worker = meeting.worker('v', '--cache', 'hurt');
    const following = atDesk('submit', 'job.yaml', ...SHORT, '--follow');
    await first.says(({ kind }) => kind === 'checkpoint');
    await first.kill();
    await worker.kill();
    const [name] = cached('hurt');
    writeFileSync(join(meeting.folder, 'hurt', 'datasets', name!), 'damaged');
    const second = await meeting.coordinator('store-heir');
    const again = meeting.worker('v2', '--cache', 'hurt');
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    await dismiss(again, second);
  });

  test('what cannot be used is refused with the reason: a path on the wire, a digest that nobody has, a file that is none, nobody there', async () => {
    const nobody = await atDesk('data', 'list');
    assert.deepEqual([nobody.status, lineOf(nobody, 'failed')['message']], [3, 'no coordinator answers: start one with `ebm coordinator`']);
    const leader = await meeting.coordinator('store-refusals');
    const missing = await atDesk('data', 'push', 'nothing.npz');
    assert.deepEqual([missing.status, lineOf(missing, 'failed')['code']], [2, 'missing']);
    const digest = await atDesk('submit', 'job.yaml', ...set(`data.source=${unknown}`));
    assert.deepEqual([digest.status, lineOf(digest, 'failed')['code']], [2, 'unknown-dataset'], digest.stdout);
    const transport = await connectNats({ url: meeting.server.url, name: 'hostile', clock: realClock() });
    try {
      const spec = { data: { source: '/etc/passwd' }, model: { kind: 'bernoulli-rbm' } };
      await assert.rejects(askJobs(transport, 'submit', { spec, key: 'k1' }), { code: 'data-not-shared' });
      const wire = { transport, clock: realClock() };
      assert.equal(await datasetFetcher(wire)(unknown), null);
      const [pack, other] = [packOf(3_000_000, 1), packOf(3_000_000, 2)];
      await assert.rejects(pushDataset(wire, { digest: pack.digest, bytes: other.bytes }), { code: 'digest-mismatch' });
      assert.deepEqual(await pushDataset(wire, pack), { sentBytes: pack.bytes.length });
    } finally {
      await transport.close();
    }
    await dismiss(leader);
    rmSync(join(meeting.folder, 'store-refusals'), { recursive: true });
  });
});
