// Annealed runs of an energy on the reference engine (ebm/continuous/importance.ts has their definition).
import { annealedWeights } from '../../ebm/continuous/importance.ts';
import { sizeOf, type ParameterLayout } from '../../ebm/continuous/model.ts';
import { fillNormals } from '../../ebm/continuous/noise.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousAnnealingUnit, ContinuousProblem } from '../continuous.ts';
import { potentialOf } from './continuous-unit.ts';
import { parameterMatrices } from './energies.ts';
import { advance, type Potential } from './transitions.ts';

export function logWeights(problem: ContinuousProblem, layout: ParameterLayout, unit: ContinuousAnnealingUnit): Float64Array {
  const { runs, betas, base: { mean, deviation } } = unit;
  const size = sizeOf(problem.shape);
  const key = deriveKey(problem.seed, PURPOSES.ais, unit.branch);
  const states = new Float32Array((runs.to - runs.from) * size);
  fillNormals(key, { ids: runs, numbers: size, halfStep: 0, word3: unit.word3 }, states);
  const model = potentialOf(problem, parameterMatrices(layout, unit.parameters), 1 / unit.temperature);
  const atBase = (z: Float32Array | Float64Array): ReturnType<Potential> => model(Float64Array.from(z, (value, i) => mean[i % size]! + deviation[i % size]! * value));
  const mixed = (beta: number): Potential => (z) => {
    const { energies, gradients } = atBase(z);
    return {
      energies: energies.map((energy, run) => {
        let square = 0;
        for (let i = run * size; i < (run + 1) * size; i += 1) square += z[i]! * z[i]!;
        return beta * energy + 0.5 * (1 - beta) * square;
      }),
      gradients: gradients.map((slope, i) => beta * deviation[i % size]! * slope + (1 - beta) * z[i]!),
    };
  };
  return annealedWeights({
    states,
    energies: () => atBase(states).energies,
    move: (k, beta, sampler) => { advance(sampler, mixed(beta), states, { key, ids: runs, word3: unit.word3, firstHalfStep: 2 * k, steps: 1, size }); },
  }, { betas, deviation });
}
