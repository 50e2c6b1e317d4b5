// A cluster whose store is NATS: coordinators that share nothing but the server, each started in a folder of its own, as on machines of their
// own. Whatever happens to them, a job ends with the bits of `ebm train`, and its run can be fetched.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { realClock } from '../../platform/clock/real.ts';
import { connectNats } from '../../platform/transport/nats.ts';
import { openNatsStore } from '../../platform/store/nats.ts';
import { blocks, csv, ebm, JOB, type Ended, type Line, type Place } from '../process/support.ts';
import { loginAs, startGuardedServer, type User } from '../support/guarded-server.ts';
import { JETSTREAM } from '../support/nats-store.ts';
import { Role } from '../support/role.ts';
import { bitsOf, dismiss, Meeting, sets, trainedDirectly, type Bits } from '../support/roles.ts';

const EXAMPLE = resolve('examples/mnist-rbm.yaml');
const SHORT = sets('train.updates=40', 'train.chains=60', 'checkpoint.every=10', 'ledger.every=5', 'evaluate=off');
const said = (end: Ended): string => `${JSON.stringify(end.lines.at(-1))} ${end.stderr}`;
/** Names of a run's files, without a lock. */
const filesIn = (run: string): readonly string[] => readdirSync(run, { recursive: true, encoding: 'utf8' }).filter((name) => !/(^|\/)\./.test(name) && !name.startsWith('lock')).sort();
const OWN = sets('train.updates=400', 'checkpoint.every=20', 'ledger.every=10');

describe('a cluster whose store is NATS', { concurrency: 1 }, () => {
  let meeting: Meeting;
  let expected: Bits;
  let jobs = 0;

  before(async () => {
    meeting = await Meeting.open(JETSTREAM);
    expected = (await trainedDirectly(EXAMPLE, SHORT, meeting.folder)).bits;
    assert.match(String(expected[0]), /^sha256:/);
  });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  const folder = (name: string): string => {
    const path = join(meeting.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  /** On a machine of its own, as far as files go. */
  const started = (machine: string): Role => {
    const made = new Role(['coordinator', '--store', 'nats', '--threads', '1', ...meeting.nats], { cwd: folder(machine) });
    meeting.roles.push(made);
    return made;
  };
  const coordinator = async (machine: string): Promise<Role> => {
    const made = started(machine);
    await made.says(({ kind }) => kind === 'leading');
    return made;
  };
  const standby = async (machine: string): Promise<Role> => {
    const made = started(machine);
    await made.says(({ kind }) => kind === 'standby');
    return made;
  };
  const checkpointAt = (update: number) => (line: Line): boolean => line.kind === 'checkpoint' && line['update'] === update;
  const submits = (file = EXAMPLE, ...words: readonly string[]): Promise<Ended> => {
    jobs += 1;
    return meeting.submits(file, ...words.length === 0 ? SHORT : words);
  };
  /** Every key of the store. */
  const keys = async (): Promise<readonly string[]> => {
    const transport = await connectNats({ url: meeting.server.url, name: 'looks', clock: realClock() });
    try {
      return await (await openNatsStore({ connection: transport.connection, clock: realClock() })).list('');
    } finally {
      await transport.close();
    }
  };

  test('a job ends with the bits of ebm train, and what is fetched is a run like any other', async () => {
    const leader = await coordinator('one');
    const worker = meeting.worker('a');
    const end = await submits();
    assert.deepEqual([end.status, bitsOf(end.lines.at(-1))], [0, expected], said(end));
    const fetched = await meeting.asks('fetch', `mnist-rbm-${jobs}`, '--out', 'fetched');
    assert.equal(fetched.status, 0, fetched.stdout);
    const verified = await ebm(['verify', 'fetched', '--json'], { cwd: meeting.folder });
    assert.equal(verified.lines.at(-1)?.['equal'], true, verified.stdout);
    const inspected = await ebm(['inspect', 'fetched', '--json'], { cwd: meeting.folder });
    assert.equal(inspected.status, 0, inspected.stdout);
    const evaluated = await ebm(['evaluate', 'fetched', '--runs', '10', '--betas', '50', '--json'], { cwd: meeting.folder });
    assert.equal(evaluated.status, 0, evaluated.stdout);
    const [here, there] = ['direct', 'fetched'].map((run) => join(meeting.folder, run));
    assert.deepEqual(filesIn(there!), filesIn(here!), 'samples and report too');
    for (const update of ['00000010', '00000040']) assert.deepEqual(readFileSync(join(there!, `samples/${update}.png`)), readFileSync(join(here!, `samples/${update}.png`)));
    const report = readFileSync(join(there!, 'report.html'), 'utf8');
    for (const wanted of [String(expected[0]), `ebm verify mnist-rbm-${jobs}`, 'data-update="30"', 'id="filters"']) assert.ok(report.includes(wanted), wanted);
    const resumed = await ebm(['resume', 'fetched', '--json'], { cwd: meeting.folder });
    assert.deepEqual([resumed.lines.at(-1)?.kind, bitsOf(resumed.lines.at(-1))], ['already-finished', expected], 'its end is on record');
    for (const one of [worker, leader]) assert.equal(await one.kill('SIGTERM'), 0);
  });

  test('the coordinator is killed, and another one elsewhere goes on from the newest checkpoint: the same bits', async () => {
    const worker = meeting.worker('b');
    const first = await coordinator('one');
    const following = submits();
    await first.says(checkpointAt(20));
    await first.kill();
    const second = await coordinator('two');
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, said(end));
    const begun = second.lines.find(({ kind }) => kind === 'started');
    assert.ok(Number(begun?.['update']) >= 20, JSON.stringify(begun));
    assert.equal((await meeting.asks('fetch', `mnist-rbm-${jobs}`, '--out', 'taken-over')).status, 0);
    const report = readFileSync(join(meeting.folder, 'taken-over/report.html'), 'utf8');
    for (const update of [10, 40]) assert.ok(report.includes(`data-update="${update}"`), `samples of both: ${update}`);
    await dismiss(worker, second);
  });

  test('a leader that was stopped while a standby took over writes nothing when it wakes up, says so, and stands by', async () => {
    const worker = meeting.worker('c');
    const leader = await coordinator('one');
    const next = await standby('two');
    const following = submits();
    await leader.says(checkpointAt(10));
    leader.child.kill('SIGSTOP');
    await next.says(({ kind }) => kind === 'leading');
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, said(end));
    await dismiss(worker, next);
    const before = await keys();
    const third = await coordinator('three');
    await dismiss(third);
    const fenced = await keys();
    leader.child.kill('SIGCONT');
    await leader.says(({ kind }) => kind === 'deposed');
    assert.ok(fenced.length > before.length);
    const epochOf = (role: Role): number => Math.max(...role.lines.filter(({ kind }) => kind === 'leading').map(({ epoch }) => Number(epoch)));
    await leader.says(({ kind, epoch }) => kind === 'leading' && Number(epoch) > epochOf(third));
    const since = (await keys()).filter((key) => !fenced.includes(key));
    assert.deepEqual(since.map((key) => key.split('/')[0]), ['log'], `its new fence alone: ${since.join(', ')}`);
    await dismiss(leader);
  });

  test('nats-server is restarted in mid-run: the same bits', async () => {
    const leader = await coordinator('one');
    const worker = meeting.worker('d');
    const following = submits();
    await leader.says(checkpointAt(10));
    await meeting.server.restart();
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, said(end));
    await dismiss(worker, leader);
  });

  test('data of a submitter are in the store: a coordinator elsewhere has them, and ebm fetch --data brings them to evaluate', async () => {
    const desk = folder('desk');
    writeFileSync(join(desk, 'data.csv'), csv(blocks()));
    writeFileSync(join(desk, 'job.yaml'), JOB);
    const { bits: direct } = await trainedDirectly('job.yaml', OWN, desk);
    const first = await coordinator('four');
    const following = submits(join(desk, 'job.yaml'), ...OWN);
    await first.says(({ kind }) => kind === 'started');
    await first.kill();
    const second = await coordinator('five');
    const worker = meeting.worker('e', '--cache', 'cache-of-e');
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), direct, said(end));
    const id = `tiny-${jobs}`;
    assert.equal((await meeting.asks('fetch', id, '--out', 'tiny')).status, 0);
    const without = await ebm(['evaluate', 'tiny', '--exact'], { cwd: meeting.folder });
    assert.equal(without.status, 2, without.stderr);
    assert.match(without.stderr, /ebm fetch .*--data/);
    const fetched = await meeting.asks('fetch', id, '--data', '--out', 'tiny-data');
    assert.equal(fetched.status, 0, fetched.stdout);
    const evaluated = await ebm(['evaluate', 'tiny', '--exact', '--json'], { cwd: meeting.folder });
    assert.equal(evaluated.status, 0, evaluated.stdout);
    await dismiss(worker, second);
  });

  test('under least privilege: a whole job, and nothing that the coordinator needs is refused', async () => {
    const server = await startGuardedServer();
    const place = (user: User): Place => ({ cwd: folder('guarded'), env: { ...loginAs(user), EBM_NATS: server.url } });
    const leader = new Role(['coordinator', '--store', 'nats', '--threads', '1'], place('coordinator'));
    const worker = new Role(['worker', '--name', 'worker-1', '--threads', '1'], place('worker-1'));
    try {
      await leader.says(({ kind }) => kind === 'leading');
      const end = await ebm(['submit', EXAMPLE, ...SHORT, '--follow', '--json'], place('submitter'));
      assert.deepEqual(bitsOf(end.lines.at(-1)), expected, said(end));
      const fetched = await ebm(['fetch', 'mnist-rbm-1', '--data', '--out', 'fetched', '--json'], place('submitter'));
      assert.equal(fetched.status, 0, fetched.stdout);
      for (const one of [worker, leader]) {
        assert.equal(await one.kill('SIGTERM'), 0, one.stderr);
        assert.deepEqual(one.lines.filter(({ kind }) => kind === 'warning'), []);
        assert.doesNotMatch(one.stderr, /may not/);
      }
    } finally {
      for (const one of [worker, leader]) await one.kill();
      await server.close();
    }
  });

  test('a coordinator of another store on the same server is refused, and the first one leads on', async () => {
    const leader = await coordinator('one');
    const other = await meeting.asks('coordinator', '--store', 'elsewhere', '--threads', '1');
    assert.deepEqual([other.status, other.lines.at(-1)?.['code']], [2, 'another-cluster'], said(other));
    const worker = meeting.worker('f');
    assert.deepEqual(bitsOf((await submits()).lines.at(-1)), expected);
    await dismiss(worker, leader);
    const free = await meeting.coordinator('elsewhere');
    await dismiss(free);
  });
});
