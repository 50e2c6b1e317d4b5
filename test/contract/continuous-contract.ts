// The contract of the continuous engines' port: one suite for every adapter. Bits are compared within the engine that is given (EXACT.md, float
// class); what engines share with each other are definitions, checked by finite differences.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EnergySettings, ObjectiveSettings, SamplerSettings } from '../../ebm/continuous/model.ts';
import { addSums, type Int64Sums } from '../../ebm/continuous/sums.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousContribution, ContinuousEngine, ContinuousProblem, ContinuousSession, FloatRows } from '../../engine/continuous.ts';
import type { Range } from '../../engine/engine.ts';
import { seeded } from '../support/seeded.ts';

const SIZE = 4;
const BATCH = 12;
const MICROBATCH = 4;
const SAMPLER: SamplerSettings = { kind: 'ula', stepSize: 0.05, noise: null, temperature: 1, leapfrogs: 1, clip: null, bounds: null };
const MLP: EnergySettings = { kind: 'mlp', layers: [6, 5], activation: 'swish' };
const CONV: EnergySettings = { kind: 'conv', channels: [2, 2], strides: [1, 2], residual: true, activation: 'softplus' };
const PCD = { kind: 'pcd', sampler: SAMPLER, steps: 3, slots: 20, restart: 0.3, start: { kind: 'normal', deviation: 1 }, energyPenalty: 0.1 } as const;

const ENERGIES: readonly EnergySettings[] = [MLP, { kind: 'quadratic' }, { kind: 'gaussian-mixture', components: 3 }];
const OBJECTIVES: readonly ObjectiveSettings[] = [
  PCD,
  { ...PCD, sampler: { ...SAMPLER, kind: 'mala' }, start: { kind: 'uniform', low: -1, high: 2 } },
  { ...PCD, kind: 'cd', slots: null, restart: 0, sampler: { ...SAMPLER, kind: 'hmc', leapfrogs: 3 } },
  { kind: 'nce', ratio: 2 },
  { kind: 'explicit', trace: 'exact', projections: 1 },
  { kind: 'explicit', trace: 'hutchinson', projections: 2 },
  { kind: 'denoising', sigmas: [0.1, 0.5, 1] },
  { kind: 'sliced', projections: 2 },
];

export function continuousProblem(change: Partial<ContinuousProblem> = {}): ContinuousProblem {
  const uniform = seeded(5);
  const data: FloatRows = { rows: 30, values: Float32Array.from({ length: 30 * SIZE }, () => 2 * uniform() - 0.5) };
  return { seed: 7, shape: [SIZE], data, batch: BATCH, microbatch: MICROBATCH, energy: MLP, objective: PCD, ...change };
}

/** Every chain's slot: neither in order nor next to each other. */
const SLOTS = Uint32Array.from({ length: BATCH }, (_, i) => (7 * i + 3) % 20);

function statesOf(range: Range): Float32Array {
  const uniform = seeded(11);
  return Float32Array.from({ length: BATCH * SIZE }, () => 2 * uniform() - 1).slice(range.from * SIZE, range.to * SIZE);
}

const NONE: Range = { from: 0, to: 0 };

function evaluated(session: ContinuousSession, { objective }: ContinuousProblem, parameters: Float32Array, unit: { data: Range; chains: Range; update?: number }): Promise<ContinuousContribution> {
  const { data, update = 4 } = unit;
  const chains = objective.kind === 'pcd' ? unit.chains : objective.kind === 'cd' ? data : NONE;
  const held = objective.kind === 'pcd' ? chains : NONE;
  return session.evaluate({ branch: 2, update, version: update, data, chains }, parameters, { slots: SLOTS.slice(held.from, held.to), states: statesOf(held) });
}

const ALL = { data: { from: 0, to: BATCH }, chains: { from: 0, to: BATCH } };

function sameSums(actual: Int64Sums, expected: Int64Sums): void {
  assert.deepEqual(actual, expected);
}

function nameOf(problem: ContinuousProblem): string {
  const { objective, energy } = problem;
  const detail = 'sampler' in objective ? ` ${objective.sampler.kind}` : objective.kind === 'explicit' ? ` ${objective.trace}` : '';
  return `${energy.kind}, ${objective.kind}${detail}`;
}

/** Registers the suite. `open` is called once; the engine is closed after the last test. */
export function continuousContract(name: string, open: () => Promise<ContinuousEngine>): void {
  describe(`continuous engine contract: ${name}`, () => {
    let engine: ContinuousEngine | null = null;
    before(async () => { engine = await open(); });
    after(async () => { await engine?.close(); });
    const load = async (problem: ContinuousProblem): Promise<ContinuousSession> => {
      if (engine === null) throw new Error('the engine is not open');
      return engine.load(problem);
    };
    const problems = [
      ...OBJECTIVES.map((objective) => continuousProblem({ objective })),
      ...ENERGIES.slice(1).map((energy) => continuousProblem({ energy })),
      continuousProblem({ shape: [2, 2, 1], energy: CONV }),
      continuousProblem({ shape: [2, 2, 1], energy: CONV, objective: { kind: 'denoising', sigmas: [0.3] } }),
    ];
    for (const problem of problems) bitsOf(problem, load);
    refusals(load);
    for (const energy of ENERGIES) derivativesOf(continuousProblem({ energy }), load);
    derivativesOf(continuousProblem({ shape: [2, 2, 1], energy: CONV }), load);
    samplingOf(load);
  });
}

type Load = (problem: ContinuousProblem) => Promise<ContinuousSession>;

function bitsOf(problem: ContinuousProblem, load: Load): void {
  test(`${nameOf(problem)}: units cut in different ranges add to the same sums, and the same unit twice gives the same bits`, async () => {
    const session = await load(problem);
    const parameters = session.initial();
    const whole = await evaluated(session, problem, parameters, ALL);
    assert.equal(whole.gradient.rejected, 0);
    assert.ok(whole.gradient.low.some((word) => word !== 0), 'a gradient');
    assert.equal(whole.observed.low.length, session.observations.length);
    assert.equal(whole.states.length, problem.objective.kind === 'pcd' ? BATCH * SIZE : 0);
    const twice = await evaluated(session, problem, parameters.slice(), ALL);
    assert.deepEqual(twice, whole);

    const parts = problem.objective.kind === 'pcd'
      ? [{ data: { from: 4, to: 12 }, chains: NONE }, { data: { from: 0, to: 4 }, chains: { from: 8, to: 12 } }, { data: NONE, chains: { from: 0, to: 8 } }]
      : [{ data: { from: 8, to: 12 }, chains: NONE }, { data: { from: 0, to: 4 }, chains: NONE }, { data: { from: 4, to: 8 }, chains: NONE }];
    const states = new Float32Array(whole.states.length);
    const [first, ...rest] = await Promise.all(parts.map(async (part) => {
      const contribution = await evaluated(session, problem, parameters, part);
      states.set(contribution.states, contribution.states.length === 0 ? 0 : part.chains.from * SIZE);
      return contribution;
    }));
    for (const more of rest) {
      addSums(first!.gradient, more.gradient);
      addSums(first!.observed, more.observed);
    }
    sameSums(first!.gradient, whole.gradient);
    sameSums(first!.observed, whole.observed);
    assert.deepEqual(states, whole.states);
    await session.close();
  });
}

function refusals(load: Load): void {
  test('a unit that is not whole microbatches is refused, and so are states of another length', async () => {
    const problem = continuousProblem();
    const session = await load(problem);
    const parameters = session.initial();
    await assert.rejects(evaluated(session, problem, parameters, { data: { from: 0, to: 5 }, chains: NONE }));
    await assert.rejects(evaluated(session, problem, parameters, { data: NONE, chains: { from: 2, to: 6 } }));
    await assert.rejects(evaluated(session, problem, parameters, { data: { from: 8, to: 16 }, chains: NONE }));
    await assert.rejects(session.evaluate({ branch: 0, update: 0, version: 0, ...ALL }, parameters, { slots: SLOTS, states: new Float32Array(3) }));
    await assert.rejects(session.energies(parameters, { rows: 2, values: new Float32Array(2 * SIZE + 1) }));
    await session.close();
  });

  test('parameters that are not finite are counted as rejected, and nothing is thrown', async () => {
    for (const objective of OBJECTIVES) {
      for (const bad of [NaN, Infinity]) {
        const problem = continuousProblem({ objective });
        const session = await load(problem);
        const parameters = session.initial();
        parameters[session.layout.find(({ name }) => name === 'output/weights')!.from] = bad;
        assert.ok((await evaluated(session, problem, parameters, ALL)).gradient.rejected > 0, nameOf(problem));
        await session.close();
      }
    }
  });

  test('another update, branch or seed has other noise', async () => {
    const problem = continuousProblem({ data: { rows: 12, values: new Float32Array(12 * SIZE) } });
    const session = await load(problem);
    const other = await load({ ...problem, seed: 8 });
    const parameters = session.initial();
    const one = await evaluated(session, problem, parameters, ALL);
    assert.notDeepEqual((await evaluated(session, problem, parameters, { ...ALL, update: 5 })).states, one.states);
    assert.notDeepEqual((await evaluated(other, problem, parameters, ALL)).states, one.states);
    await session.close();
    await other.close();
  });
}

function derivativesOf(problem: ContinuousProblem, load: Load): void {
  test(`${problem.energy.kind}: scores are the energies' negative slopes, whatever the number of rows`, async () => {
    const session = await load(problem);
    const uniform = seeded(3);
    const parameters = session.initial().map((value) => value + 0.2 * (uniform() - 0.5));
    const rows: FloatRows = { rows: 5, values: Float32Array.from({ length: 5 * SIZE }, () => 2 * uniform() - 1) };
    const scores = await session.scores(parameters, rows);
    assert.equal(scores.length, 5 * SIZE);
    assert.equal((await session.energies(parameters, rows)).length, 5);
    const step = 2 ** -7;
    for (let i = 0; i < SIZE; i += 1) {
      const moved = await Promise.all([step, -step].map((by) => session.energies(parameters, { rows: 5, values: rows.values.map((value, at) => at % SIZE === i ? value + by : value) })));
      for (let row = 0; row < 5; row += 1) {
        const slope = -(moved[0]![row]! - moved[1]![row]!) / (2 * step);
        assert.ok(Math.abs(slope - scores[row * SIZE + i]!) < 2e-3 * (1 + Math.abs(slope)), `row ${row}, ${i}: ${slope} and ${scores[row * SIZE + i]!}`);
      }
    }
    const one = await session.energies(parameters, { rows: 1, values: rows.values.slice(0, SIZE) });
    assert.ok(Math.abs(one[0]! - (await session.energies(parameters, rows))[0]!) < 1e-5);
    await session.close();
  });
}

function samplingOf(load: Load): void {
  test('sampled chains are the same however their range and their steps are cut', async () => {
    for (const kind of ['ula', 'mala', 'hmc'] as const) {
      const session = await load(continuousProblem({ objective: { ...PCD, sampler: { ...SAMPLER, kind, leapfrogs: kind === 'hmc' ? 2 : 1 } } }));
      const unit = { parameters: session.initial(), purpose: PURPOSES.samples, branch: 1, word3: 9, beta: 0.7 };
      const states = statesOf({ from: 0, to: 12 });
      const { accepted } = await session.sample({ ...unit, chains: { from: 0, to: 12 }, states, steps: 5, firstHalfStep: 6 });
      assert.ok(kind === 'ula' ? accepted === 60 : accepted > 0 && accepted <= 60, `${kind}: ${accepted}`);
      const cut = statesOf({ from: 0, to: 12 });
      let sum = 0;
      for (const chains of [{ from: 4, to: 12 }, { from: 0, to: 4 }]) {
        const part = cut.slice(chains.from * SIZE, chains.to * SIZE);
        for (const [steps, firstHalfStep] of [[2, 6], [3, 10]] as const) sum += (await session.sample({ ...unit, chains, states: part, steps, firstHalfStep })).accepted;
        cut.set(part, chains.from * SIZE);
      }
      assert.deepEqual(cut, states);
      assert.equal(sum, accepted);
      await session.close();
    }
  });

  test('numbers that are held stay as they are, wherever they are, and the others move as if they were given', async () => {
    // Of a unit Gaussian no number's slope depends on another: what moves moves as it does beside numbers that move too.
    const session = await load(continuousProblem({ energy: { kind: 'quadratic' } }));
    const unit = { parameters: new Float32Array(session.initial().length), purpose: PURPOSES.samples, branch: 1, word3: 9, beta: 1, chains: { from: 0, to: 8 }, steps: 6, firstHalfStep: 0 };
    const held = Uint8Array.from({ length: SIZE }, (_, i) => i % 2);
    for (const sampler of [SAMPLER, { ...SAMPLER, bounds: [-0.5, 0.5] }, { ...SAMPLER, annealing: { levels: 2, hottest: 4 } }, { ...SAMPLER, kind: 'mala' }, { ...SAMPLER, kind: 'hmc', leapfrogs: 3 }] as const) {
      const start = statesOf({ from: 0, to: 8 });
      const [some, all] = [start.slice(), start.slice()];
      const { accepted } = await session.sample({ ...unit, states: some, sampler, held });
      await session.sample({ ...unit, states: all, sampler });
      assert.ok(accepted > 0);
      some.forEach((x, i) => {
        if (held[i % SIZE] === 1) assert.equal(x, start[i]);
        else if (sampler.kind === 'ula') assert.equal(x, all[i]);
        else assert.ok(Number.isFinite(x));
      });
      assert.notDeepEqual(some, start);
    }
    await assert.rejects(session.sample({ ...unit, states: statesOf({ from: 0, to: 8 }), held: new Uint8Array(SIZE + 1) }), /what is held/);
    await session.close();
  });

  test('a unit of samples may name its sampler: it must where the objective has none, and the objective does not matter then', async () => {
    const sampler: SamplerSettings = { ...SAMPLER, kind: 'mala', stepSize: 0.1 };
    const found: Float32Array[] = [];
    for (const objective of [PCD, { kind: 'denoising', sigmas: [0.3] }] as const) {
      const session = await load(continuousProblem({ objective }));
      const unit = { parameters: session.initial(), purpose: PURPOSES.samples, branch: 1, word3: 9, beta: 1, chains: { from: 3, to: 9 }, steps: 4, firstHalfStep: 0 };
      const states = statesOf({ from: 3, to: 9 });
      const { accepted } = await session.sample({ ...unit, states, sampler });
      assert.ok(accepted > 0 && accepted <= 24);
      found.push(states);
      if (objective.kind === 'denoising') await assert.rejects(session.sample({ ...unit, states: states.slice(), sampler: null }), /sampler/);
      await assert.rejects(session.sample({ ...unit, states: states.slice(), sampler: { ...sampler, bounds: [0, 1] } }), /bounds/);
      await session.close();
    }
    assert.deepEqual(found[1], found[0]);
  });
}
