// `ebm sample`: new rows from a trained model. Chains go on from the run's persistent ones, which are near the model already; where there
// are not enough of those they start from copies of them or, for cd, from random states, and take more steps.
import { isContinuous, type CompiledJob } from '../../ebm/job.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { startChains } from '../../ebm/rbm/initial.ts';
import type { Range } from '../../engine/engine.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import type { SampleOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { count as counted } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { drawn } from './gibbs.ts';
import { outputFile } from './output-file.ts';
import { checkCanvas, preview, SAMPLE_FORMATS, writeSamples } from './sample-file.ts';
import { isScoreJob } from './score-model.ts';
import { chainsOf, nameOf, openTrained, shapeOf, withModel, type Listener, type TrainedRun } from './trained.ts';
import { startWork } from './work.ts';

/** Default steps of a chain that goes on from one of the run's. */
const STEPS_FROM_CHAINS = 100;
/** Default steps of one that has to leave a copy or a random state behind. */
const STEPS_FROM_AFAR = 1_000;

export interface SampleStarts {
  /** `chains`: every sample has a chain of its own; `copies`: chains are used several times; `random`: fair coins. */
  readonly kind: 'chains' | 'copies' | 'random';
  readonly defaultSteps: number;
  readonly startOf: (range: Range) => Uint8Array;
}

/** Where `count` samples start. A copy draws numbers of its own from the first step on. */
export async function startsOf(run: TrainedRun, count: number, listener: Listener): Promise<SampleStarts> {
  return startsFrom(run.job, await chainsOf(run, listener), count);
}

/** `chains`: packed hidden bits of the run's persistent chains, or null. */
export function startsFrom({ seed, model: { hidden } }: CompiledJob, chains: Uint8Array | null, count: number): SampleStarts {
  if (chains === null) return { kind: 'random', defaultSteps: STEPS_FROM_AFAR, startOf: (range) => startChains(seed, range, hidden) };
  const bytes = bytesOf(hidden);
  const held = chains.length / bytes;
  const startOf = ({ from, to }: Range): Uint8Array => {
    const states = new Uint8Array((to - from) * bytes);
    for (let id = from; id < to; id += 1) states.set(chains.subarray((id % held) * bytes, (id % held + 1) * bytes), (id - from) * bytes);
    return states;
  };
  return held >= count ? { kind: 'chains', defaultSteps: STEPS_FROM_CHAINS, startOf } : { kind: 'copies', defaultSteps: STEPS_FROM_AFAR, startOf };
}

const STARTS = { chains: "the run's persistent chains", copies: "copies of the run's persistent chains", random: 'random states' } as const;

export async function sample(options: SampleOptions, output: Output): Promise<ExitCode> {
  const { count, signal, threads, moves = {}, method, seed } = options;
  const reader = await readRunDirectory(options.directory);
  if (isContinuous(reader.job) && isScoreJob(reader.job)) {
    const { sampleScores } = await import('./sample-score.ts');
    return sampleScores(reader, reader.job, options, output);
  }
  if (method !== undefined || seed !== undefined) throw new UsageError('no-such-sampler', '--method and --seed are for score models', 'Leave them out.');
  if (isContinuous(reader.job)) {
    const { sampleEnergy } = await import('./sample-energy.ts');
    return sampleEnergy(reader, reader.job, options, output);
  }
  if (Object.values(moves).some((value) => value !== undefined)) {
    throw new UsageError('no-such-sampler', '--sampler, --step-size, --temperature and --start are for energies, and this run is a Boltzmann machine', 'Leave them out: it is sampled by block Gibbs sampling.');
  }
  if (options.strip === true) throw new UsageError('no-picture', '--strip is for energies and score models, and this run is a Boltzmann machine', 'Leave it out.');
  const target = await outputFile(options.out, SAMPLE_FORMATS);
  const run = await openTrained(options, output);
  const { visible } = run.job.facts;
  const canvas = { target, count, visible, shape: await shapeOf(run) };
  checkCanvas(canvas);
  const starts = await startsOf(run, count, output);
  const steps = options.steps ?? starts.defaultSteps;
  const first = await withModel(run, threads, (model) => {
    const report = startWork({ output, signal }, { what: 'sampling', unit: 'steps', total: count * steps, long: false });
    return writeSamples(canvas, drawn(model, { count, visible, steps, startOf: starts.startOf, clampOf: () => null }, report));
  });
  preview(output, first);
  output.result({ kind: 'sampled', update: run.manifest.update, count, steps, start: starts.kind, out: options.out },
    `${counted(count)} samples of ${nameOf(run)}, ${counted(steps)} Gibbs steps each from ${STARTS[starts.kind]}, in ${options.out}`);
  return 0;
}
