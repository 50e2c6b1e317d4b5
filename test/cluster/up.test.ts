// `ebm up` as a process on a port of its own: what it starts again, what it does not, and that a mistake of a role ends it with the reason.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { processes, type ProcessIdentity } from '../../platform/lease/processes.ts';
import { ebm, started, type Line } from '../process/support.ts';
import { startNatsServer } from '../support/nats-server.ts';
import { Role } from '../support/role.ts';
import { Meeting, sets } from '../support/roles.ts';

const EXAMPLE = resolve('examples/mnist-rbm.yaml');

describe('ebm up', { concurrency: 1 }, () => {
  let meeting: Meeting;
  before(async () => { meeting = await Meeting.open(); });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  /** On a port where nothing answers. */
  const up = async (store: string, env: Readonly<Record<string, string>> = {}): Promise<{ readonly cluster: Role; readonly url: string; readonly said: Line }> => {
    const elsewhere = await startNatsServer();
    await elsewhere.close(); // its port is free now
    const cluster = new Role(['up', '--workers', '2', '--threads', '1', '--nats', elsewhere.url, '--store', store], { cwd: meeting.folder, env });
    meeting.roles.push(cluster);
    await cluster.says(({ kind }) => kind === 'up');
    return { cluster, url: elsewhere.url, said: cluster.lines.find(({ kind }) => kind === 'up')! };
  };
  const warned = (pattern: RegExp) => ({ kind, message }: Line): boolean => kind === 'warning' && pattern.test(String(message));

  test('a nats-server that dies is started again, and a job that ran then finishes', async () => {
    const { cluster, url, said } = await up('store-server');
    const job = new Role(['submit', EXAMPLE, ...sets('train.updates=200', 'train.chains=60', 'checkpoint.every=50', 'evaluate=off'), '--nats', url, '--follow'], { cwd: meeting.folder });
    meeting.roles.push(job);
    await job.says(({ kind }) => kind === 'started' || kind === 'progress');
    process.kill(Number(said['server']), 'SIGKILL');
    await cluster.says(warned(/^nats-server ended with SIGKILL: starting it again$/));
    assert.equal(await job.end, 0);
    assert.deepEqual([job.lines.at(-1)?.kind, await cluster.kill('SIGTERM'), cluster.lines.at(-1)?.kind], ['finished', 0, 'down']);
  });

  test('a port in EBM_LISTEN is the coordinator alone has: its workers take others', async () => {
    const free = await startNatsServer();
    await free.close();
    const { cluster, url } = await up('store-listen', { EBM_LISTEN: new URL(free.url).port });
    const all = async (): Promise<readonly Line[]> => (await ebm(['workers', '--nats', url, '--json'], { cwd: meeting.folder })).lines;
    while ((await all()).length < 2) assert.equal(cluster.child.exitCode, null); // they say hello when they have started
    assert.equal(await cluster.kill('SIGTERM'), 0);
    assert.deepEqual(cluster.lines.filter(({ kind }) => kind === 'warning'), []);
  });

  test('a store that cannot be a directory is the user\'s mistake, said before anything is started', async () => {
    writeFileSync(join(meeting.folder, 'a-file'), '');
    const refusal = async (store: string): Promise<readonly unknown[]> => {
      const { status, lines } = await ebm(['up', '--store', store, '--nats', meeting.server.url, '--json'], { cwd: meeting.folder });
      return [status, lines.length, lines.at(-1)?.['kind'], lines.at(-1)?.['code']];
    };
    assert.deepEqual(await refusal('nats'), [2, 1, 'failed', 'wrong-store']);
    assert.deepEqual((await refusal('a-file')).slice(0, 3), [2, 1, 'failed']);
    if (existsSync('/proc/self')) assert.deepEqual((await refusal('/proc/store')).slice(0, 3), [2, 1, 'failed']); // a recursive mkdir never ends there
  });

  test('a worker that was drained stays away', async () => {
    const { cluster, url } = await up('store-drain');
    const name = `local-${cluster.child.pid}-1`;
    const asks = (...words: readonly string[]): ReturnType<typeof ebm> => ebm([...words, '--nats', url, '--json'], { cwd: meeting.folder });
    let drained = await asks('drain', name);
    while (drained.lines.at(-1)?.['code'] === 'no-such-worker') drained = await asks('drain', name); // it is still starting
    assert.equal(drained.status, 0, drained.stdout);
    await cluster.says(({ kind, worker }) => kind === 'drained' && worker === name);
    assert.equal(await cluster.kill('SIGTERM'), 0);
    assert.deepEqual(cluster.lines.filter(({ kind }) => kind === 'warning'), []);
  });

  test('what a killed `ebm up` leaves behind is told by the next one and ended by `ebm down`; the job goes on', async (t) => {
    const { cluster, url, said } = await up('store-killed');
    const words = ['--store', 'store-killed', '--json'];
    t.after(() => ebm(['down', ...words], { cwd: meeting.folder })); // of a test that failed in between
    const submitted = await ebm(['submit', EXAMPLE, ...sets('train.epochs=100', 'checkpoint.every=50', 'evaluate=off'), '--nats', url, '--json'], { cwd: meeting.folder });
    assert.equal(submitted.status, 0, submitted.stdout);
    const mark = JSON.parse(readFileSync(join(meeting.folder, 'store-killed', 'up.json'), 'utf8')) as { readonly crew: readonly { readonly name: string; readonly process: ProcessIdentity }[] };
    const names = mark.crew.map(({ name }) => name);
    assert.deepEqual([names, mark.crew[0]?.process.pid], [['nats-server', 'coordinator', 'worker 1', 'worker 2'], said['server']]);
    cluster.child.kill('SIGKILL');
    await once(cluster.child, 'exit'); // its crew keeps its streams open
    const again = await ebm(['up', '--nats', url, ...words], { cwd: meeting.folder });
    assert.deepEqual([again.status, again.lines.at(-1)?.['code']], [2, 'left-over'], again.stdout);
    for (const { name, process: { pid } } of mark.crew) assert.ok(String(again.lines.at(-1)?.['message']).includes(`${name} (process ${pid})`), again.stdout);
    const down = await ebm(['down', ...words], { cwd: meeting.folder });
    assert.deepEqual([down.status, down.lines.at(-1)?.['left']], [0, mark.crew.map(({ name, process: { pid } }) => ({ name, pid }))], down.stdout);
    assert.deepEqual(mark.crew.map((one) => processes().stateOf(one.process)), names.map(() => 'dead'));
    const heir = new Role(['up', '--threads', '1', '--nats', url, '--store', 'store-killed'], { cwd: meeting.folder });
    meeting.roles.push(heir);
    await heir.says(({ kind }) => kind === 'up');
    const listed = await ebm(['list', '--nats', url, '--json'], { cwd: meeting.folder });
    assert.deepEqual(listed.lines.map(({ id, state }) => [id, state]), [['mnist-rbm-1', 'running']]);
    assert.equal((await ebm(['down', ...words], { cwd: meeting.folder })).status, 0);
    assert.equal(await heir.end, 0);
  });

  test('a process that has the number of one that was noted, and is another program, is sent nothing', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const self = processes().self();
      const other: ProcessIdentity = { ...self, pid: stranger.pid!, startTicks: self.startTicks! - 1 };
      mkdirSync(join(meeting.folder, 'store-reused'));
      writeFileSync(join(meeting.folder, 'store-reused', 'up.json'), JSON.stringify({ v: 1, owner: other, crew: [{ name: 'coordinator', process: other }] }));
      const down = await ebm(['down', '--store', 'store-reused', '--json'], { cwd: meeting.folder });
      assert.deepEqual([down.status, down.lines.at(-1)?.['code']], [2, 'not-up'], down.stdout);
      assert.deepEqual([stranger.exitCode, stranger.signalCode], [null, null]);
    } finally {
      const gone = once(stranger, 'exit');
      stranger.kill('SIGTERM');
      assert.equal((await gone)[1], 'SIGTERM'); // of ours: nothing else had ended it
    }
  });

  test('a mark that cannot be read, or is of a newer program, is refused by name', async () => {
    mkdirSync(join(meeting.folder, 'store-marks'));
    for (const [text, code] of [['{"v":1', 'damaged-mark'], ['{"v":1,"owner":{"pid":-1},"crew":[]}', 'damaged-mark'], ['{"v":2}', 'newer-format']] as const) {
      writeFileSync(join(meeting.folder, 'store-marks', 'up.json'), text);
      for (const command of ['up', 'down']) {
        const refused = await ebm([command, '--store', 'store-marks', '--json'], { cwd: meeting.folder });
        assert.deepEqual([refused.status, refused.lines.map((line) => line['code'])], [2, [code]], refused.stdout);
      }
    }
  });

  test('beside a cluster of another store it ends with the reason instead of bringing that one workers', async () => {
    await meeting.coordinator('store-first');
    const second = await ebm(['up', '--threads', '1', '--store', 'store-second', '--json', ...meeting.nats], { cwd: meeting.folder });
    assert.deepEqual([second.status, second.lines.map(({ kind, code }) => [kind, code])], [2, [['failed', 'another-cluster']]], second.stdout);
  });

  test('whoever stops looking at a job leaves with the code of the signal, is told why nothing comes, and the job goes on', async () => {
    await meeting.coordinator('store-look');
    const child = started(['submit', EXAMPLE, '--follow', ...meeting.nats], { cwd: meeting.folder });
    let told = '';
    child.stdout!.resume();
    await new Promise<void>((settle) => {
      child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        told += text;
        if (/mnist-rbm-1 waits for workers: `ebm workers` shows them/.test(told)) settle();
      });
    });
    const end = new Promise((settle) => { child.on('close', settle); });
    child.kill('SIGINT');
    assert.equal(await end, 130);
    assert.match(told, /mnist-rbm-1 goes on: `ebm watch mnist-rbm-1` shows it again/);
    const logs = new Role(['logs', 'mnist-rbm-1', '-f', ...meeting.nats], { cwd: meeting.folder });
    meeting.roles.push(logs);
    await logs.says(({ kind }) => kind === 'started');
    assert.equal(await logs.kill('SIGTERM'), 143);
    assert.equal((await meeting.asks('show', 'mnist-rbm-1')).lines.at(-1)?.['state'], 'running');
  });
});
