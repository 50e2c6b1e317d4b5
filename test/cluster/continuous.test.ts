// A continuous model on a cluster of real processes over a real nats-server: the bits, figures and pictures of `ebm train` for any workers, deaths and
// leaders, and workers of one device class alone.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { realClock } from '../../platform/clock/real.ts';
import { codedTransport } from '../../platform/transport/coded.ts';
import { connectNats } from '../../platform/transport/nats.ts';
import { decode, encode } from '../../proto/codec.ts';
import { WIRE_LIMITS } from '../../proto/limits.ts';
import { GOLDEN_DIGEST } from '../../cli/cluster/golden.ts';
import { WorkerAgent, type Opening } from '../../worker/shell/agent.ts';
import { ebm, type Ended, type Line } from '../process/support.ts';
import { bitsOf, dismiss, Meeting, sets, trainedDirectly, type Bits } from '../support/roles.ts';

const EXAMPLE = resolve('examples/eight-gaussians-pcd.yaml');
const SHORT = sets('train.updates=40', 'train.batch=60', 'train.chains=120', 'train.microbatch=12', 'train.steps=3', 'checkpoint.every=10', 'ledger.every=5', 'evaluate.every=20', 'evaluate.logPartition.points=40');

const checkpointAt = (update: number) => (line: Line): boolean => line.kind === 'checkpoint' && line['update'] === update;
const figuresOf = ({ lines }: Ended): unknown => lines.filter(({ kind }) => kind === 'evaluated').map(({ update, testLogLikelihood, logPartition }) => ({ update, testLogLikelihood, logPartition }));

describe('a continuous model on a cluster', { concurrency: 1 }, () => {
  let meeting: Meeting;
  let direct: Ended;
  let expected: Bits;

  before(async () => {
    meeting = await Meeting.open();
    ({ end: direct, bits: expected } = await trainedDirectly(EXAMPLE, SHORT, meeting.folder));
  });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  const submitted = (): Promise<Ended> => meeting.submits(EXAMPLE, ...SHORT);

  for (const count of [1, 2, 3]) {
    test(`of ${count} workers: the bits of ebm train`, async () => {
      const leader = await meeting.coordinator(`store-${count}`);
      const workers = Array.from({ length: count }, (_, i) => meeting.worker(`w${i}`));
      const end = await submitted();
      assert.deepEqual([end.status, bitsOf(end.lines.at(-1))], [0, expected], end.stderr);
      await dismiss(...workers, leader);
    });
  }

  test('its figures, report, pictures and ledger are those of a run; it can be shown, fetched, verified and evaluated', async () => {
    const leader = await meeting.coordinator('store-whole');
    const one = meeting.worker('whole');
    const end = await submitted();
    assert.deepEqual(figuresOf(end), figuresOf(direct));
    const id = String(end.lines.find(({ kind }) => kind === 'submitted')?.['id']);
    const shown = (await meeting.asks('show', id)).lines.at(-1)!;
    assert.deepEqual([shown['state'], shown['checkpoint'], shown['rollbacks']], ['finished', 40, 0]);
    const watched = await meeting.asks('watch', id);
    assert.deepEqual([watched.status, bitsOf(watched.lines.at(-1)), watched.lines.at(-1)?.['engine']], [0, expected, direct.lines.at(-1)?.['engine']]);
    const fetched = await meeting.asks('fetch', id, '--out', 'fetched');
    assert.equal(fetched.lines.at(-1)?.kind, 'fetched', fetched.stderr);
    const [here, there] = [join(meeting.folder, 'direct'), join(meeting.folder, 'fetched')];
    assert.deepEqual(readdirSync(join(there, 'samples')), readdirSync(join(here, 'samples')));
    const asides = readFileSync(join(there, 'ledger.jsonl'), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { aside: { engine: string; deviceClass: string } }).aside);
    assert.deepEqual([new Set(asides.map(({ engine }) => engine)).size, asides[0]?.engine, asides[0]?.deviceClass.startsWith('tfjs-wasm')], [1, direct.lines.at(-1)?.['engine'], true]);
    const report = readFileSync(join(there, 'report.html'), 'utf8');
    assert.ok(report.includes(String(expected[0])) && report.includes('data:image/png'));
    assert.ok(existsSync(join(there, 'checkpoints', '00000040', 'manifest.json')));
    const verified = await ebm(['verify', 'fetched', '--from', '30', '--json'], { cwd: meeting.folder });
    assert.deepEqual([verified.status, verified.lines.at(-1)?.['equal']], [0, true], verified.stderr);
    const evaluated = await ebm(['evaluate', 'fetched', '--json'], { cwd: meeting.folder });
    assert.deepEqual(evaluated.lines.at(-1)?.['logPartition'], direct.lines.at(-1)?.['logPartition'], evaluated.stderr);
    await dismiss(one, leader);
  });

  test('a worker is killed and another one joins in mid-run: the same bits', async () => {
    const leader = await meeting.coordinator('store-churn');
    const [first, second] = [meeting.worker('a'), meeting.worker('b')];
    const following = submitted();
    await leader.says(checkpointAt(10));
    await first.kill();
    const third = meeting.worker('c');
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    await dismiss(second, third, leader);
  });

  test('the coordinator is killed and replaced: the same bits, also of its figures', async () => {
    const workers = [meeting.worker('x'), meeting.worker('y')];
    const first = await meeting.coordinator('store-heirs');
    const following = submitted();
    await first.says(checkpointAt(10));
    await first.kill();
    const second = await meeting.coordinator('store-heirs');
    await second.says(checkpointAt(30));
    await second.kill();
    const third = await meeting.coordinator('store-heirs');
    const end = await following;
    assert.deepEqual([bitsOf(end.lines.at(-1)), end.lines.at(-1)?.['logPartition']], [expected, direct.lines.at(-1)?.['logPartition']], end.stderr);
    await dismiss(...workers, third);
  });

  test('a worker of another device class is refused for the job on both sides and serves other jobs', async () => {
    const leader = await meeting.coordinator('store-classes');
    const one = meeting.worker('one');
    const following = submitted();
    await leader.says(checkpointAt(10));
    const clock = realClock();
    const bytes = await connectNats({ url: meeting.server.url, name: 'stranger', clock });
    const messages = codedTransport(bytes, { codec: { encode, decode }, messageBytesMax: WIRE_LIMITS.messageBytesMax, onRejected: () => undefined });
    const engine = { name: 'wasm', version: 'abacus/1', deviceClass: 'beads', threads: 1 } as const;
    const notes: string[] = [];
    let heard = (): void => undefined;
    const noted = async (isWanted: (note: string) => boolean): Promise<void> => {
      while (!notes.some(isWanted)) await new Promise<void>((resolve_) => { heard = resolve_; });
    };
    const agent = new WorkerAgent({
      id: 'stranger', bytes, messages, clock, engine, golden: GOLDEN_DIGEST,
      open: (text) => Promise.resolve<Opening>(text.includes('eight-gaussians')
        ? { kind: 'open', engine, session: null, continuous: NO_PLACE, visible: 2, hidden: 0, rows: {}, close: () => Promise.resolve() }
        : { kind: 'unusable', message: 'beads have no bits' }),
      onNote: (note) => { notes.push(note); heard(); },
    });
    const left = agent.run();
    await noted((note) => /^eight-gaussians-pcd-1 cannot be computed here: the run is computed by tfjs\S* .* this worker by abacus\/1 on beads: .*resources\.mixedClasses: true\.$/.test(note));
    const other = await meeting.asks('submit', resolve('examples/mnist-rbm.yaml'), '--set', 'resources.priority=-1');
    await noted((note) => note.startsWith(`${String(other.lines.at(-1)?.['id'])} cannot be computed here: beads have no bits`));
    const row = (await meeting.asks('workers')).lines.find(({ worker }) => worker === 'stranger')!;
    assert.match(String(row['reason']), /^not for eight-gaussians-pcd-1: the run is computed by tfjs/);
    await leader.says(({ kind, message }) => kind === 'warning' && String(message).startsWith('worker stranger cannot compute for eight-gaussians-pcd-1: the run is computed by tfjs'));
    assert.deepEqual(bitsOf((await following).lines.at(-1)), expected);
    agent.stop();
    assert.equal((await left).kind, 'stopped');
    await bytes.close();
    await dismiss(one, leader);
  });
});

const never = (): never => { throw new Error('a worker of another class computes nothing'); };
const NO_PLACE = {
  session: { layout: { tensors: [], length: 0 }, observations: [], initial: never, evaluate: never, sample: never, energies: never, scores: never, close: () => Promise.resolve() },
  hasChains: true, slotsOf: never, rows: {}, logPartition: never,
} as unknown as Extract<Opening, { readonly kind: 'open' }>['continuous'] & object;
