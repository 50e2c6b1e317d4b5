// Transitions of continuous chains (docs/adr/0011): ula, mala, hmc, each at one temperature or annealed. States are float32 between transitions, everything within one is float64.
// The caller says what the energy is; this file owns the order in which noise is used and what is accepted.
import { log } from '../../ebm/numeric/elementary.ts';
import { stagesOf } from '../../ebm/continuous/annealed.ts';
import type { SamplerSettings } from '../../ebm/continuous/model.ts';
import { countOf, fillNormals, fillUniforms, type NoiseIds } from '../../ebm/continuous/noise.ts';
import type { Key } from '../../ebm/random/philox.ts';

/** E of each row and its gradient by the row: float64 [rows], [rows * size]. */
export type Potential = (states: Float32Array | Float64Array) => { readonly energies: Float64Array; readonly gradients: Float64Array };

export interface Walk {
  readonly key: Key;
  readonly ids: NoiseIds;
  readonly word3: number;
  readonly firstHalfStep: number;
  readonly steps: number;
  readonly size: number;
  /** As of a unit of samples. */
  readonly held?: Uint8Array | null;
}

/** Advances states [ids * size] in place. Returns how many transitions of one chain were accepted; all of them for ula. */
export function advance(sampler: SamplerSettings, potential: Potential, states: Float32Array, walk: Walk): number {
  return stagesOf(sampler, walk.steps).reduce((accepted, stage) => (
    accepted + advanceStage(stage.sampler, potential, states, { ...walk, firstHalfStep: walk.firstHalfStep + 2 * stage.firstStep, steps: stage.steps })), 0);
}

function advanceStage(sampler: SamplerSettings, potential: Potential, states: Float32Array, walk: Walk): number {
  let accepted = 0;
  const { held = null } = walk;
  const clipped = heldBy(held, clippedTo(sampler.clip, potential));
  const normals = new Float32Array(states.length);
  for (let step = 0; step < walk.steps; step += 1) {
    const halfStep = walk.firstHalfStep + 2 * step;
    fillNormals(walk.key, { ids: walk.ids, numbers: walk.size, halfStep, word3: walk.word3 }, normals);
    still(held, normals);
    switch (sampler.kind) {
      case 'ula':
        moveUnadjusted(sampler, clipped(states).gradients, { normals, held }, states);
        accepted += countOf(walk.ids);
        break;
      case 'mala': accepted += choose(walk, halfStep + 1, states, proposeLangevin(sampler, clipped, normals, states)); break;
      case 'hmc': accepted += choose(walk, halfStep + 1, states, proposeLeapfrog(sampler, clipped, normals, states)); break;
    }
  }
  return accepted;
}

/** Zeros where a number is held: without slope and noise it stays where it is, and what is left is a walk of the others. */
function still(held: Uint8Array | null, numbers: Float32Array | Float64Array): void {
  if (held !== null) for (let i = 0; i < numbers.length; i += 1) if (held[i % held.length] === 1) numbers[i] = 0;
}

function heldBy(held: Uint8Array | null, potential: Potential): Potential {
  if (held === null) return potential;
  return (states) => {
    const at = potential(states);
    still(held, at.gradients);
    return at;
  };
}

/** Each component of the gradient within [-clip, clip]; NaN stays NaN. A proposal may be made by any field, so that mala and hmc stay exact. */
function clippedTo(clip: number | null, potential: Potential): Potential {
  if (clip === null) return potential;
  return (states) => {
    const { energies, gradients } = potential(states);
    return { energies, gradients: gradients.map((gradient) => Math.min(clip, Math.max(-clip, gradient))) };
  };
}

function moveUnadjusted(sampler: SamplerSettings, gradients: Float64Array, { normals, held }: { readonly normals: Float32Array; readonly held: Uint8Array | null }, states: Float32Array): void {
  const noise = sampler.noise ?? Math.sqrt(2 * sampler.stepSize * sampler.temperature);
  const [low, high] = sampler.bounds ?? [-Infinity, Infinity];
  for (let i = 0; i < states.length; i += 1) {
    if (held?.[i % held.length] === 1) continue; // also outside the bounds
    states[i] = Math.min(high, Math.max(low, states[i]! - sampler.stepSize * gradients[i]! + noise * normals[i]!));
  }
}

/** New states, and the logarithm of each one's acceptance. */
interface Proposal { readonly states: Float32Array; readonly logAcceptance: Float64Array }

/** x' = x - eps grad E + sqrt(2 eps T) z; log a = -(E' - E) / T + (|x' - x + eps g|^2 - |x - x' + eps g'|^2) / (4 eps T). */
function proposeLangevin({ stepSize, temperature }: SamplerSettings, potential: Potential, normals: Float32Array, states: Float32Array): Proposal {
  const before = potential(states);
  const noise = Math.sqrt(2 * stepSize * temperature);
  const proposed = Float32Array.from(states, (x, i) => x - stepSize * before.gradients[i]! + noise * normals[i]!);
  const after = potential(proposed);
  const size = states.length / before.energies.length;
  const logAcceptance = before.energies.map((energy, row) => {
    let difference = 0;
    for (let i = row * size; i < (row + 1) * size; i += 1) {
      const there = proposed[i]! - states[i]! + stepSize * before.gradients[i]!;
      const back = states[i]! - proposed[i]! + stepSize * after.gradients[i]!;
      difference += there * there - back * back;
    }
    return (energy - after.energies[row]! + difference / (4 * stepSize)) / temperature;
  });
  return { states: proposed, logAcceptance };
}

/** Momenta sqrt(T) z, steps of sqrt(2 eps); H = E + |p|^2 / 2, log a = -(H' - H) / T. One leapfrog is mala's proposal. */
function proposeLeapfrog({ stepSize, temperature, leapfrogs }: SamplerSettings, potential: Potential, normals: Float32Array, states: Float32Array): Proposal {
  const step = Math.sqrt(2 * stepSize);
  const momenta = Float64Array.from(normals, (z) => Math.sqrt(temperature) * z);
  const place = Float64Array.from(states);
  const before = potential(states);
  const kinetic = kineticOf(momenta, before.energies.length);
  let { gradients } = before;
  for (let leap = 0; leap < leapfrogs; leap += 1) {
    for (let i = 0; i < place.length; i += 1) {
      momenta[i]! -= 0.5 * step * gradients[i]!;
      place[i]! += step * momenta[i]!;
    }
    ({ gradients } = potential(place));
    for (let i = 0; i < place.length; i += 1) momenta[i]! -= 0.5 * step * gradients[i]!;
  }
  const proposed = Float32Array.from(place);
  const after = potential(proposed);
  const kineticAfter = kineticOf(momenta, before.energies.length);
  const logAcceptance = before.energies.map((energy, row) => (energy + kinetic[row]! - after.energies[row]! - kineticAfter[row]!) / temperature);
  return { states: proposed, logAcceptance };
}

function kineticOf(momenta: Float64Array, rows: number): Float64Array {
  const size = momenta.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => momenta.subarray(row * size, (row + 1) * size).reduce((sum, p) => sum + 0.5 * p * p, 0));
}

/** Takes each proposal with log u < log a. What is not a number is not taken. */
function choose({ key, ids, word3, size }: Walk, halfStep: number, states: Float32Array, { states: proposed, logAcceptance }: Proposal): number {
  const uniforms = new Float64Array(logAcceptance.length);
  fillUniforms(key, { ids, numbers: 1, halfStep, word3 }, uniforms);
  let accepted = 0;
  uniforms.forEach((uniform, row) => {
    if (!(log(uniform) < logAcceptance[row]!)) return;
    states.set(proposed.subarray(row * size, (row + 1) * size), row * size);
    accepted += 1;
  });
  return accepted;
}
