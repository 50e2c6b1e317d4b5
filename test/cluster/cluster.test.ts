// A cluster as its users have it: real processes over a real nats-server. Whatever happens to them, a job ends with the bits of `ebm train`.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { contentOf, ebm, ended, started, type Line } from '../process/support.ts';
import { Tap, type Passed } from '../support/chaos-tap.ts';
import { startNatsServer } from '../support/nats-server.ts';
import { Role } from '../support/role.ts';
import { bitsOf, dismiss, Meeting, trainedDirectly, type Bits } from '../support/roles.ts';

const EXAMPLE = resolve('examples/mnist-rbm.yaml');
const SHORT = ['train.updates=40', 'train.chains=60', 'checkpoint.every=10', 'ledger.every=5', 'evaluate=off'].flatMap((each) => ['--set', each]);

const leaseOf = (name: string) => ({ kind, worker, update }: Passed): boolean => kind === 'lease' && worker === name && update !== null;

/** Whether it is of rows of that update that were leased before too. */
const isOfRange = ({ update, data }: Passed, held: Passed): boolean => update === held.update && data!.from < held.data!.to && held.data!.from < data!.to;

/** A worker that has left finished its last unit, or gave it back by its goodbye before the lease had ended. */
function assertHandedBack(tap: Tap, name: string): void {
  const last = tap.last(leaseOf(name));
  assert.ok(last !== undefined, `${name} had work`);
  const given = tap.passed.find(({ kind, worker, lease, atMs }) => worker === name && atMs >= last.atMs && ((kind === 'contribution' && lease === last.lease) || kind === 'leave'));
  assert.ok(given !== undefined && given.atMs < last.atMs + last.termMs!, JSON.stringify([last, given]));
}

describe('a cluster over NATS', { concurrency: 1 }, () => {
  let meeting: Meeting;
  let expected: Bits;

  before(async () => {
    meeting = await Meeting.open();
    expected = (await trainedDirectly(EXAMPLE, SHORT, meeting.folder)).bits;
    assert.match(String(expected[0]), /^sha256:/);
  });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  const coordinator = (store: string): Promise<Role> => meeting.coordinator(store);
  const worker = (name: string): Role => meeting.worker(name);
  /** Of the newest sign of life. */
  const leaseTimeMs = (store: string): unknown => {
    const signs = join(meeting.folder, store, 'records', 'lease');
    const newest = readdirSync(signs).filter((name) => /^\d+$/.test(name)).sort().at(-1);
    return (JSON.parse(readFileSync(join(signs, newest!), 'utf8')) as { readonly ttlMs: unknown }).ttlMs;
  };
  const submitted = (): ReturnType<typeof ended> => meeting.submits(EXAMPLE, ...SHORT);
  const checkpointAt = (update: number) => (line: Line): boolean => line.kind === 'checkpoint' && line['update'] === update;

  for (const count of [1, 2, 4]) {
    test(`of ${count} workers ends with the bits of ebm train; all leave with 0 when told`, async () => {
      const leader = await coordinator(`store-${count}`);
      const workers = Array.from({ length: count }, (_, i) => worker(`w${i}`));
      const end = await submitted();
      assert.equal(end.status, 0, end.stderr);
      assert.deepEqual(bitsOf(end.lines.at(-1)), expected);
      for (const one of [...workers, leader]) assert.equal(await one.kill('SIGTERM'), 0);
    });
  }

  test('a worker is killed: one that joins gets its range, hands in its own at SIGTERM, and a third joins in mid-run: the same bits', async () => {
    const leader = await coordinator('store-churn');
    const tap = await Tap.open(meeting.server.url, 'mnist-rbm-1', ['a', 'b', 'c']);
    const first = worker('a');
    const following = submitted();
    await leader.says(checkpointAt(10));
    await first.kill();
    const second = worker('b');
    await tap.next((passed) => leaseOf('b')(passed) && isOfRange(passed, tap.last(leaseOf('a'))!));
    assert.equal(await second.kill('SIGTERM'), 0);
    assertHandedBack(tap, 'b');
    const third = worker('c');
    const end = await following;
    assert.ok(tap.last(leaseOf('c')) !== undefined, 'it had a part in the run');
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    await tap.close();
    await dismiss(third, leader);
  });

  test('the coordinator gets SIGTERM and saves, then is killed and replaced three times, once right after it began: the same bits', async () => {
    const workers = [worker('x'), worker('y')];
    const first = await coordinator('store-heirs');
    const following = submitted();
    await first.says(checkpointAt(10));
    assert.equal(await first.kill('SIGTERM'), 0);
    const saved = first.lines.find(({ kind }) => kind === 'interrupted');
    assert.ok(Number(saved?.['update']) >= 10, JSON.stringify(first.lines));
    const second = await coordinator('store-heirs');
    await second.says(({ kind }) => kind === 'started');
    assert.equal(second.lines.find(({ kind }) => kind === 'started')?.['update'], saved!['update']);
    await second.kill();
    const third = await coordinator('store-heirs');
    await third.says(({ kind }) => kind === 'checkpoint');
    await third.kill();
    const fourth = await coordinator('store-heirs');
    await fourth.says(({ kind }) => kind === 'checkpoint');
    await fourth.kill();
    const fifth = await coordinator('store-heirs');
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    await dismiss(...workers, fifth);
  });

  test('a standby takes over from a coordinator that is killed: the same bits', async () => {
    const one = worker('s');
    const leader = await coordinator('store-standby');
    const standby = meeting.role('coordinator', '--store', 'store-standby', '--threads', '1');
    await standby.says(({ kind }) => kind === 'standby');
    const following = submitted();
    await leader.says(checkpointAt(10));
    await leader.kill();
    await standby.says(({ kind, epoch }) => kind === 'leading' && Number(epoch) > 1);
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    await dismiss(one, standby);
  });

  test('a leader that was stopped while a standby took over writes nothing when it wakes up, says so, and stands by', async () => {
    const one = worker('d');
    // Locks say which processes have a run open; a process that wakes up may give its own back.
    const runContent = (): ReadonlyMap<string, string> => new Map([...contentOf(join(meeting.folder, 'store-deposed', 'runs'))].filter(([name]) => !name.includes('/.lock')));
    const leader = await coordinator('store-deposed');
    const standby = meeting.role('coordinator', '--store', 'store-deposed', '--threads', '1');
    await standby.says(({ kind }) => kind === 'standby');
    const following = submitted();
    await leader.says(checkpointAt(10));
    leader.child.kill('SIGSTOP');
    await standby.says(({ kind }) => kind === 'leading');
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    assert.equal(leaseTimeMs('store-deposed'), 3_000); // the time of silence after which a standby leads is in the lease
    const before = runContent();
    leader.child.kill('SIGCONT');
    await leader.says(({ kind }) => kind === 'deposed');
    await leader.says(({ kind }) => kind === 'standby');
    assert.deepEqual(runContent(), before);
    assert.ok(![...leader.lines, ...end.lines].some(({ kind }) => kind === 'failed'), 'the job has not failed');
    const verified = await ebm(['verify', 'store-deposed/runs/mnist-rbm-1', '--json'], { cwd: meeting.folder });
    assert.equal(verified.lines.at(-1)?.['equal'], true, verified.stderr);
    await dismiss(one, leader, standby);
  });

  test('the server is restarted in mid-run: the same bits, and each role says that it is away and that it is back', async () => {
    const leader = await coordinator('store-restart');
    const one = worker('r');
    const following = submitted();
    await leader.says(checkpointAt(10));
    await meeting.server.restart();
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    const place = meeting.server.url.replace('nats://', '');
    for (const role of [leader, one]) {
      await role.says(({ message }) => /^the connection to NATS .* is back$/.test(String(message)));
      assert.deepEqual(role.lines.filter(({ message }) => String(message).startsWith('the connection to NATS')), ['is lost: trying again', 'is back'].map((what) => (
        { kind: 'warning', message: `the connection to NATS at ${place} ${what}` })));
    }
    await dismiss(one, leader);
  });

  test('a job that is cancelled ends as cancelled, and the next one is computed', async () => {
    const leader = await coordinator('store-cancel');
    const one = worker('z');
    const following = ended(started(['submit', EXAMPLE, '--set', 'train.epochs=100', '--set', 'checkpoint.every=10', ...meeting.nats, '--follow', '--json'], { cwd: meeting.folder }));
    await leader.says(checkpointAt(10));
    const cancelled = await ebm(['cancel', 'mnist-rbm-1', ...meeting.nats, '--json'], { cwd: meeting.folder });
    assert.deepEqual([cancelled.status, cancelled.lines.at(-1)?.['state']], [0, 'cancelling'], cancelled.stderr);
    const end = await following;
    assert.deepEqual([end.status, end.lines.at(-1)?.kind], [1, 'cancelled']);
    assert.deepEqual(bitsOf((await submitted()).lines.at(-1)), expected);
    const listed = await ebm(['list', ...meeting.nats, '--json'], { cwd: meeting.folder });
    assert.deepEqual(listed.lines.map((line) => [line['id'], line['state']]), [['mnist-rbm-1', 'cancelled'], ['mnist-rbm-2', 'finished']]);
    const fetched = await ebm(['fetch', 'mnist-rbm-1', '--out', 'cancelled', ...meeting.nats, '--json'], { cwd: meeting.folder });
    assert.equal(fetched.status, 0, fetched.stderr);
    assert.ok(readdirSync(join(meeting.folder, 'cancelled', 'checkpoints')).length > 0, 'what was saved is kept');
    await dismiss(one, leader);
  });

  test('ebm up runs all of it, server included, until ebm down: the same bits', async () => {
    const elsewhere = await startNatsServer();
    await elsewhere.close(); // its port is free now
    const words = ['--nats', elsewhere.url, '--store', 'store-up'];
    const cluster = new Role(['up', '--workers', '2', '--threads', '1', ...words], { cwd: meeting.folder });
    meeting.roles.push(cluster);
    await cluster.says(({ kind }) => kind === 'up');
    const again = await ebm(['up', ...words], { cwd: meeting.folder });
    assert.deepEqual([again.status, /a cluster is up in store-up, owned by process \d+/.test(again.stderr)], [2, true], again.stderr);
    const end = await ebm(['submit', EXAMPLE, ...SHORT, '--nats', elsewhere.url, '--follow', '--json'], { cwd: meeting.folder });
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    assert.equal((await ebm(['down', '--store', 'store-up'], { cwd: meeting.folder })).status, 0);
    assert.equal(await cluster.end, 0);
    const gone = await ebm(['down', '--store', 'store-up'], { cwd: meeting.folder });
    assert.deepEqual([gone.status, /no cluster is up in store-up/.test(gone.stderr)], [2, true], gone.stderr);
  });

  test('what cannot be reached or is not accepted is said, with the exit code', async () => {
    const nobody = await ebm(['list', ...meeting.nats], { cwd: meeting.folder });
    assert.equal(nobody.status, 3);
    assert.match(nobody.stderr, /no coordinator answers: start one with `ebm coordinator`/);
    const nowhere = await ebm(['list', '--nats', 'nats://127.0.0.1:1'], { cwd: meeting.folder });
    assert.equal(nowhere.status, 3);
    assert.match(nowhere.stderr, /no connection to NATS at nats:\/\/127\.0\.0\.1:1[^]*`ebm up`/);
    // A job is given to a cluster that is being started: whoever submits waits for it.
    const early = ebm(['submit', EXAMPLE, ...SHORT, ...meeting.nats, '--json'], { cwd: meeting.folder });
    const leader = await coordinator('store-refusals');
    const submitted = await early;
    assert.deepEqual([submitted.status, submitted.lines.at(-1)?.kind], [0, 'submitted'], submitted.stderr);
    writeFileSync(join(meeting.folder, 'job.yaml'), 'data: { source: /etc/passwd }\nmodel: { kind: bernoulli-rbm }\n');
    const path = await ebm(['submit', 'job.yaml', ...meeting.nats], { cwd: meeting.folder });
    assert.deepEqual([path.status, /the format of passwd is not known by its name/.test(path.stderr)], [2, true], path.stderr);
    const unknown = await ebm(['show', 'nothing-7', ...meeting.nats], { cwd: meeting.folder });
    assert.deepEqual([unknown.status, /there is no job nothing-7; `ebm list` shows them/.test(unknown.stderr)], [2, true], unknown.stderr);
    await dismiss(leader);
  });
});
