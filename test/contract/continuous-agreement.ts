// An engine on TensorFlow.js and the reference engine compute one definition (docs/adr/0011): every energy and objective on tiny sizes, with the same random numbers. One
// is float32, the other float64, so they agree within TOLERANCE of the largest value of what is compared: some hundreds of units of 2^-24.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isContrastive, type Activation, type EnergySettings, type ObjectiveSettings, type RowShape, type SamplerSettings } from '../../ebm/continuous/model.ts';
import { EXPONENT, OBSERVED_EXPONENT } from '../../ebm/continuous/sums.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousEngine, ContinuousProblem, ContinuousSession } from '../../engine/continuous.ts';
import { openContinuousReference } from '../../engine/reference/continuous.ts';
import { DATA_OBJECTIVES, ENERGIES, normalRows, PCD, problemOf, ULA, unitOf, valuesOf } from '../support/continuous.ts';

const TOLERANCE = 3e-5;

const SAMPLERS: readonly SamplerSettings[] = [
  ULA,
  { ...ULA, noise: 0.1, temperature: 2, clip: 0.5, bounds: [-1, 1.5] },
  { ...ULA, kind: 'mala', stepSize: 0.2, temperature: 1.5 },
  { ...ULA, kind: 'mala', stepSize: 0.2, temperature: 1.5, clip: 0.4 },
  { ...ULA, kind: 'hmc', stepSize: 0.1, leapfrogs: 3, temperature: 0.7 },
  { ...ULA, kind: 'hmc', stepSize: 0.1, leapfrogs: 3, temperature: 0.7, clip: 0.3 },
  { ...ULA, kind: 'mala', annealing: { levels: 2, hottest: 5 } },
];
const OBJECTIVES: readonly ObjectiveSettings[] = [
  ...SAMPLERS.map((sampler, i): ObjectiveSettings => ({
    ...PCD, sampler, steps: 3, restart: 0.4, energyPenalty: i === 0 ? 0 : 0.2, gradientPenalty: i % 2 === 0 ? 0 : 0.3, start: i % 2 === 0 ? PCD.start : { kind: 'normal', deviation: 0.8 },
  })),
  ...SAMPLERS.map((sampler): ObjectiveSettings => ({ ...PCD, kind: 'cd', sampler, slots: null, restart: 0, energyPenalty: 0.1 })),
  ...DATA_OBJECTIVES,
];
/** Once differentiable: the objectives with chains and nce ask for no more. */
const KINKED: readonly Activation[] = ['relu', 'leaky-relu'];
const MODELS: readonly (readonly [string, { readonly energy: EnergySettings; readonly shape: RowShape }])[] = [
  ...Object.entries(ENERGIES), ...KINKED.map((activation) => [activation, { energy: { kind: 'mlp', layers: [5, 4], activation }, shape: [3] }] as const),
];

/** Whether the loss holds derivatives by the rows. */
function isTwice(objective: ObjectiveSettings): boolean {
  return isContrastive(objective) ? (objective.gradientPenalty ?? 0) > 0 : objective.kind !== 'nce';
}

function nameOf(objective: ObjectiveSettings): string {
  if ('sampler' in objective) return `${objective.kind} ${objective.sampler.kind}${objective.sampler.clip === null ? '' : ' clipped'}${objective.sampler.annealing === undefined ? '' : ' annealed'}`;
  return objective.kind === 'explicit' ? `${objective.kind} ${objective.trace}` : objective.kind;
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length, what);
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  Array.from(actual).forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= TOLERANCE * scale, `${what}, ${i}: ${value}, the reference says ${expected[i]!} (largest ${scale})`);
  });
}

/** Away from the initial values, where much is 0; the same for both engines. */
function parametersOf(session: ContinuousSession): Float32Array {
  const shifts = normalRows(session.initial().length, 1, 3);
  return session.initial().map((value, i) => value + 0.2 * shifts[i]!);
}

async function both(engines: readonly ContinuousEngine[], problem: ContinuousProblem): Promise<[ContinuousSession, ContinuousSession]> {
  const [one, other] = await Promise.all(engines.map((engine) => engine.load(problem)));
  assert.deepEqual(one!.layout, other!.layout);
  assert.deepEqual(one!.observations, other!.observations);
  assert.deepEqual(one!.initial(), other!.initial());
  return [one!, other!];
}

/** Registers the suite. `open` is called once. */
export function continuousAgreement(name: string, open: () => Promise<ContinuousEngine>): void {
  describe(`${name} agrees with the reference engine`, () => {
    const engines: ContinuousEngine[] = [];
    before(async () => { engines.push(await open(), openContinuousReference()); });
    after(async () => { for (const engine of engines) await engine.close(); });

    for (const [name, model] of MODELS) {
      for (const objective of OBJECTIVES) {
        if (KINKED.some((kind) => kind === name) && isTwice(objective)) continue;
        test(`${name}, ${nameOf(objective)}: gradient, observations and states of an update`, async () => {
          const problem = problemOf({ ...model, objective });
          const sessions = await both(engines, problem);
          const parameters = parametersOf(sessions[0]);
          const size = model.shape.reduce((product, length) => product * length, 1);
          const held = objective.kind === 'pcd' ? problem.batch : 0;
          const chains = { slots: Uint32Array.from({ length: held }, (_, i) => (7 * i + 3) % 32), states: normalRows(held, size, 9) };
          const [tfjs, reference] = await Promise.all(sessions.map((session) => session.evaluate(unitOf(problem), parameters, chains)));
          assert.equal(tfjs!.gradient.rejected, 0);
          close(valuesOf(tfjs!.gradient, EXPONENT), valuesOf(reference!.gradient, EXPONENT), 'gradient');
          close(valuesOf(tfjs!.observed, OBSERVED_EXPONENT), valuesOf(reference!.observed, OBSERVED_EXPONENT), 'observed');
          close(tfjs!.states, reference!.states, 'states');
          if ('sampler' in objective) assert.deepEqual(valuesOf(tfjs!.observed, OBSERVED_EXPONENT).slice(2), valuesOf(reference!.observed, OBSERVED_EXPONENT).slice(2), 'accepted and restarts');
          for (const session of sessions) await session.close();
        });
      }
      test(`${name}: energies, scores, and samples by samplers that the unit names`, async () => {
        const problem = problemOf({ ...model, objective: { kind: 'denoising', sigmas: [0.3] } });
        const sessions = await both(engines, problem);
        const parameters = parametersOf(sessions[0]);
        const size = model.shape.reduce((product, length) => product * length, 1);
        const rows = { rows: 5, values: normalRows(5, size, 4) };
        const [energies, scores] = await Promise.all([Promise.all(sessions.map((session) => session.energies(parameters, rows))), Promise.all(sessions.map((session) => session.scores(parameters, rows)))]);
        close(energies[0]!, energies[1]!, 'energies');
        close(scores[0]!, scores[1]!, 'scores');
        const some = Uint8Array.from({ length: size }, (_, i) => i % 2);
        for (const [sampler, held] of [...SAMPLERS.map((sampler) => [sampler, null] as const), ...SAMPLERS.map((sampler) => [sampler, some] as const)]) {
          const unit = { parameters, purpose: PURPOSES.samples, branch: 2, word3: 5, chains: { from: 6, to: 11 }, steps: 3, firstHalfStep: 4, beta: 0.6, sampler, held };
          const states = sessions.map(() => rows.values.slice());
          const accepted = await Promise.all(sessions.map((session, i) => session.sample({ ...unit, states: states[i]! })));
          close(states[0]!, states[1]!, `states of ${sampler.kind}`);
          assert.deepEqual(accepted[0], accepted[1]);
        }
        for (const session of sessions) await session.close();
      });
    }

    test('values that are not finite are rejected by both', async () => {
      for (const objective of OBJECTIVES) {
        const problem = problemOf({ ...ENERGIES['swish']!, objective });
        const sessions = await both(engines, problem);
        const parameters = sessions[0].initial().fill(NaN);
        const held = objective.kind === 'pcd' ? problem.batch : 0;
        const chains = { slots: Uint32Array.from({ length: held }, (_, i) => i), states: normalRows(held, 3, 9) };
        for (const session of sessions) {
          const { gradient, observed } = await session.evaluate(unitOf(problem), parameters, chains);
          assert.ok(gradient.rejected > 0 && observed.rejected > 0, nameOf(objective));
          await session.close();
        }
      }
    });
  });
}
