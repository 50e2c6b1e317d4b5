// `ebm bench langevin`: updates of persistent Langevin chains on an energy with swish, visible-hidden-hidden-1 or four convolutions, on the continuous engine's
// threads: 20 ULA steps and the gradient of both phases, then Adam's step. Without coordinator, worker and files. A batch is cut evenly among the threads.
import { layoutOf, parameterCount } from '../../ebm/continuous/layout.ts';
import type { RowShape } from '../../ebm/continuous/model.ts';
import { settingsOf } from '../../ebm/continuous/settings.ts';
import { slotsOf } from '../../ebm/continuous/slots.ts';
import { applyFloatStep, createFloatState } from '../../ebm/continuous/step.ts';
import { EXPONENT } from '../../ebm/continuous/sums.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import { openFloatMover } from '../../engine/wasm/float-mover.ts';
import { openContinuousEngine } from '../compose/continuous.ts';
import { numberRows } from './rows.ts';
import { stopBetween } from './stopping.ts';
import type { BenchOptions, Workload } from './workload.ts';

const RATE = 1e-4;
/** As peers have them. */
const UPDATES = { mlp: 20, conv: 2 } as const;

function trainOf({ batch, k, threads, chains }: BenchOptions): ContinuousJob['train'] {
  return {
    objective: 'pcd', batch, microbatch: batch / threads, steps: k, chains, restart: 0.05, energyPenalty: 0.1, start: { kind: 'uniform', low: 0, high: 1, deviation: 1 },
    sampler: { kind: 'ula', stepSize: 10, noise: 0.005, temperature: 1, leapfrogs: 1, clip: 0.03, low: 0, high: 1 },
    updates: 1, epochs: null, average: 0, staleness: 0, rollbacks: 0, gradientNormMax: null, spectralNorm: null,
    optimiser: { kind: 'adam', learningRate: RATE, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  };
}

type Energy = Extract<ContinuousJob['model'], { readonly kind: 'energy' }>['energy'];

/** Square pictures of one channel for the convolutional one. Sizes are checked by sizes.ts. */
function modelOf({ model, visible, hidden }: BenchOptions): { readonly energy: Energy; readonly shape: RowShape; readonly label: string } {
  if (model === 'mlp') return { energy: { kind: 'mlp', layers: [hidden, hidden], activation: 'swish' }, shape: [visible], label: `mlp ${visible}-${hidden}-${hidden}-1` };
  const side = Math.round(Math.sqrt(visible));
  const channels = [hidden, 2 * hidden, 2 * hidden, 4 * hidden];
  return { energy: { kind: 'conv', channels, strides: [1, 2, 2, 2], residual: false, activation: 'swish' }, shape: [side, side, 1], label: `conv ${side}x${side} 3x3 ${channels.join('-')} s1-2-2-2` };
}

/** Parameters of the energy that these sizes make. */
export function langevinParameters(options: BenchOptions): number {
  const { energy, shape } = modelOf(options);
  return parameterCount(layoutOf(settingsOf({ model: { kind: 'energy', energy }, train: trainOf(options) }), shape));
}

export async function langevinWorkload(options: BenchOptions): Promise<Workload> {
  const { visible, batch, threads, chains, k } = options;
  const train = trainOf(options);
  const { energy, shape, label } = modelOf(options);
  const settings = settingsOf({ model: { kind: 'energy', energy }, train });
  const engine = await openContinuousEngine(options.engine, threads);
  const session = await engine.load({ ...settings, seed: 1, shape, data: await numberRows(visible) });
  const rules = { optimiser: train.optimiser, average: 0, exponent: EXPONENT, gradientNormMax: null, spectral: null };
  const state = createFloatState(rules, session.initial(), await openFloatMover());
  const all = { from: 0, to: batch };
  const states = new Float32Array(chains * visible).fill(0.5);
  const pause = stopBetween(options.signal);
  const updates = UPDATES[options.model];
  let update = 0;
  return {
    name: `ebm-fleet langevin ${options.engine}`, unit: 'updates/s', work: updates, configuration: `${label} b${batch} ${k} Langevin steps`,
    async repeat(): Promise<void> {
      for (let done = 0; done < updates; done += 1, update += 1) {
        await pause();
        const slots = slotsOf({ seed: 1, slots: chains, batch }, update, all);
        const own = new Float32Array(batch * visible);
        slots.forEach((slot, i) => { own.set(states.subarray(slot * visible, (slot + 1) * visible), i * visible); });
        const { gradient, states: after } = await session.evaluate({ branch: 0, update, version: update, data: all, chains: all }, state.parameters, { slots, states: own });
        slots.forEach((slot, i) => { states.set(after.subarray(i * visible, (i + 1) * visible), slot * visible); });
        const outcome = applyFloatStep(rules, { layout: session.layout, state }, gradient, { update, learningRate: RATE });
        if (outcome.kind === 'diverged') throw new Error(`the benchmark diverged: ${outcome.reason} at ${outcome.where}`);
      }
    },
    async close(): Promise<void> {
      await session.close();
      await engine.close();
    },
  };
}
