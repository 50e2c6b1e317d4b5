// A process that dies at any instant costs time and nothing else: from what its disk still has, another one ends with the bits of a run
// that was never disturbed. Instants: just after the n-th write, fsync, link, rename, or message, with what was not synced lost or torn.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import { SimulatedDisk } from '../support/disk.ts';
import type { Instant } from '../support/faults.ts';
import { seeded } from '../support/seeded.ts';
import { ENGINES, engines } from './engines.ts';
import { bitsOf, randomCut, runFleet, type Bits, type FleetOptions } from './fleet.ts';
import { jobOf, jobOfWay, RESCUES, WAYS, type Changes } from './jobs.ts';
import { Fate, live, type Life } from './lives.ts';

const engineOf = engines();

const KINDS: readonly Instant[] = ['write', 'fsync', 'link', 'rename', 'message'];
const POINTS = 5;

const FIGURES: Changes = { job: { evaluate: { every: 5, logPartition: { kind: 'ais', runs: 4, betas: 5, raise: false, reverse: false } } } };
const JOBS: readonly (readonly [string, CompiledJob])[] = [
  ...WAYS.map(([way, changes], i) => [`${way}, staleness ${i % 2}`, jobOfWay(changes, i % 2 === 0 ? 0 : 1)] as const),
  ...RESCUES.map(([name, changes]) => [name, jobOf(changes)] as const),
  ['with figures', jobOf(FIGURES)],
];

function fleetOf(life: number, number: number): Omit<FleetOptions, 'journal' | 'start'> & { readonly epoch: number } {
  return {
    engine: engineOf(ENGINES[(life + number) % ENGINES.length]!), workers: [2, 1, 3, 7][(life + number) % 4]!, wire: number % 2 === 0 ? 'references' : 'bytes',
    epoch: life, rules: { cut: randomCut(90 + number) },
  };
}

/** Updates of the checkpoints that a life reported as saved, and where it began. */
const savedBy = ({ events }: Life): readonly number[] => events.flatMap((event) => event.kind === 'checkpoint' ? [event.update] : []);
const beginningOf = ({ events }: Life): number | undefined => events.find((event) => event.kind === 'started')?.update;

interface Undisturbed { readonly bits: Bits; readonly operations: ReadonlyMap<Instant, number> }

const known = new Map<string, Undisturbed>();

/** The same run with nothing in its way, on a disk, and how many operations of each kind it needs. */
async function undisturbed(name: string, job: CompiledJob): Promise<Undisturbed> {
  const fate = new Fate(null);
  const life = await live(job, new SimulatedDisk(), fate, { engine: engineOf('reference'), workers: 1, epoch: 1 });
  assert.ok(life.kind === 'ended' && life.bits !== null);
  const found = { bits: life.bits, operations: new Map(KINDS.map((kind) => [kind, fate.count(kind)])) };
  known.set(name, found);
  return found;
}

before(async () => {
  for (const [name, job] of JOBS) await undisturbed(name, job);
});

test('a run on a disk has the bits of a run in memory', async () => {
  for (const [name, job] of JOBS) assert.deepEqual(known.get(name)!.bits, await bitsOf(await runFleet(job, { engine: engineOf('reference') })), name);
});

for (const [k, of] of KINDS.entries()) {
  describe(`dead after a ${of}, and taken up again`, () => {
    for (let point = 0; point < POINTS; point += 1) {
      const number = k * POINTS + point;
      const [name, job] = JOBS[(number * 3) % JOBS.length]!;
      test(`${name}: point ${point + 1} of ${POINTS}`, async () => {
        const { bits, operations } = known.get(name)!;
        const random = seeded(400 + number);
        // Messages are more with more workers: those of one worker are reached by all.
        const at = 1 + Math.floor(random() * operations.get(of)!);
        const disk = new SimulatedDisk();
        const first = await live(job, disk, new Fate({ of, at }), fleetOf(1, number));
        assert.equal(first.kind, 'crashed', `${of} ${at}`);
        disk.powerLoss(number % 2 === 0 ? 'lost' : random);
        const second = await live(job, disk, new Fate(null), fleetOf(2, number));
        assert.ok(second.kind === 'ended', `${of} ${at}`);
        assert.ok(beginningOf(second)! >= Math.max(0, ...savedBy(first).slice(-1)), 'a checkpoint that was reported is there');
        assert.deepEqual(second.bits, bits, `dead after ${of} ${at}: ${JSON.stringify(second.outcome)} ${second.warnings.join('; ')}`);
      });
    }
  });
}

test('power lost while lines of the ledger were in the air, torn in seeded ways', async () => {
  const name = 'a line every update';
  const job = jobOf({ visible: 20, hidden: 8, train: { updates: 20 }, job: { ledger: { every: 1 } } });
  const { bits, operations } = await undisturbed(name, job);
  let warned = 0;
  for (let seed = 1; seed <= 24; seed += 1) {
    const disk = new SimulatedDisk();
    const at = Math.floor(operations.get('message')! * (0.3 + 0.6 * seeded(seed)()));
    assert.equal((await live(job, disk, new Fate({ of: 'message', at }), { engine: engineOf('reference'), epoch: 1 })).kind, 'crashed');
    disk.powerLoss(seeded(1000 + seed));
    const second = await live(job, disk, new Fate(null), { engine: engineOf('reference'), epoch: 2 });
    assert.ok(second.kind === 'ended');
    assert.deepEqual(second.bits, bits, `seed ${seed}: ${JSON.stringify(second.outcome)} ${second.warnings.join('; ')}`);
    if (second.warnings.length > 0) warned += 1;
  }
  assert.ok(warned > 0, 'some lines were torn');
});

test('a disk that is full or broken once ends the run with the reason, and resumed it has the bits', async () => {
  for (const [number, [name, job]] of JOBS.entries()) {
    const { bits, operations } = known.get(name)!;
    const random = seeded(600 + number);
    const [of, fails] = number % 2 === 0 ? ['write', 'ENOSPC'] as const : ['fsync', 'EIO'] as const;
    // Not while the directory is made: that is an error of its own, without a run.
    const at = Math.ceil(operations.get(of)! * (0.4 + 0.5 * random()));
    const disk = new SimulatedDisk();
    const first = await live(job, disk, new Fate({ of, at, fails }), fleetOf(1, number));
    assert.ok(first.kind === 'ended' && first.outcome.kind === 'failed', `${name}: ${of} ${at}: ${JSON.stringify(first)}`);
    assert.equal(first.outcome.code, 'storage');
    assert.match(first.outcome.message, /^runs\/one/, 'it names the path');
    disk.powerLoss(random);
    const second = await live(job, disk, new Fate(null), fleetOf(2, number));
    assert.ok(second.kind === 'ended');
    assert.deepEqual(second.bits, bits, `${name}: ${of} ${at}: ${JSON.stringify(second.outcome)} ${second.warnings.join('; ')}`);
  }
});

test('dead again and again, at seeded instants of every life', async () => {
  for (const [number, [name, job]] of JOBS.entries()) {
    const random = seeded(900 + number);
    const disk = new SimulatedDisk();
    let last: Life | null = null;
    let deaths = 0;
    for (let life = 1; last?.kind !== 'ended'; life += 1) {
      const of = KINDS[Math.floor(random() * KINDS.length)]!;
      const at = 1 + Math.floor(random() * known.get(name)!.operations.get(of)! * 0.5);
      last = await live(job, disk, new Fate(life > 12 ? null : { of, at }), fleetOf(life, number));
      if (last.kind === 'crashed') deaths += 1;
      disk.powerLoss(random);
    }
    assert.ok(deaths >= 1, name);
    assert.deepEqual(last.bits, known.get(name)!.bits, `${name}: ${JSON.stringify(last.outcome)} ${last.warnings.join('; ')}`);
  }
});
