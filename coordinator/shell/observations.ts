// What a continuous engine observes of an update, by name and in the order of its sums, and what people are shown of it.
import type { ObjectiveSettings } from '../../ebm/continuous/model.ts';
import type { UpdateFigures } from './data-plane.ts';

/** Names of the sums, in their order: every engine gives them so. */
export function observationNames(objective: ObjectiveSettings): readonly string[] {
  switch (objective.kind) {
    case 'pcd': case 'cd': return ['dataEnergy', 'modelEnergy', 'accepted', 'restarts'];
    case 'nce': return ['loss', 'dataEnergy', 'noiseEnergy'];
    case 'explicit': case 'denoising': case 'sliced': return ['loss', 'dataEnergy'];
  }
}

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
