import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import type { ContinuousProblem } from '../../engine/continuous.ts';
import * as tf from '@tensorflow/tfjs';
const backend = (process.argv[2] ?? 'wasm') as 'wasm' | 'cpu';
const B = 128, d = 784;
const engine = await openTfjsContinuous({ backend });
const data = new Float32Array(512 * d).map((_, i) => ((i * 7919) % 255) / 255);
const problem: ContinuousProblem = { seed: 1, shape: [d], data: { rows: 512, values: data }, batch: B, microbatch: B,
  energy: { kind: 'mlp', layers: [512, 512], activation: 'swish' },
  objective: { kind: 'pcd', steps: 20, slots: 1000, restart: 0.05, start: { kind: 'uniform', low: -1, high: 1 }, energyPenalty: 0.1,
    sampler: { kind: 'ula', stepSize: 0.01, noise: null, temperature: 1, leapfrogs: 1, clip: null, bounds: null } } };
const session = await engine.load(problem);
const slots = Uint32Array.from({ length: B }, (_, i) => i); const states = new Float32Array(B * d);
for (let u = 0; u < 6; u++) {
  const p = session.initial(); const t = performance.now();
  const c = await session.evaluate({ branch: 0, update: u, version: u, data: { from: 0, to: B }, chains: { from: 0, to: B } }, p, { slots, states });
  console.log('update ms', (performance.now() - t).toFixed(1), c.gradient.rejected, [...c.observed.low].join(' '), tf.memory().numTensors, process.memoryUsage.rss() >> 20);
}
