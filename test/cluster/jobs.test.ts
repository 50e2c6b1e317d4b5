// Jobs on a cluster as their users steer them: real processes, several jobs at once, and every job with the bits that `ebm train` gives it.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { askJobs } from '../../cli/cluster/job-service.ts';
import { realClock } from '../../platform/clock/real.ts';
import { connectNats, type NatsTransport } from '../../platform/transport/nats.ts';
import { ebm, type Line } from '../process/support.ts';
import { bitsOf, dismiss, Meeting, sets, type Bits } from '../support/roles.ts';

const EXAMPLE = resolve('examples/mnist-rbm.yaml');
const LONG = sets('train.updates=240', 'train.chains=60', 'checkpoint.every=20', 'ledger.every=20', 'evaluate=off');
const SHORT = sets('train.updates=60', 'train.chains=60', 'checkpoint.every=20', 'ledger.every=20', 'evaluate=off');

const checkpointOf = (id: string) => (line: Line): boolean => line.kind === 'checkpoint' && line['id'] === id;
const endOf = (id: string) => (line: Line): boolean => line.kind === 'finished' && line['id'] === id;

describe('jobs on a cluster', { concurrency: 1 }, () => {
  let meeting: Meeting;
  let long: Bits;
  let short: Bits;

  before(async () => {
    meeting = await Meeting.open();
    const direct = async (name: string, settings: readonly string[]): Promise<Bits> => (
      bitsOf((await ebm(['train', EXAMPLE, ...settings, '--threads', '1', '--out', name, '--json'], { cwd: meeting.folder })).lines.at(-1)));
    long = await direct('long', LONG);
    short = await direct('short', SHORT);
  });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  const submit = async (settings: readonly string[], ...more: readonly string[]): Promise<string> => {
    const { lines, stderr } = await meeting.asks('submit', EXAMPLE, ...settings, ...more);
    assert.equal(lines.at(-1)?.kind, 'submitted', stderr);
    return String(lines.at(-1)!['id']);
  };
  /** Asks the coordinator without a process of its own, which would take a part of a job's time. */
  const asking = async (work: (transport: NatsTransport) => Promise<void>): Promise<void> => {
    const transport = await connectNats({ url: meeting.server.url, name: 'observer', clock: realClock() });
    try {
      await work(transport);
    } finally {
      await transport.close();
    }
  };
  const wish = (what: 'pause' | 'unpause', ids: readonly string[]): Promise<void> => asking(async (transport) => {
    await Promise.all(ids.map((id) => askJobs(transport, what, { id })));
  });
  const workersAre = (count: number): Promise<void> => asking(async (transport) => {
    for (;;) if ((await askJobs(transport, 'workers', {})).workers.length === count) return;
  });
  /** When all are listed as running with a worker each. Fails if one of them ends before. */
  const sharedEvenly = (ids: readonly string[]): Promise<void> => asking(async (transport) => {
    for (;;) {
      const jobs = (await askJobs(transport, 'list', {})).jobs.filter(({ id }) => ids.includes(id));
      assert.ok(jobs.length === ids.length && jobs.every(({ state: now }) => now !== 'finished'), JSON.stringify(jobs));
      if (jobs.every(({ state: now, workers }) => now === 'running' && workers === 1)) return;
    }
  });
  const state = async (id: string): Promise<unknown> => (await meeting.asks('show', id)).lines.at(-1)?.['state'];

  test('a paused job frees its workers and goes on to the same bits; its log and its run can be had', async () => {
    const leader = await meeting.coordinator('store-pause');
    const one = meeting.worker('p');
    const id = await submit(LONG);
    await leader.says(checkpointOf(id));
    const pausing = await meeting.asks('pause', id);
    assert.deepEqual([pausing.status, pausing.lines.at(-1)?.['state']], [0, 'pausing']);
    await leader.says(({ kind, id: of }) => kind === 'interrupted' && of === id);
    assert.equal(await state(id), 'paused');
    const other = await submit(SHORT);
    await leader.says(endOf(other)); // the worker is free meanwhile
    assert.equal((await meeting.asks('unpause', id)).status, 0);
    const watched = await meeting.asks('watch', id);
    assert.deepEqual([watched.status, bitsOf(watched.lines.at(-1))], [0, long], watched.stderr);
    const again = await meeting.asks('pause', id);
    assert.deepEqual([again.status, again.lines.at(-1)?.['message']], [2, 'mnist-rbm-1 has ended: finished']);
    const logs = (await meeting.asks('logs', id)).lines.map(({ kind }) => kind);
    assert.deepEqual([logs.filter((kind) => kind === 'started').length, logs.at(-1)], [2, 'finished']);
    const fetched = await meeting.asks('fetch', id, '--out', 'fetched');
    assert.equal(fetched.lines.at(-1)?.kind, 'fetched', fetched.stderr);
    const verified = await ebm(['verify', 'fetched', '--from', '200', '--json'], { cwd: meeting.folder });
    assert.deepEqual([verified.status, verified.lines.at(-1)?.['equal']], [0, true], verified.stderr);
    const twice = await meeting.asks('fetch', id, '--out', join(meeting.folder, 'fetched'));
    assert.deepEqual([twice.status, twice.lines.at(-1)?.['code']], [2, 'not-empty']);
    await dismiss(one, leader);
  });

  test('a job that is cancelled while it is paused ends where it stood', async () => {
    const leader = await meeting.coordinator('store-stood');
    const one = meeting.worker('q');
    const id = await submit(LONG);
    await leader.says(checkpointOf(id));
    await meeting.asks('pause', id);
    await leader.says(({ kind, id: of }) => kind === 'interrupted' && of === id);
    const stood = Number(leader.lines.find(({ kind }) => kind === 'interrupted')?.['update']);
    assert.ok(stood >= 20, String(stood));
    const paused = (await meeting.asks('list')).lines.at(-1)!;
    assert.deepEqual([paused['state'], paused['update'], paused['updates']], ['paused', stood, 240]);
    const cancelled = (await meeting.asks('cancel', id)).lines.at(-1)!;
    assert.deepEqual([cancelled['state'], cancelled['update']], ['cancelled', stood]);
    const listed = (await meeting.asks('list')).lines.at(-1)!;
    assert.deepEqual([listed['state'], listed['update'], listed['updates'], listed['end']], ['cancelled', stood, 240, { kind: 'cancelled', update: stood }]);
    await dismiss(one, leader);
  });

  test('of two jobs the one of higher priority has the fleet until it ends', async () => {
    const leader = await meeting.coordinator('store-priority');
    const workers = [meeting.worker('a'), meeting.worker('b')];
    const low = await submit(LONG, '--set', 'resources.priority=1');
    await leader.says(checkpointOf(low));
    const high = await submit(SHORT, '--set', 'resources.priority=2');
    await leader.says(endOf(high));
    assert.equal(await state(low), 'running');
    await leader.says(endOf(low));
    const ends = leader.lines.filter(({ kind }) => kind === 'finished');
    assert.deepEqual(ends.map((end) => [end['id'], ...bitsOf(end)]), [[high, ...short], [low, ...long]]);
    await dismiss(...workers, leader);
  });

  test('three jobs of one priority share three workers, one each; a drained worker leaves with 0 and its job goes on', async () => {
    const leader = await meeting.coordinator('store-shares');
    const ids = await Promise.all([submit(LONG), submit(LONG), submit(LONG)]);
    await wish('pause', ids); // until all workers are there, so that none of the jobs ends before
    const workers = ['a', 'b', 'c'].map((name) => meeting.worker(name));
    await workersAre(3);
    const fleet = await meeting.asks('workers');
    assert.deepEqual(fleet.lines.map(({ worker }) => worker), ['a', 'b', 'c']);
    const unknown = await meeting.asks('drain', 'nobody');
    assert.deepEqual([unknown.status, unknown.lines.at(-1)?.['message']], [2, 'there is no worker nobody; `ebm workers` shows them']);
    await wish('unpause', ids);
    await sharedEvenly(ids);
    const told = leader.lines.length;
    for (const id of ids) await leader.says((line) => checkpointOf(id)(line) && leader.lines.indexOf(line) >= told);
    await sharedEvenly(ids); // and it stays so while all of them get on
    assert.equal((await meeting.asks('drain', 'b')).status, 0);
    assert.equal(await workers[1]!.end, 0);
    await workers[1]!.says(({ kind }) => kind === 'drained');
    for (const id of ids) await leader.says(endOf(id));
    for (const end of leader.lines.filter(({ kind }) => kind === 'finished')) assert.deepEqual(bitsOf(end), long);
    await dismiss(workers[0]!, workers[2]!, leader);
  });
});
