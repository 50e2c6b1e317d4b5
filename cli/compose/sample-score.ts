// `ebm sample` of a score model: rows from noise by one of four ways, as points beside the score field, a mosaic, or float32 rows for NumPy.
import { SCORE_METHODS } from '../../ebm/continuous/reverse.ts';
import type { RunReader } from '../../platform/journal/reading.ts';
import type { SampleOptions } from '../commands/actions.ts';
import { npyBytes } from '../export/npy.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { count as counted } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { withContinuous } from './continuous.ts';
import { outputFile, writeOutput } from './output-file.ts';
import { METHOD_STEPS, sampledRows, type ScoreJob } from './score-model.ts';
import { sampleStrip } from './score-strip.ts';
import { nameOf } from './trained.ts';
import { openEnergy } from './trained-energy.ts';
import { picturePng, realCanvas, REAL_FORMATS } from './walk-file.ts';
import { startWork } from './work.ts';

/** All rows are in memory at once. */
const VALUES_MAX = 64_000_000;

export async function sampleScores(reader: RunReader, job: ScoreJob, options: SampleOptions, output: Output): Promise<ExitCode> {
  const { count, signal, method = 'predictor-corrector', seed = job.seed, moves = {} } = options;
  if (Object.values(moves).some((value) => value !== undefined)) {
    throw new UsageError('no-such-sampler', '--sampler, --step-size, --temperature and --start are for energies, and this run is a score model', `Use --method ${SCORE_METHODS.join(', ')}.`);
  }
  const visible = job.facts.visible;
  if (count * visible > VALUES_MAX) throw new UsageError('too-many-samples', `${counted(count)} samples of ${counted(visible)} numbers are more than ${counted(VALUES_MAX)} numbers`, 'Ask for fewer.');
  const target = await outputFile(options.out, REAL_FORMATS);
  const run = await openEnergy(reader, job, options, output);
  const canvas = await realCanvas(run, target, options);
  const steps = options.steps ?? METHOD_STEPS[method];
  await withContinuous(job, options, async (session) => {
    const report = startWork({ output, signal }, { what: 'sampling', unit: 'steps', total: steps, long: false });
    const model = { job, session, parameters: run.parameters, at: run.manifest };
    const sampling = { method, steps, count, seed };
    const strip = options.strip === true ? sampleStrip(model, sampling, count) : null;
    const rows = await sampledRows(model, sampling, (step, states) => {
      strip?.seen(step, states);
      report(1);
    });
    if (strip !== null) return writeOutput(target, [strip.png(canvas.shape)]);
    if (target.ending === 'npy') return writeOutput(target, [npyBytes({ shape: [count, visible], values: rows })]);
    return writeOutput(target, [await picturePng(run, rows, canvas, session)]);
  });
  output.result({ kind: 'sampled', update: run.manifest.update, count, steps, method, seed, out: options.out },
    `${counted(count)} samples of ${nameOf(run)}, ${counted(steps)} steps of ${method} each from noise, in ${options.out}`);
  return 0;
}
