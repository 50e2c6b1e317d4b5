// A user's energy on a cluster of real processes: nobody runs it unless told to, the coordinator and each worker by itself; where they are told, the
// job ends with the bits of `ebm train`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { askJobs } from '../../cli/cluster/job-service.ts';
import { realClock } from '../../platform/clock/real.ts';
import { connectNats } from '../../platform/transport/nats.ts';
import { ebm, said, started, type Ended } from '../process/support.ts';
import { THROWING } from '../support/throwing-energy.ts';
import { bitsOf, dismiss, Meeting, sets, trainedDirectly, type Bits } from '../support/roles.ts';

const SHORT = sets('train.updates=6', 'train.batch=32', 'train.microbatch=8', 'checkpoint.every=3', 'evaluate=off');

describe('modules on a cluster', { concurrency: 1 }, () => {
  let meeting: Meeting;
  let expected: Bits;
  /** Only the submitter looks here. */
  let desk: string;

  before(async () => {
    meeting = await Meeting.open();
    desk = meeting.desk();
    for (const name of ['user-energy.yaml', 'user-energy.ts']) copyFileSync(join('examples', name), join(desk, name));
    expected = (await trainedDirectly('user-energy.yaml', SHORT, desk)).bits;
  });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  const submitted = (...words: readonly string[]): Promise<Ended> => ebm(['submit', 'user-energy.yaml', ...SHORT, ...words, ...meeting.nats, '--json'], { cwd: desk });

  test('a coordinator takes none unless it is told to, and says what to do', async () => {
    const leader = await meeting.coordinator('store-closed');
    const refused = await submitted();
    assert.equal(refused.status, 2, refused.stderr);
    const { code, message, advice } = refused.lines.at(-1)!;
    assert.deepEqual([code, message], ['modules-not-allowed', 'model.energy is the module user-energy.ts of the job\'s author, and this cluster takes none: its coordinator was started without --allow-modules']);
    assert.match(String(advice), /docs\/operations\.md/);
    await dismiss(leader);
  });

  test('a worker that was not told to run any takes no part and says why; two that were end with the bits of ebm train, though the file is gone', async (context) => {
    const leader = await meeting.coordinator('store', '--allow-modules');
    const closed = started(['worker', '--name', 'closed', '--threads', '1', ...meeting.nats], { cwd: meeting.folder });
    context.after(() => { closed.kill('SIGKILL'); });
    const gone = once(closed, 'exit');
    const saying = said(closed, 'stderr', /user-energy-1 cannot be computed here: model\.energy is the module user-energy\.ts of the job's author, and this worker runs none: it was started without --allow-modules/);
    const following = submitted('--follow');
    await Promise.race([saying, following.then(({ stdout, stderr }) => assert.fail(`the job ended without the worker's word: ${stdout}${stderr}`))]);
    rmSync(join(desk, 'user-energy.ts'));
    const open = ['a', 'b'].map((name) => meeting.worker(name, '--allow-modules'));
    const end = await following;
    assert.equal(end.status, 0, end.stderr);
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected);
    const verified = await ebm(['verify', join('store', 'runs', 'user-energy-1'), '--threads', '1', '--json'], { cwd: meeting.folder });
    assert.deepEqual([verified.status, verified.lines.at(-1)?.['equal']], [0, true], verified.stderr);
    closed.kill('SIGTERM');
    assert.deepEqual(await gone, [0, null]);
    await dismiss(...open, leader);
    copyFileSync('examples/user-energy.ts', join(desk, 'user-energy.ts'));
  });

  test('an energy that throws while it trains ends its job with the module and the place, and the cluster takes others', async () => {
    const leader = await meeting.coordinator('store-throwing', '--allow-modules');
    const open = ['a', 'b'].map((name) => meeting.worker(name, '--allow-modules'));
    writeFileSync(join(desk, 'user-energy.ts'), THROWING);
    const failed = await submitted('--follow');
    assert.equal(failed.status, 1, failed.stderr);
    assert.equal(failed.lines.at(-1)?.['kind'], 'failed');
    assert.match(String(failed.lines.at(-1)?.['message']), /user-energy\.ts:9:27: enough$/);
    copyFileSync('examples/user-energy.ts', join(desk, 'user-energy.ts'));
    const next = await submitted('--follow');
    assert.deepEqual([next.status, bitsOf(next.lines.at(-1))], [0, expected], next.stderr);
    await dismiss(...open, leader);
  });

  test('a mistake in a module is told before anything is sent; a job on the wire has the text and not a path', async () => {
    const leader = await meeting.coordinator('store-wrong', '--allow-modules');
    writeFileSync(join(desk, 'user-energy.ts'), 'export const energy = 3;\n');
    const refused = await submitted();
    assert.deepEqual([refused.status, refused.lines.at(-1)?.['code']], [2, 'module-failed'], refused.stderr);
    assert.deepEqual((await meeting.asks('list')).lines, []);
    const connection = await connectNats({ url: meeting.server.url, name: 'stranger', clock: realClock() });
    try {
      const spec = { data: { source: 'eight-gaussians' }, model: { kind: 'energy', energy: { kind: 'module', path: 'user-energy.ts' } } };
      await assert.rejects(askJobs(connection, 'submit', { spec, key: 'k' }), { code: 'module-not-read' });
      const forged = { digest: `sha256:${'a'.repeat(64)}`, source: 'export {};', parameters: [{ name: 'w', shape: [2], deviation: 0 }] };
      await assert.rejects(askJobs(connection, 'submit', { spec: { ...spec, model: { kind: 'energy', energy: { ...spec.model.energy, compiled: forged } } }, key: 'l' }), { code: 'job-invalid' });
    } finally {
      await connection.close();
    }
    await dismiss(leader);
  });
});
