// `ebm sample` of an energy: chains from the run's own or from noise.
import type { ContinuousJob } from '../../ebm/job.ts';
import type { RunReader } from '../../platform/journal/reading.ts';
import type { SampleOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { compact, count as counted } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { isAnnealed, samplerFor, startsFromNoise, startsFromSlots, walkText, type Starts } from './langevin.ts';
import { outputFile } from './output-file.ts';
import { nameOf } from './trained.ts';
import { floatsOf, openEnergy, slotStatesOf, type TrainedEnergy } from './trained-energy.ts';
import { realCanvas, REAL_FORMATS, writeWalk } from './walk-file.ts';
import { stripSteps } from './walk-strip.ts';

const STARTS = { chains: "the run's persistent chains", copies: "copies of the run's persistent chains", noise: 'noise' } as const;

export async function sampleEnergy(reader: RunReader, job: ContinuousJob, options: SampleOptions, output: Output): Promise<ExitCode> {
  const { count, moves = {} } = options;
  const target = await outputFile(options.out, REAL_FORMATS);
  const run = await openEnergy(reader, job, options, output);
  const canvas = await realCanvas(run, target, options);
  const sampler = samplerFor(job, moves);
  const { kind: start, startOf, defaultSteps } = await startsOf(run, options, output);
  const steps = options.steps ?? defaultSteps;
  const acceptance = await writeWalk(run, { count, steps, sampler, startOf }, canvas, { ...options, what: 'sampling', output, strip: options.strip === true ? stripSteps(steps) : undefined });
  output.result(
    { kind: 'sampled', update: run.manifest.update, count, steps, start, sampler: sampler.kind, annealed: isAnnealed(sampler), stepSize: sampler.stepSize, temperature: sampler.temperature, acceptance, out: options.out },
    `${counted(count)} samples of ${nameOf(run)}, ${walkText(sampler, steps)} each from ${STARTS[start]}${acceptance === null ? '' : `, ${compact(100 * acceptance)} % of them accepted`}, in ${options.out}`);
  return 0;
}

async function startsOf(run: TrainedEnergy, { count, moves = {} }: SampleOptions, output: Output): Promise<Starts> {
  const { job, reader } = run;
  if (moves.start === 'chains' && job.train.objective !== 'pcd') {
    throw new UsageError('no-chains', `a run by ${job.train.objective} keeps no chains to start from`, 'Use --start noise, which is what it does by itself.');
  }
  const slots = moves.start === 'noise' ? null : await slotStatesOf(run, output);
  return slots === null ? startsFromNoise(job, async () => (await floatsOf(job, reader.path)).training) : startsFromSlots(slots, job.facts.visible, count);
}
