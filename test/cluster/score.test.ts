// A score model on a cluster of real processes over a real nats-server: the bits of `ebm train` for two workers of which one dies; what is fetched can be
// verified, sampled and measured.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { ebm } from '../process/support.ts';
import { bitsOf, dismiss, Meeting, sets, trainedDirectly, type Bits } from '../support/roles.ts';

const EXAMPLE = resolve('examples/eight-gaussians-score.yaml');
const SHORT = sets('train.updates=40', 'train.batch=60', 'train.microbatch=12', 'model.network.layers=[16]', 'model.network.features=4', 'checkpoint.every=10', 'ledger.every=5');

describe('a score model on a cluster', { concurrency: 1 }, () => {
  let meeting: Meeting;
  let expected: Bits;

  before(async () => {
    meeting = await Meeting.open();
    ({ bits: expected } = await trainedDirectly(EXAMPLE, SHORT, meeting.folder));
  });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  test('of workers that come and go: the bits of ebm train, and a run like its', async () => {
    const leader = await meeting.coordinator('store');
    const [first, second] = [meeting.worker('a'), meeting.worker('b')];
    const following = meeting.submits(EXAMPLE, ...SHORT);
    await leader.says((line) => line.kind === 'checkpoint' && line['update'] === 10);
    await first.kill();
    const third = meeting.worker('c');
    const end = await following;
    assert.deepEqual([end.status, bitsOf(end.lines.at(-1))], [0, expected], end.stderr);
    const id = String(end.lines.find(({ kind }) => kind === 'submitted')?.['id']);
    const fetched = await meeting.asks('fetch', id, '--out', 'fetched');
    assert.equal(fetched.lines.at(-1)?.kind, 'fetched', fetched.stderr);
    const here = (...words: string[]): ReturnType<typeof ebm> => ebm([...words, '--threads', '1', '--json'], { cwd: meeting.folder });
    const verified = await here('verify', 'fetched', '--from', '30');
    assert.deepEqual([verified.status, verified.lines.at(-1)?.['equal']], [0, true], verified.stderr);
    const [measured, other] = [await here('evaluate', 'fetched', '--rows', '20', '--steps', '8'), await here('evaluate', 'direct', '--rows', '20', '--steps', '8')];
    assert.ok(measured.lines.at(-1)?.['testLogLikelihood'] !== undefined, measured.stderr);
    assert.deepEqual(measured.lines.at(-1)?.['testLogLikelihood'], other.lines.at(-1)?.['testLogLikelihood']);
    assert.ok(existsSync(join(meeting.folder, 'fetched', 'report.html')));
    await dismiss(second, third, leader);
  });
});
