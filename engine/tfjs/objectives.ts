// From an objective's settings to the terms of its loss, one a microbatch. Contrastive terms are here; score matching and
// noise contrast have files of their own.
import type { NoiseDistribution } from '../../ebm/continuous/contrast.ts';
import type { ObjectiveSettings } from '../../ebm/continuous/model.ts';
import { noiseContrastTerm } from './noise-contrast.ts';
import { scoreMatchingTerm } from './score-matching.ts';
import { gradientOf } from './library.ts';
import type { DataRows, Term, TermContext } from './terms.ts';

/** lambda sum |grad E|^2 / batch over data rows. */
function slopeTerm({ tf, model, batch }: TermContext, { values, size }: DataRows, weight: number): Term {
  return (parameters) => {
    const energy = model(parameters, 'often');
    const x = tf.tensor2d(values.slice(), [values.length / size, size]);
    return gradientOf(tf, () => energy(x), x).gradient.square().sum().mul(weight / batch);
  };
}

/** sign sum E / batch + alpha sum E^2 / batch over rows that are given: no gradient flows through the chain that they came from. */
export function contrastiveTerm({ tf, model, batch }: TermContext, values: Float32Array, { sign, penalty, name }: { readonly sign: 1 | -1; readonly penalty: number; readonly name: string }, size: number): Term {
  return (parameters, watch) => {
    const energies = model(parameters, 'once')(tf.tensor2d(values.slice(), [values.length / size, size]));
    watch(name, energies);
    const linear = energies.sum().mul(sign / batch);
    return penalty === 0 ? linear : linear.add(energies.square().sum().mul(penalty / batch));
  };
}

/** The term of data rows; `noise` is the distribution that noise contrast compares with, null for every other objective. */
export function dataTerm(context: TermContext, objective: ObjectiveSettings, rows: DataRows, noise: NoiseDistribution | null): Term {
  switch (objective.kind) {
    case 'pcd': case 'cd': {
      const { energyPenalty, gradientPenalty = 0 } = objective;
      const term = contrastiveTerm(context, rows.values, { sign: 1, penalty: energyPenalty, name: 'dataEnergy' }, rows.size);
      const slopes = gradientPenalty === 0 ? null : slopeTerm(context, rows, gradientPenalty);
      return slopes === null ? term : (parameters, watch) => term(parameters, watch).add(slopes(parameters, watch));
    }
    case 'nce':
      if (noise === null) throw new TypeError('noise contrast needs the training data of its session');
      return noiseContrastTerm(context, objective.ratio, rows, noise);
    case 'noise-conditional': throw new TypeError('it is the objective of score models, which have a session of their own');
    case 'explicit': case 'denoising': case 'sliced': return scoreMatchingTerm(context, objective, rows);
  }
}
