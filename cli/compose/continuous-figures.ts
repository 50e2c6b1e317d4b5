// `ebm evaluate` of a continuous run: log Z by quadrature where there are two dimensions, with KL(data || model) for a built-in set whose density is known,
// or by annealed importance sampling in any number of them. Where it is not asked for, log Z in more than two is not known, and it says so.
import { isPlanarName } from '../../platform/data/planar.ts';
import { logDensityOf } from '../../ebm/continuous/densities.ts';
import { divergenceOnGrid } from '../../ebm/continuous/quadrature.ts';
import { mean } from '../../ebm/numeric/sum.ts';
import { densityTemperature } from '../../ebm/continuous/settings.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import type { Figures } from '../../coordinator/shell/events.ts';
import { annealedFigures, quadratureFigures } from '../../coordinator/shell/continuous-figures.ts';
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
import { isScoreJob, refuseFlow } from './score-model.ts';
import { floatsOf, openEnergy, type TrainedEnergy } from './trained-energy.ts';
import { partsOf, startWork, throwIfStopped, type Worksite } from './work.ts';

const PLANAR = 2;

/** What is measured of an energy, beside when and where. */
export interface EnergyFigures extends Figures {
  /** KL from the data's own density to the model, in nats: of a built-in set in two dimensions; null for any other. */
  readonly divergence: number | null;
  /** In nats; null where the data have no test set. */
  readonly meanTestEnergy: number | null;
  /** T of the density e^(-E / T) that the figures are of. */
  readonly temperature: number;
}

/** An energy whose data are found again from `folder`. */
export type MeasuredEnergy = Pick<TrainedEnergy, 'job' | 'parameters'> & { readonly at: { readonly branch: number; readonly update: number }; readonly folder: string };

export async function evaluateContinuous(reader: RunReader, job: ContinuousJob, options: EvaluateOptions, output: Output): Promise<ExitCode> {
  if (isScoreJob(job)) return (await import('./score-likelihood.ts')).evaluateScores(reader, job, options, output);
  refuseFlow(options);
  const { exact, raise, reverse } = options;
  if (exact || raise || reverse) throw new UsageError('no-such-figure', '--exact, --raise and --reverse are figures of Boltzmann machines', 'Leave them out; --runs and --betas are for energies too.');
  const startedMs = performance.now();
  const { parameters, manifest, path } = await openEnergy(reader, job, options, output);
  const { figures, testRows, quadrature } = await energyFiguresOf({ job, parameters, at: manifest, folder: reader.path }, options, output);
  const { testLogLikelihood, logPartition, divergence, meanTestEnergy, temperature } = figures;
  output.result({ kind: 'evaluated', update: manifest.update, ...figures, seconds: (performance.now() - startedMs) / 1000, path }, [
    `model       update ${count(manifest.update)} of ${job.name}`,
    `test        ${meanTestEnergy === null ? 'the data has no test set' : testLogLikelihood === null ? `mean energy ${nats(meanTestEnergy)} nats` : `${likelihood(testLogLikelihood)}, the mean of ${count(testRows)} rows`}`,
    `log Z       ${logPartition === null ? 'not known: energies are up to a constant, and quadrature is for two dimensions; --betas measures it by AIS' : partition(logPartition)}`,
    ...(logPartition?.kind !== 'ais' || quadrature === null ? [] : [`quadrature  ${nats(quadrature)} nats`]),
    ...(logPartition?.kind === 'ais' ? [`verdict     ${reliability(logPartition)}`] : []),
    ...(temperature === 1 ? [] : [`temperature ${compact(temperature)}: figures are of the density e^(-E / T) that the chains were sampled from`]),
    ...(divergence === null ? [] : [`KL          ${nats(divergence)} nats from the data's own density to the model`]),
  ].join('\n'));
  return 0;
}

/** Figures of an energy on the data of its job. `quadrature`: log Z by it, where there are two dimensions. */
export async function energyFiguresOf(
  run: MeasuredEnergy, options: AnnealingOptions & Pick<EvaluateOptions, 'threads' | 'signal'>, output: Pick<Output, 'work'>,
): Promise<{ readonly figures: EnergyFigures; readonly testRows: number; readonly quadrature: number | null }> {
  const { job, parameters } = run;
  const annealing = annealingFor(job, options);
  const data = await floatsOf(job, run.folder);
  checkUnchanged(job.facts, data);
  return withContinuous(job, options, async (session) => {
    const temperature = densityTemperature(job.train);
    const testEnergies = data.test === null ? null : await session.energies(parameters, data.test);
    const validationEnergies = data.validation === null ? null : await session.energies(parameters, data.validation);
    const [test, validation] = [testEnergies, validationEnergies].map((energies) => energies?.map((energy) => -energy / temperature) ?? null) as [Float64Array | null, Float64Array | null];
    throwIfStopped(options.signal);
    const planar = job.facts.visible === PLANAR ? await planarFigures(job, async (grid) => energiesOnGrid(job, session, parameters, grid), data.training) : null;
    const quadrature = planar?.logPartition ?? null;
    const figures = annealing !== null
      ? annealedFigures(await annealedRuns(run, annealing, { session, base: annealingBase(data.training, job.facts.visible) }, { output, signal: options.signal }), test, validation)
      : quadrature === null ? NO_FIGURES : quadratureFigures(quadrature, test, validation);
    return { figures: { ...figures, divergence: planar?.divergence ?? null, meanTestEnergy: testEnergies === null ? null : mean(testEnergies), temperature }, testRows: data.test?.rows ?? 0, quadrature };
  });
}

const NO_FIGURES: Figures = { testLogLikelihood: null, validationLogLikelihood: null, logPartition: null, standardErrors: null };

interface Annealing { readonly runs: number; readonly betas: number }
type AnnealingOptions = Pick<EvaluateOptions, 'runs' | 'betas'>;

/** As asked for, else as the job: null where it is not by annealing. */
function annealingFor({ evaluate }: ContinuousJob, { runs, betas }: AnnealingOptions): Annealing | null {
  const own = evaluate !== 'off' && evaluate.logPartition.kind === 'ais' ? evaluate.logPartition : null;
  if (own === null && runs === null && betas === null) return null;
  return { runs: runs ?? own?.runs ?? STANDING_AIS.runs, betas: betas ?? own?.betas ?? STANDING_AIS.betas };
}

/** Whole microbatches of runs at a time. */
async function annealedRuns(
  { job, parameters, at: { branch, update } }: MeasuredEnergy, { runs, betas }: Annealing, { session, base }: { readonly session: ContinuousSession; readonly base: NoiseDistribution }, site: Worksite,
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
