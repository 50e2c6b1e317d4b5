// What an open update's sums are made of and when: by the engine beside the workers, or in the command of the step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gathering } from '../../../coordinator/shell/gathering.ts';
import { bytesOf } from '../../../ebm/rbm/bits.ts';
import { joined, type UpdateFactors } from '../../../ebm/rbm/factors.ts';
import type { PackedSums } from '../../../ebm/rbm/packed.ts';
import type { Contribution, Problem, Session, UpdateUnit } from '../../../engine/engine.ts';
import { openReferenceEngine } from '../../../engine/reference/engine.ts';
import { bitRows, smallProblem, startRun, type Start } from '../../support/engine-run.ts';

interface Gathered { readonly start: Start; readonly gathering: Gathering; readonly calls: string[]; readonly part: (from: number, to: number) => Promise<UpdateFactors>; readonly packed: (from: number, to: number) => Promise<PackedSums>; readonly whole: (from: number, to: number) => Promise<Contribution> }

async function gather(problem: Problem): Promise<Gathered> {
  const start = await startRun(openReferenceEngine(), problem);
  const { session, parameters, chains } = start;
  const calls: string[] = [];
  const watched: Pick<Session, 'tally' | 'addPacked' | 'release'> = {
    tally: (factors, into) => {
      calls.push(`tally ${factors.data.count} + ${factors.model.count}${into === null ? '' : ' more'}`);
      return session.tally(factors, into);
    },
    addPacked: (packed, into) => {
      calls.push(`add ${packed.data.count} + ${packed.model.count}${into === null ? '' : ' more'}`);
      return session.addPacked(packed, into);
    },
    release: () => { calls.push('release'); },
  };
  const unit = (from: number, to: number): readonly [UpdateUnit, Uint8Array] => (
    [{ branch: 0, update: 0, version: 0, data: { from, to }, chains: { from, to } }, chains.slice(from * bytesOf(problem.hidden), to * bytesOf(problem.hidden))]);
  return {
    start, calls, gathering: new Gathering({ session: watched, onSpent: () => undefined, nowMs: () => 0 }),
    part: async (from, to) => { const [one, states] = unit(from, to); return (await session.evaluateFactors(one, parameters, states)).factors; },
    packed: async (from, to) => { const [one, states] = unit(from, to); return (await session.pack(await session.evaluate(one, parameters, states)))!; },
    whole: (from, to) => { const [one, states] = unit(from, to); return session.evaluate(one, parameters, states); },
  };
}

const MANY = smallProblem({ batch: 400, chains: 400, data: bitRows(64, 13, 5) });

test('few factors wait for the step and go into its command together', async () => {
  const { gathering, calls, part, whole, start } = await gather(smallProblem());
  gathering.addFactors(await part(0, 4));
  gathering.addFactors(await part(4, 10));
  assert.equal(gathering.ready(false), null);
  const sums = gathering.sums();
  assert.ok('factors' in sums && sums.into === null);
  assert.deepEqual(sums.factors.map(({ data, model }) => [data.count, model.count]), [[4, 4], [6, 6]]);
  assert.deepEqual((await start.session.tally(joined(sums.factors), null)).sums, (await whole(0, 10)).sums);
  gathering.end();
  assert.deepEqual(calls, []);
});

test('many factors are multiplied out beside the workers, and the step gets the rest', async () => {
  const { gathering, calls, part, whole, start } = await gather(MANY);
  gathering.addFactors(await part(0, 100));
  assert.equal(gathering.ready(false), null);
  gathering.addFactors(await part(100, 130));
  await gathering.ready(false);
  assert.deepEqual(calls, ['tally 130 + 130']);
  gathering.addFactors(await part(130, 350));
  await gathering.ready(false);
  assert.deepEqual(calls.splice(0), ['tally 130 + 130', 'tally 220 + 220 more']);
  gathering.addFactors(await part(350, 400));
  const sums = gathering.sums();
  assert.ok('factors' in sums && sums.factors.length === 1 && sums.factors[0]!.data.count === 50 && sums.into !== null);
  assert.deepEqual((await start.session.tally(sums.factors[0]!, sums.into)).sums, (await whole(0, 400)).sums);
});

test('what comes in while the engine is busy goes into the step, on top of what it has made', async () => {
  const { gathering, calls, part, whole, start } = await gather(MANY);
  gathering.addFactors(await part(0, 300));
  const ready = gathering.ready(false);
  await Promise.resolve(); // its turn has begun
  gathering.addFactors(await part(300, 400));
  await ready;
  const sums = gathering.sums();
  assert.ok('factors' in sums && sums.into !== null);
  assert.deepEqual((await start.session.tally(joined(sums.factors), sums.into)).sums, (await whole(0, 400)).sums);
  gathering.end();
  assert.deepEqual(calls, ['tally 300 + 300']); // and nothing is given back twice
});

test('sums that are read beside the step, or have whole ones among them, are finished before it', async () => {
  for (const withWhole of [false, true]) {
    const { gathering, calls, part, whole } = await gather(smallProblem());
    if (withWhole) gathering.add((await whole(0, 4)).sums);
    else gathering.addFactors(await part(0, 4));
    gathering.addFactors(await part(4, 10));
    await gathering.ready(!withWhole);
    assert.equal(calls.length, 1);
    assert.deepEqual(gathering.sums(), (await whole(0, 10)).sums);
  }
});

test('of packed sums the engine adds the first beside the workers, and the last goes into the step', async () => {
  const { gathering, calls, packed, whole, start } = await gather(MANY);
  gathering.addPacked(await packed(0, 200));
  await Promise.resolve(); // its turn has begun
  gathering.addPacked(await packed(200, 400));
  await gathering.ready(false);
  const sums = gathering.sums();
  assert.deepEqual(calls, ['add 200 + 200']);
  assert.ok('factors' in sums && sums.factors.length === 0 && sums.packed.length === 1 && sums.into !== null);
  assert.deepEqual((await start.session.addPacked(sums.packed[0]!, sums.into)).sums, (await whole(0, 400)).sums);
});

test('packed sums that are read beside the step are added before it', async () => {
  const { gathering, calls, packed, whole } = await gather(MANY);
  gathering.addPacked(await packed(0, 200));
  gathering.addPacked(await packed(200, 400));
  await gathering.ready(true);
  assert.deepEqual(calls, ['add 200 + 200', 'add 200 + 200 more']);
  assert.deepEqual(gathering.sums(), (await whole(0, 400)).sums);
});
