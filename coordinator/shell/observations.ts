// What people are shown of an update of a continuous model, from the sums that its engine observed (ebm/continuous/observations.ts has their order).
import type { ObjectiveSettings } from '../../ebm/continuous/model.ts';
import type { UpdateFigures } from './data-plane.ts';

/** Means of an update of `batch` rows. The energy gap is that of the data less that of the chains, as of a Boltzmann machine: near 0 where the model is what the chains say. */
export function observationsOf(objective: ObjectiveSettings, sums: readonly number[], batch: number): Pick<UpdateFigures, 'energyGap' | 'more'> {
  const mean = (index: number): number | null => finite((sums[index] ?? NaN) / batch);
  switch (objective.kind) {
    case 'pcd': case 'cd': {
      const { steps, sampler } = objective;
      const acceptance = sampler.kind === 'ula' ? null : finite((sums[2] ?? NaN) / (batch * steps));
      return { energyGap: finite(((sums[0] ?? NaN) - (sums[1] ?? NaN)) / batch), more: { dataEnergy: mean(0), modelEnergy: mean(1), acceptance, restarts: finite(sums[3] ?? NaN) } };
    }
    case 'nce': return { energyGap: null, more: { loss: mean(0), dataEnergy: mean(1), noiseEnergy: finite((sums[2] ?? NaN) / (batch * objective.ratio)) } };
    case 'explicit': case 'denoising': case 'sliced': return { energyGap: null, more: { loss: mean(0), dataEnergy: mean(1) } };
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
