// A user's energy that is well when it is tried, and throws while it trains.
export const THROWING = `import { defineEnergy } from 'ebm-fleet';

let calls = 0;

export const energy = defineEnergy({
  parameters: { weights: { shape: [2, 4], deviation: 0.5 } },
  energy(ops, { weights }, x) {
    calls += 1;
    if (calls > 20) throw new Error('enough');
    return ops.sub(ops.mul(ops.sum(ops.square(x), -1), 0.5), ops.sum(ops.softplus(ops.matMul(x, weights)), -1));
  },
});
`;
