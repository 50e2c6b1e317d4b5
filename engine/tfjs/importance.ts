// Annealed runs of an energy on a device (ebm/continuous/importance.ts has their definition): one microbatch of them.
import { annealedWeights } from '../../ebm/continuous/importance.ts';
import type { ContinuousAnnealingUnit } from '../continuous.ts';
import { walkChains } from './chains.ts';
import type { Energy } from './energies.ts';
import { valuesOf, type Tensor, type TensorFlow } from './library.ts';
import type { Noise } from './noise.ts';

/** Call it within a scope of tensors. `ids`: of the runs. Float64 [ids]. */
export function deviceWeights(tf: TensorFlow, energy: Energy, unit: ContinuousAnnealingUnit, { ids, noise }: { readonly ids: Uint32Array; readonly noise: Noise }): Float64Array {
  const { betas, base, temperature } = unit;
  const size = base.mean.length;
  const [mean, deviation] = [tf.tensor1d(Float32Array.from(base.mean)), tf.tensor1d(Float32Array.from(base.deviation))];
  const tempered = (z: Tensor, beta: number): Tensor => energy(z.mul(deviation).add(mean)).mul(beta / temperature);
  const states = new Float32Array(ids.length * size);
  noise.normals(ids, size, 0, states);
  return annealedWeights({
    states,
    energies: () => scoped(tf, () => Float64Array.from(valuesOf(tempered(tf.tensor2d(states.slice(), [ids.length, size]), 1)))),
    move(k, beta, sampler) {
      const mixed: Energy = (z) => tempered(z, beta).add(z.square().sum(-1).mul(0.5 * (1 - beta)));
      const walk = { noise, steps: 1, firstHalfStep: 2 * k, beta: 1 };
      states.set(scoped(tf, () => walkChains(tf, mixed, sampler, { chains: { ids, states, size }, walk })).states);
    },
  }, { betas, deviation: base.deviation });
}

/** Not tidy, which would search the result for tensors, element by element. */
function scoped<Result>(tf: TensorFlow, compute: () => Result): Result {
  tf.engine().startScope();
  try {
    return compute();
  } finally {
    tf.engine().endScope();
  }
}
