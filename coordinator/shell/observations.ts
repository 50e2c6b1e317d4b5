// What people are shown of an update of a continuous model, from the sums that its engine observed (ebm/continuous/observations.ts has their order).
import type { ObjectiveSettings } from '../../ebm/continuous/model.ts';
import { samplingTemperature } from '../../ebm/continuous/settings.ts';
import { isContinuous, type AnyJob } from '../../ebm/job.ts';
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
    case 'noise-conditional': return { energyGap: null, more: { loss: mean(0) } };
    case 'explicit': case 'denoising': case 'sliced': return { energyGap: null, more: { loss: mean(0), dataEnergy: mean(1) } };
  }
}

/** Digits enough to recognise a number by. */
const shown = (value: number): string => String(Number(value.toPrecision(4)));

/** What whoever begins the run should know of its job; nothing, as a rule. */
export function remarksOn(job: AnyJob): readonly string[] {
  const sampler = isContinuous(job) ? job.train.sampler : undefined;
  if (sampler === undefined || sampler.noise === null) return [];
  const { noise, stepSize, temperature } = sampler;
  const sampled = samplingTemperature({ sampler });
  if (Math.abs(sampled - temperature) <= 1e-3 * temperature) return [];
  const exact = `the exact noise of a step of ${shown(stepSize)} at temperature ${shown(temperature)} is ${shown(Math.sqrt(2 * stepSize * temperature))}, and train.sampler.noise is ${shown(noise)}`;
  return [sampled > 0
    ? `Chains are sampled at temperature ${shown(sampled)}: ${exact}. What is learned is the density e^(-E / T) at that temperature, and figures are of it; leave train.sampler.noise out for T = ${shown(temperature)}.`
    : `Chains have no noise and are no samples: ${exact}. What they leave is no density at any temperature, and figures are those of e^-E.`];
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
