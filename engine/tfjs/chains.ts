// Runs a sampler over one microbatch of chains: draws by address, steps, reads the states back. Where chains begin is ebm/continuous/chains.ts.
import { stagesOf } from '../../ebm/continuous/annealed.ts';
import type { SamplerSettings } from '../../ebm/continuous/model.ts';
import { log } from '../../ebm/numeric/elementary.ts';
import type { Energy } from './energies.ts';
import { valuesOf, type Tensor, type TensorFlow } from './library.ts';
import type { Noise } from './noise.ts';
import { adjustedLangevin, hamiltonian, unadjustedLangevin, type ChainState, type Draws, type Sampler } from './samplers.ts';

/** Chains of one microbatch: their ids, and their states [ids * size], which are not changed. `held`: as of a unit of samples. */
export interface ChainRows { readonly ids: Uint32Array; readonly states: Float32Array; readonly size: number; readonly held?: Uint8Array | null }
/** Step j reads its normals at half-step firstHalfStep + 2 j and its uniform number at the next. */
export interface ChainWalk { readonly noise: Noise; readonly steps: number; readonly firstHalfStep: number; readonly beta: number }
/** accepted: transitions of each chain, float32 [ids]; all of them where the sampler has nothing to accept. */
export interface ChainEnd { readonly states: Float32Array; readonly accepted: Float32Array }

/** `normals`: the walk's own array. The tensor may alias it, but no tensor of a step lives on except those that the step computed. */
function drawsOf(tf: TensorFlow, { ids, size, held }: ChainRows, noise: Noise, { halfStep, adjusted, normals }: { halfStep: number; adjusted: boolean; normals: Float32Array }): Draws {
  noise.normals(ids, size, halfStep, normals);
  if (held) for (let i = 0; i < normals.length; i += 1) if (held[i % size] === 1) normals[i] = 0;
  if (!adjusted) return { normals: tf.tensor2d(normals, [ids.length, size]), logUniforms: null };
  const uniforms = new Float64Array(ids.length);
  noise.uniforms(ids, 1, halfStep + 1, uniforms);
  return { normals: tf.tensor2d(normals, [ids.length, size]), logUniforms: tf.tensor1d(Float32Array.from(uniforms, log)) };
}

function walked<State extends ChainState>(tf: TensorFlow, sampler: Sampler<State>, chains: ChainRows, walk: ChainWalk): ChainEnd {
  let state = sampler.init(tf.tensor2d(chains.states.slice(), [chains.ids.length, chains.size]));
  let accepted: Tensor = tf.zeros([chains.ids.length]);
  const normals = new Float32Array(chains.states.length);
  for (let j = 0; j < walk.steps; j += 1) {
    const before = { ...state, accepted };
    const after = tf.tidy(() => {
      const { state: next, info } = sampler.step(state, drawsOf(tf, chains, walk.noise, { halfStep: walk.firstHalfStep + 2 * j, adjusted: sampler.adjusted, normals }));
      return { state: next, accepted: accepted.add(info.accepted ?? 1) };
    });
    tf.dispose(before);
    ({ state, accepted } = after);
  }
  return { states: valuesOf(state.x), accepted: valuesOf(accepted) };
}

/** Call it within a tidy: what the sampler keeps of the energy is disposed there. */
export function walkChains(tf: TensorFlow, energy: Energy, settings: SamplerSettings, { chains, walk }: { readonly chains: ChainRows; readonly walk: ChainWalk }): ChainEnd {
  const { held = null } = chains;
  if (held !== null) return walkHeld(tf, energy, settings, { chains: { ...chains, held }, walk });
  return walkStages(tf, energy, settings, { chains, walk });
}

/** Where numbers are held there are no noise and no slope. Their values are put back at the end, for a sampler's bounds may have moved them, which nothing else sees. */
function walkHeld(tf: TensorFlow, energy: Energy, settings: SamplerSettings, { chains, walk }: { readonly chains: ChainRows & { readonly held: Uint8Array }; readonly walk: ChainWalk }): ChainEnd {
  const { held, states, ids, size } = chains;
  const known = tf.tensor2d(states.map((x, i) => held[i % size] === 1 ? x : 0), [ids.length, size]);
  const free = tf.tensor1d(Float32Array.from(held, (one) => 1 - one));
  const end = walkStages(tf, heldEnergy(energy, { free, known }), settings, { chains, walk });
  return { states: end.states.map((x, i) => held[i % size] === 1 ? states[i]! : x), accepted: end.accepted };
}

/** E of rows whose numbers are `known` [rows, size] where `free` [size] is 0 and x where it is 1, with no slope where they are known. */
function heldEnergy(energy: Energy, { free, known }: { readonly free: Tensor; readonly known: Tensor }): Energy {
  const at = (x: Tensor): Tensor => x.mul(free).add(known);
  const held: Energy = (x) => energy(at(x));
  if (energy.byHand === undefined) return held;
  const { slope, both } = energy.byHand;
  return Object.assign(held, {
    byHand: {
      slope: (x: Tensor) => slope(at(x)).mul(free),
      both(x: Tensor) {
        const { value, gradient } = both(at(x));
        return { value, gradient: gradient.mul(free) };
      },
    },
  });
}

function walkStages(tf: TensorFlow, energy: Energy, settings: SamplerSettings, { chains, walk }: { readonly chains: ChainRows; readonly walk: ChainWalk }): ChainEnd {
  const start: ChainEnd = { states: chains.states, accepted: new Float32Array(chains.ids.length) };
  return stagesOf(settings, walk.steps).reduce((before, { sampler, firstStep, steps }) => {
    const { states, accepted } = walkStage(tf, energy, sampler, { chains: { ...chains, states: before.states }, walk: { ...walk, steps, firstHalfStep: walk.firstHalfStep + 2 * firstStep } });
    return { states, accepted: accepted.map((count, chain) => count + before.accepted[chain]!) };
  }, start);
}

function walkStage(tf: TensorFlow, energy: Energy, settings: SamplerSettings, { chains, walk }: { readonly chains: ChainRows; readonly walk: ChainWalk }): ChainEnd {
  switch (settings.kind) {
    case 'ula': return walked(tf, unadjustedLangevin(tf, energy, settings, walk.beta), chains, walk);
    case 'mala': return walked(tf, adjustedLangevin(tf, energy, settings, walk.beta), chains, walk);
    case 'hmc': return walked(tf, hamiltonian(tf, energy, settings, walk.beta), chains, walk);
  }
}
