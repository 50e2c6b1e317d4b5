// `ebm show`: what a cluster knows of a job at each stage of its life, as one object and in words; and what is said where a name is wrong, where
// nobody is there, and where a job waits for workers.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { blocks, csv, ebm, JOB, set, type Ended, type Line } from '../process/support.ts';
import { dismiss, Meeting } from '../support/roles.ts';

describe('what users are told of jobs', { concurrency: 1 }, () => {
  let meeting: Meeting;
  let desk: string;

  before(async () => {
    meeting = await Meeting.open();
    desk = meeting.desk();
    writeFileSync(join(desk, 'data.csv'), csv(blocks()));
    writeFileSync(join(desk, 'job.yaml'), JOB);
  });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  const atDesk = (...words: readonly string[]): Promise<Ended> => ebm([...words, ...meeting.nats, '--json'], { cwd: desk });
  const inWords = async (...words: readonly string[]): Promise<string> => (await ebm([...words, ...meeting.nats], { cwd: desk })).stdout;
  const submit = async (...changes: readonly string[]): Promise<string> => String((await atDesk('submit', 'job.yaml', ...set(...changes))).lines.at(-1)!['id']);
  const show = async (id: string): Promise<Line> => (await atDesk('show', id)).lines.at(-1)!;
  const said = (kind: string, id: string) => (line: Line): boolean => line.kind === kind && line['id'] === id;

  test('show: a job that waits, one that computes, one that is paused, one that has finished', async () => {
    const leader = await meeting.coordinator('store-show');
    const id = await submit('train.updates=1000000');
    await leader.says(said('started', id));
    const waiting = await show(id);
    assert.deepEqual(
      [waiting['state'], waiting['workers'], waiting['computing'], waiting['checkpoint'], waiting['evaluated'], waiting['rollbacks'], waiting['branch'], waiting['endedAt'], waiting['warning']],
      ['running', 0, [], null, null, 0, 0, null, null]);
    assert.ok(String(waiting['submittedAt']) <= String(waiting['startedAt']), JSON.stringify(waiting));
    assert.equal(waiting['directory'], resolve(meeting.folder, 'store-show', 'runs', id));
    assert.ok(existsSync(join(waiting['directory'], 'job.json')));
    const text = await inWords('show', id);
    assert.match(text, /^state +running, waits for workers$/m);
    assert.match(text, /^submitted +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/m);
    assert.match(text, /^progress +update 0 of 1,000,000, no checkpoint yet$/m);
    assert.match(text, /^figures +none measured$/m);

    const worker = meeting.worker('w');
    await leader.says(said('checkpoint', id));
    await leader.says(said('evaluated', id));
    const computing = await show(id);
    assert.deepEqual([computing['workers'], computing['computing']], [1, ['w']]);
    assert.ok(Number(computing['checkpoint']) >= 20 && Number(computing['checkpoint']) % 20 === 0, JSON.stringify(computing));
    assert.equal((computing['evaluated'] as Line).kind, 'evaluated');
    await atDesk('pause', id);
    await leader.says(said('interrupted', id));
    const stood = Number(leader.lines.find(said('interrupted', id))!['update']);
    const paused = await show(id);
    assert.deepEqual([paused['state'], paused['update'], paused['checkpoint'], paused['workers'], paused['startedAt']], ['paused', stood, stood, 0, waiting['startedAt']]);

    const other = await submit();
    await leader.says(said('finished', other));
    const finished = await show(other);
    const end = leader.lines.find(said('finished', other))!;
    const evaluated = leader.lines.filter(said('evaluated', other)).at(-1)!;
    assert.deepEqual([finished['state'], finished['update'], finished['checkpoint'], (finished['end'] as Line)['parameters']], ['finished', 60, 60, end['parameters']]);
    assert.deepEqual((finished['evaluated'] as Line)['validationLogLikelihood'], evaluated['validationLogLikelihood']);
    assert.ok(String(finished['startedAt']) <= String(finished['endedAt']), JSON.stringify(finished));
    const exact = (evaluated['validationLogLikelihood'] as { readonly exact: number }).exact;
    assert.match(await inWords('show', other), new RegExp(`^figures +update 60: .*validation ${exact.toFixed(2)}`, 'm'));
    await dismiss(worker, leader);
  });

  test('show: a job that diverged for good says how often it fell back, and why it failed, under the next leader too', async () => {
    const leader = await meeting.coordinator('store-failure');
    const worker = meeting.worker('w');
    const id = await submit('train.optimiser.learningRate=1e4');
    await leader.says(said('failed', id));
    const rollbacks = leader.lines.filter(said('rollback', id));
    await leader.kill('SIGTERM');
    const heir = await meeting.coordinator('store-failure');
    const failed = await show(id);
    const end = failed['end'] as Line;
    assert.deepEqual([failed['state'], failed['rollbacks'], failed['branch'], end['code']], ['failed', 3, 3, 'diverged']);
    const warning = failed['warning'] as Line;
    assert.deepEqual([rollbacks.length, { ...warning, id }], [3, { ...rollbacks.at(-1), at: warning['at'] }]);
    const text = await inWords('show', id);
    assert.match(text, /^rollbacks +3, now on branch 3$/m);
    assert.match(text, /^failure +at update \d+: .*3 rollbacks, each to half the rate, did not help/m);
    assert.match(text, /^warning +diverged at update \d+ .*back to update 0 on branch 3/m);
    await dismiss(worker, heir);
  });

  test('show: a job whose chains are too many fails with that and not with a bug', async () => {
    const leader = await meeting.coordinator('store-large');
    const id = await submit('train.chains=1048576', 'model.hidden=65536');
    await leader.says(said('failed', id));
    const end = (await show(id))['end'] as Line;
    assert.deepEqual([end['code'], /train\.chains: the states of 1048576 chains/.test(String(end['message']))], ['job-invalid', true], String(end['message']));
    await dismiss(leader);
  });

  test('a wrong name of a job, a worker or a data set is answered with the nearest that there is', async () => {
    const leader = await meeting.coordinator('store-names');
    const worker = meeting.worker('anna');
    const id = await submit();
    await leader.says(said('finished', id));
    const refused = async (...words: readonly string[]): Promise<readonly unknown[]> => {
      const { status, lines, stdout } = await atDesk(...words);
      assert.deepEqual([status, lines.at(-1)?.kind], [2, 'failed'], stdout);
      return [lines.at(-1)!['code'], lines.at(-1)!['message'], lines.at(-1)!['advice']];
    };
    for (const command of ['show', 'pause', 'cancel', 'watch', 'logs', 'fetch']) assert.deepEqual(await refused(command, 'tyni-1'), ['no-such-job', 'there is no job tyni-1; `ebm list` shows them', 'Did you mean tiny-1?']);
    assert.deepEqual(await refused('show', 'something-else'), ['no-such-job', 'there is no job something-else; `ebm list` shows them', null]);
    assert.deepEqual(await refused('drain', 'Ana'), ['no-such-worker', 'there is no worker Ana; `ebm workers` shows them', 'Did you mean anna?']);
    const digest = String((await atDesk('data', 'list')).lines[0]!['digest']);
    const typo = `${digest.slice(0, -1)}${digest.endsWith('0') ? '1' : '0'}`;
    for (const wrong of [typo, digest.slice(0, 12), `${digest.slice(0, 12)}...`]) {
      const code = wrong === typo ? 'unknown-dataset' : 'not-a-digest';
      for (const words of [['data', 'remove', wrong], ['submit', 'job.yaml', ...set(`data.source=${wrong}`)]]) {
        const [found, , advice] = await refused(...words);
        assert.deepEqual([found, String(advice).startsWith(`Did you mean ${digest}? `)], [code, true], String(advice));
      }
    }
    await dismiss(worker, leader);
  });

  test('without a coordinator submit and data push say so before they read the data; logs of a job without workers say that it waits', async () => {
    // Whoever read the data first would say that they are missing.
    for (const words of [['submit', 'job.yaml', ...set('data.source=nothing.csv')], ['data', 'push', 'nothing.csv']]) {
      const nobody = await atDesk(...words);
      assert.deepEqual([nobody.status, nobody.lines.at(-1)?.['message']], [3, 'no coordinator answers: start one with `ebm coordinator`'], nobody.stdout);
    }
    const leader = await meeting.coordinator('store-waits');
    const id = await submit();
    await leader.says(said('started', id));
    const { stderr } = await ebm(['logs', id, ...meeting.nats], { cwd: desk });
    assert.match(stderr, /^on wasm.* with \d+ threads?, waiting for workers, into /m);
    assert.doesNotMatch(stderr, /0 workers/);
    await dismiss(leader);
  });
});
