// `ebm evaluate` of a continuous run: log Z by quadrature where there are two dimensions, with KL(data || model) for a built-in set whose density is known,
// or by annealed importance sampling in any number of them. Where it is not asked for, log Z in more than two is not known, and it says so.
import { isPlanarName } from '../../platform/data/planar.ts';
import { logDensityOf } from '../../ebm/continuous/densities.ts';
import { divergenceOnGrid } from '../../ebm/continuous/quadrature.ts';
import { mean } from '../../ebm/numeric/sum.ts';
import { densityTemperature } from '../../ebm/continuous/settings.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import type { LogPartitionFigure } from '../../coordinator/shell/events.ts';
import { annealedFigures } from '../../coordinator/shell/continuous-figures.ts';
import { annealingBase } from '../../ebm/continuous/importance.ts';
import type { NoiseDistribution } from '../../ebm/continuous/contrast.ts';
import type { AnnealingResult } from '../../ebm/partition/estimate.ts';
import { linearBetas } from '../../ebm/partition/temperatures.ts';
import type { ContinuousSession } from '../../engine/continuous.ts';
import { STANDING_AIS } from '../../platform/config/schema.ts';
import { checkUnchanged } from '../../platform/data/load.ts';
import type { RunReader } from '../../platform/journal/reading.ts';
import type { EvaluateOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { compact, count, nats } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { energiesOnGrid, gridOf, withContinuous } from './continuous.ts';
import { likelihood, partition, reliability } from './figures-text.ts';
import { isScoreJob } from './score-model.ts';
import { floatsOf, openEnergy, type TrainedEnergy } from './trained-energy.ts';
import { partsOf, startWork, throwIfStopped, type Worksite } from './work.ts';

const PLANAR = 2;

export async function evaluateContinuous(reader: RunReader, job: ContinuousJob, options: EvaluateOptions, output: Output): Promise<ExitCode> {
  if (isScoreJob(job)) throw new UsageError('no-such-figure', 'the likelihood of score models is not measured yet', 'Look at samples/ of the run.');
  const annealing = annealingFor(job, options);
  const startedMs = performance.now();
  const run = await openEnergy(reader, job, options, output);
  const { manifest, path, parameters } = run;
  const data = await floatsOf(job, reader.path);
  checkUnchanged(job.facts, data);
  await withContinuous(job, options, async (session) => {
    const testEnergies = data.test === null ? null : await session.energies(parameters, data.test);
    throwIfStopped(options.signal);
    const temperature = densityTemperature(job.train);
    const meanEnergy = testEnergies === null ? null : mean(testEnergies);
    const planar = job.facts.visible === PLANAR ? await planarFigures(job, async (grid) => energiesOnGrid(job, session, parameters, grid), data.training) : null;
    const annealed = annealing === null ? null : annealedFigures(
      await annealedRuns(run, annealing, { session, base: annealingBase(data.training, job.facts.visible) }, { output, signal: options.signal }), testEnergies?.map((energy) => -energy / temperature) ?? null, null);
    const quadrature = planar === null || meanEnergy === null ? null : { exact: -meanEnergy / temperature - planar.logPartition };
    const testLogLikelihood = annealed === null ? quadrature : annealed.testLogLikelihood;
    const logPartition: LogPartitionFigure | null = annealed?.logPartition ?? (planar === null ? null : { kind: 'quadrature', mean: planar.logPartition });
    output.result({
      kind: 'evaluated', update: manifest.update, testLogLikelihood, logPartition,
      divergence: planar?.divergence ?? null, meanTestEnergy: meanEnergy, temperature, seconds: (performance.now() - startedMs) / 1000, path,
    }, [
      `model       update ${count(manifest.update)} of ${job.name}`,
      `test        ${meanEnergy === null ? 'the data has no test set' : testLogLikelihood === null ? `mean energy ${nats(meanEnergy)} nats` : `${likelihood(testLogLikelihood)}, the mean of ${count(data.test!.rows)} rows`}`,
      `log Z       ${logPartition === null ? 'not known: energies are up to a constant, and quadrature is for two dimensions; --betas measures it by AIS' : partition(logPartition)}`,
      ...(annealed === null || planar === null ? [] : [`quadrature  ${nats(planar.logPartition)} nats`]),
      ...(logPartition?.kind === 'ais' ? [`verdict     ${reliability(logPartition)}`] : []),
      ...(temperature === 1 ? [] : [`temperature ${compact(temperature)}: figures are of the density e^(-E / T) that the chains were sampled from`]),
      ...(planar?.divergence === undefined || planar.divergence === null ? [] : [`KL          ${nats(planar.divergence)} nats from the data's own density to the model`]),
    ].join('\n'));
  });
  return 0;
}

interface Annealing { readonly runs: number; readonly betas: number }

/** As the flags say, else as the job: null where it is not by annealing. Throws UsageError for figures that energies have not. */
function annealingFor({ evaluate }: ContinuousJob, { exact, runs, betas, raise, reverse }: EvaluateOptions): Annealing | null {
  if (exact || raise || reverse) throw new UsageError('no-such-figure', '--exact, --raise and --reverse are figures of Boltzmann machines', 'Leave them out; --runs and --betas are for energies too.');
  const own = evaluate !== 'off' && evaluate.logPartition.kind === 'ais' ? evaluate.logPartition : null;
  if (own === null && runs === null && betas === null) return null;
  return { runs: runs ?? own?.runs ?? STANDING_AIS.runs, betas: betas ?? own?.betas ?? STANDING_AIS.betas };
}

/** Whole microbatches of runs at a time. */
async function annealedRuns(
  { job, parameters, manifest: { branch, update } }: TrainedEnergy, { runs, betas }: Annealing, { session, base }: { readonly session: ContinuousSession; readonly base: NoiseDistribution }, site: Worksite,
): Promise<AnnealingResult> {
  const logWeights = new Float64Array(runs);
  const report = startWork(site, { what: 'AIS', unit: 'runs', total: runs, long: true });
  for (const range of partsOf(runs, job.train.microbatch)) {
    const unit = { parameters, branch, word3: update, runs: range, betas: linearBetas(betas), base, temperature: densityTemperature(job.train) };
    logWeights.set(await session.logWeights(unit), range.from);
    report(range.to - range.from);
  }
  return { logWeights, logBase: 0, betas };
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
