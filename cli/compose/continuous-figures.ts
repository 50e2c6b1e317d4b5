// `ebm evaluate` of a continuous run: log Z by quadrature and log-likelihoods where there are two dimensions, with KL(data || model) for a built-in set
// whose density is known. In more dimensions log Z is not known, and it says so.
import { isPlanarName } from '../../platform/data/planar.ts';
import { logDensityOf } from '../../ebm/continuous/densities.ts';
import { divergenceOnGrid } from '../../ebm/continuous/quadrature.ts';
import { mean } from '../../ebm/numeric/sum.ts';
import { densityTemperature } from '../../ebm/continuous/settings.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import { checkUnchanged, isFloats, loadAny } from '../../platform/data/load.ts';
import type { RunReader } from '../../platform/journal/reading.ts';
import type { EvaluateOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { compact, count, nats } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { energiesOnGrid, gridOf, loadContinuous, openContinuousEngine } from './continuous.ts';
import { vectorOf } from './studio.ts';
import { throwIfStopped } from './work.ts';

const PLANAR = 2;

export async function evaluateContinuous(reader: RunReader, job: ContinuousJob, options: EvaluateOptions, output: Output): Promise<ExitCode> {
  const { exact, runs, betas, raise, reverse } = options;
  if (exact || runs !== null || betas !== null || raise || reverse) throw new UsageError('no-such-figure', '--exact, --runs, --betas, --raise and --reverse are figures of Boltzmann machines', 'Leave them out.');
  const startedMs = performance.now();
  const { manifest, model, path, warnings } = await reader.published(options.update === null ? 'newest' : { update: options.update });
  warnings.forEach((warning) => { output.warn(warning); });
  const data = await loadAny(job.data, reader.path, job.seed);
  checkUnchanged(job.facts, data);
  if (!isFloats(data)) throw new TypeError('a continuous model needs rows as they are');
  const engine = await openContinuousEngine(job.resources.engine, options.threads);
  try {
    const session = await loadContinuous(engine, job, null);
    const parameters = vectorOf(model);
    const testEnergies = data.test === null ? null : await session.energies(parameters, data.test);
    throwIfStopped(options.signal);
    const temperature = densityTemperature(job.train);
    const meanEnergy = testEnergies === null ? null : mean(testEnergies);
    const planar = job.facts.visible === PLANAR ? await planarFigures(job, async (grid) => energiesOnGrid(job, session, parameters, grid), data.training) : null;
    const testLogLikelihood = planar === null || meanEnergy === null ? null : { exact: -meanEnergy / temperature - planar.logPartition };
    output.result({
      kind: 'evaluated', update: manifest.update, testLogLikelihood, logPartition: planar === null ? null : { kind: 'quadrature', mean: planar.logPartition },
      divergence: planar?.divergence ?? null, meanTestEnergy: meanEnergy, temperature, seconds: (performance.now() - startedMs) / 1000, path,
    }, [
      `model       update ${count(manifest.update)} of ${job.name}`,
      `test        ${meanEnergy === null ? 'the data has no test set' : testLogLikelihood === null ? `mean energy ${nats(meanEnergy)} nats` : `${nats(testLogLikelihood.exact)} nats, the mean of ${count(data.test!.rows)} rows`}`,
      `log Z       ${planar === null ? 'not known: energies are up to a constant, and quadrature is for two dimensions' : `${nats(planar.logPartition)} nats, by quadrature`}`,
      ...(temperature === 1 ? [] : [`temperature ${compact(temperature)}: figures are of the density e^(-E / T) that the chains were sampled from`]),
      ...(planar?.divergence === undefined || planar.divergence === null ? [] : [`KL          ${nats(planar.divergence)} nats from the data's own density to the model`]),
    ].join('\n'));
    return 0;
  } finally {
    await engine.close();
  }
}

async function planarFigures(
  job: ContinuousJob, energiesOn: (grid: ReturnType<typeof gridOf>) => Promise<Float64Array>, training: Parameters<typeof gridOf>[1],
): Promise<{ readonly logPartition: number; readonly divergence: number | null }> {
  const grid = gridOf(job, training);
  const energies = await energiesOn(grid);
  const density = isPlanarName(job.data.source) ? logDensityOf(job.data.source) : () => -Infinity;
  const { logPartition, divergence, dataMass } = divergenceOnGrid(grid, density, energies);
  return { logPartition, divergence: dataMass > 0.99 ? divergence : null };
}
