// Annealing estimates of small models beside their exact values, as the statistical tests need them.
import { annealedLogWeights, type AnnealedRuns } from '../../ebm/partition/annealing.ts';
import { baseLogPartition } from '../../ebm/partition/base.ts';
import type { AnnealingResult } from '../../ebm/partition/estimate.ts';
import { linearBetas } from '../../ebm/partition/temperatures.ts';
import { bytesOf, rowOf } from '../../ebm/rbm/bits.ts';
import { negativeFreeEnergy } from '../../ebm/rbm/energy.ts';
import { deriveKey, fillWords } from '../../ebm/random/address.ts';
import type { Model } from '../../ebm/rbm/preactivation.ts';
import { rowOfIndex } from './tiny-rbm.ts';

export interface Subject { readonly model: Model; readonly baseBias: Int32Array; readonly seed: number }

/** `starts`: packed rows, one a run, or how many runs of AIS. */
export function anneal(subject: Subject, kind: AnnealedRuns['kind'], starts: Uint8Array | number, betas: number): AnnealingResult {
  const { model, baseBias, seed } = subject;
  const runs = typeof starts === 'number' ? starts : starts.length / bytesOf(model.visible);
  const logWeights = annealedLogWeights({
    model, seed, kind, runs: { from: 0, to: runs }, betas: linearBetas(betas), baseBias, starts: typeof starts === 'number' ? null : starts,
  });
  return { logWeights, logBase: baseLogPartition(baseBias, model.hidden, model.grid), betas };
}

/** -F(v) of packed rows, in nats. */
export function negativeFreeEnergies(model: Model, rows: Uint8Array): Float64Array {
  return Float64Array.from({ length: rows.length / bytesOf(model.visible) }, (_, index) => negativeFreeEnergy(model, rowOf(rows, model.visible, index)));
}

/** Exact, independent samples of a model with at most 20 visible units, by inversion of its distribution: packed rows. */
export function exactSamples(model: Model, logPartition: number, count: number): Uint8Array {
  const cumulative = new Float64Array(1 << model.visible);
  let total = 0;
  for (let v = 0; v < cumulative.length; v += 1) {
    total += Math.exp(negativeFreeEnergy(model, rowOfIndex(v, model.visible)) - logPartition);
    cumulative[v] = total;
  }
  const words = new Uint32Array(count);
  fillWords(deriveKey(model.parameters.version, 400, 0), { id: 0, halfStep: 0, word3: 0 }, words);
  const rows = new Uint8Array(count * bytesOf(model.visible));
  words.forEach((word, index) => {
    const target = ((word + 0.5) / 4294967296) * total;
    let v = 0;
    for (let step = cumulative.length >> 1; step >= 1; step >>= 1) if (cumulative[v + step - 1]! <= target) v += step;
    rowOf(rows, model.visible, index).set(rowOfIndex(v, model.visible));
  });
  return rows;
}
