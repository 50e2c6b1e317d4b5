// Updates per second of the tfjs engine: persistent Langevin chains on an MLP 784-512-512-1 (swish), batch and microbatch 128, 20 ULA steps. It measures
// one thread's evaluation of whole updates, normals by the kernel: no optimiser, no coordinator, no network. Three quarters are matrix products, 7.6 GFLOP an update. `node dist/test/bench/tfjs-continuous.js [updates]`.
import type { ContinuousProblem } from '../../engine/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';

const BATCH = 128;
const SIZE = 784;
const updates = Number(process.argv[2] ?? 10);

const engine = await openTfjsContinuous({ backend: 'wasm' });
const problem: ContinuousProblem = {
  seed: 1, shape: [SIZE], data: { rows: 512, values: Float32Array.from({ length: 512 * SIZE }, (_, i) => ((i * 7919) % 255) / 255) }, batch: BATCH, microbatch: BATCH,
  energy: { kind: 'mlp', layers: [512, 512], activation: 'swish' },
  objective: {
    kind: 'pcd', steps: 20, slots: 1_000, restart: 0.05, start: { kind: 'uniform', low: -1, high: 1 }, energyPenalty: 0.1,
    sampler: { kind: 'ula', stepSize: 0.01, noise: null, temperature: 1, leapfrogs: 1, clip: null, bounds: null },
  },
};
const session = await engine.load(problem);
const slots = Uint32Array.from({ length: BATCH }, (_, i) => i);
let states: Float32Array = new Float32Array(BATCH * SIZE);
let parameters = session.initial();
const wallMs: number[] = [];
const cpuMs: number[] = [];
for (let update = -2; update < updates; update += 1) {
  parameters = parameters.slice(); // another version each time, as in training
  const before = process.cpuUsage();
  const start = performance.now();
  const all = { from: 0, to: BATCH };
  ({ states } = await session.evaluate({ branch: 0, update: update + 2, version: 0, data: all, chains: all }, parameters, { slots, states }));
  if (update < 0) continue; // the first ones compile
  wallMs.push(performance.now() - start);
  const { user, system } = process.cpuUsage(before);
  cpuMs.push((user + system) / 1_000);
}
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const [wall, cpu] = [median(wallMs), median(cpuMs)];
console.log(`${(1_000 / wall).toFixed(2)} updates/s; an update takes ${wall.toFixed(0)} ms, ${cpu.toFixed(0)} ms of processor time (medians of ${updates})`);
await session.close();
await engine.close();
