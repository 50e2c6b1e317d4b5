// An energy of one's own, for examples/user-energy.yaml: the free energy of a Gaussian-Bernoulli machine with 64 hidden units,
// |x - mean|^2 / 2 s^2 - sum over hidden units of log(1 + e^(x W / s + bias)). docs/energies.md says what such a module may contain.
import { defineEnergy } from 'ebm-fleet';

const VISIBLE = 2;
const HIDDEN = 64;

export const energy = defineEnergy({
  parameters: {
    weights: { shape: [VISIBLE, HIDDEN], deviation: 0.5 },
    hidden_bias: { shape: [HIDDEN], deviation: 0.5 },
    mean: { shape: [VISIBLE] },
    log_scale: { shape: [] },
  },
  energy(ops, { weights, hidden_bias, mean, log_scale }, x) {
    const scale = ops.exp(log_scale);
    const away = ops.div(ops.sub(x, mean), scale);
    const hidden = ops.softplus(ops.add(ops.matMul(ops.div(x, scale), weights), hidden_bias));
    return ops.sub(ops.mul(ops.sum(ops.square(away), -1), 0.5), ops.sum(hidden, -1));
  },
});
