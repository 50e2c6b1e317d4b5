// The samplers of continuous states: init and step, the state (what the next step needs) apart from the info (what an observer needs). They draw
// nothing themselves: normals and logarithms of uniform numbers arrive as tensors. Rows are independent chains.
import type { SamplerSettings } from '../../ebm/continuous/model.ts';
import { slopeAt, valueAndSlopeAt, type Energy } from './energies.ts';
import { spent, type Tensor, type TensorFlow } from './library.ts';
import { nativeOperations } from './native-operations.ts';

/** x [rows, size]; energy [rows] and gradient [rows, size] at x where the sampler keeps them. */
export type ChainState =
  | { readonly kind: 'unadjusted'; readonly x: Tensor }
  | { readonly kind: 'adjusted'; readonly x: Tensor; readonly energy: Tensor; readonly gradient: Tensor };

/** normals [rows, size]; logUniforms [rows], null where the sampler accepts everything. */
export interface Draws { readonly normals: Tensor; readonly logUniforms: Tensor | null }

/** accepted [rows]: 1 or 0; null where there is nothing to accept. */
export interface StepInfo { readonly accepted: Tensor | null }

export interface Sampler<State extends ChainState> {
  /** Whether a step reads logUniforms. */
  readonly adjusted: boolean;
  init(x: Tensor): State;
  step(state: State, draws: Draws): { readonly state: State; readonly info: StepInfo };
}

type Adjusted = Extract<ChainState, { kind: 'adjusted' }>;
type Unadjusted = Extract<ChainState, { kind: 'unadjusted' }>;

/** Within [low, high]; what is not a number stays so. tfjs-wasm would make it `low`, and a chain that has diverged would look well; libtensorflow keeps it. */
function clamped(tf: TensorFlow, x: Tensor, [low, high]: readonly [number, number]): Tensor {
  const native = nativeOperations(tf);
  if (native !== null) return native.clip(x, low, high);
  return tf.where(tf.isNaN(x), x, tf.clipByValue(x, low, high));
}

/** x' = x - epsilon beta grad E(x) + noise. Its stationary distribution is off by O(epsilon). */
export function unadjustedLangevin(tf: TensorFlow, energy: Energy, settings: SamplerSettings, beta: number): Sampler<Unadjusted> {
  const { stepSize, clip, bounds } = settings;
  const deviation = settings.noise ?? Math.sqrt(2 * stepSize * settings.temperature);
  return {
    adjusted: false,
    init: (x) => ({ kind: 'unadjusted', x }),
    step({ x }, { normals }) {
      const gradient = slopeAt(tf, energy, x);
      const slope = beta === 1 ? gradient : spent(gradient, (g) => g.mul(beta));
      const clipped = clip === null ? slope : spent(slope, (g) => clamped(tf, g, [-clip, clip]));
      const moves = [spent(clipped, (g) => g.mul(-stepSize)), spent(normals, (z) => z.mul(deviation))];
      const moved = tf.addN([x, ...moves]);
      for (const move of moves) move.dispose();
      return { state: { kind: 'unadjusted', x: bounds === null ? moved : spent(moved, (y) => clamped(tf, y, bounds)) }, info: { accepted: null } };
    },
  };
}

/** Energy and gradient of the tempered target, beta E / temperature; the gradient clipped. */
function evaluated(tf: TensorFlow, energy: Energy, x: Tensor, { scale, clip }: { readonly scale: number; readonly clip: number | null }): Adjusted {
  const { value, gradient } = valueAndSlopeAt(tf, energy, x);
  const slope = scale === 1 ? gradient : gradient.mul(scale);
  return { kind: 'adjusted', x, energy: scale === 1 ? value : value.mul(scale), gradient: clip === null ? slope : clamped(tf, slope, [-clip, clip]) };
}

/** Metropolis' choice, row by row: what is not a number is not accepted. */
function chosen(tf: TensorFlow, from: Adjusted, to: Adjusted, { logRatio, logUniforms }: { logRatio: Tensor; logUniforms: Tensor }): { readonly state: Adjusted; readonly info: StepInfo } {
  const accept = logUniforms.less(logRatio);
  const wide = accept.expandDims(1);
  return {
    state: {
      kind: 'adjusted', x: tf.where(wide, to.x, from.x), energy: tf.where(accept, to.energy, from.energy), gradient: tf.where(wide, to.gradient, from.gradient),
    },
    info: { accepted: accept.toFloat() },
  };
}

/** Metropolis-adjusted Langevin: with u = x / sqrt(temperature) this is the usual step of size epsilon for the target beta E / temperature. */
export function adjustedLangevin(tf: TensorFlow, energy: Energy, settings: SamplerSettings, beta: number): Sampler<Adjusted> {
  return hamiltonian(tf, energy, { ...settings, leapfrogs: 1 }, beta);
}

/**
 * Hamiltonian Monte Carlo with unit masses at temperature T: leapfrogs of size sqrt(2 epsilon T) on beta E / T, which is size sqrt(2 epsilon) on beta E with
 * momenta of variance T. One leapfrog is exactly the Metropolis-adjusted Langevin step: x' = x - epsilon beta grad E + sqrt(2 epsilon T) z. A clipped gradient
 * changes what is proposed and not what is sampled: a leapfrog by any field can be taken back.
 */
export function hamiltonian(tf: TensorFlow, energy: Energy, settings: SamplerSettings, beta: number): Sampler<Adjusted> {
  const target = { scale: beta / settings.temperature, clip: settings.clip === null ? null : settings.clip / settings.temperature };
  const size = Math.sqrt(2 * settings.stepSize * settings.temperature);
  return {
    adjusted: true,
    init: (x) => evaluated(tf, energy, x, target),
    step(from, { normals, logUniforms }) {
      if (logUniforms === null) throw new TypeError('an adjusted step needs uniform numbers');
      let momenta = normals.sub(from.gradient.mul(size / 2));
      let to = from;
      for (let leap = 1; leap <= settings.leapfrogs; leap += 1) {
        to = evaluated(tf, energy, to.x.add(momenta.mul(size)), target);
        momenta = momenta.sub(to.gradient.mul(leap < settings.leapfrogs ? size : size / 2));
      }
      const kinetic = normals.square().sum(-1).sub(momenta.square().sum(-1)).mul(0.5);
      return chosen(tf, from, to, { logRatio: from.energy.sub(to.energy).add(kinetic), logUniforms });
    },
  };
}
