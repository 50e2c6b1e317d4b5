// `ebm inpaint` of an energy: the numbers that are known of each row are held, and the others sampled given them, from noise.
import { bitAt } from '../../ebm/rbm/bits.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import { readMask } from '../../platform/data/arrays.ts';
import type { RunReader } from '../../platform/journal/reading.ts';
import type { InpaintOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { compact, count as counted } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { isAnnealed, samplerFor, startsFromKnown, startsFromNoise, walkText } from './langevin.ts';
import { outputFile } from './output-file.ts';
import { isScoreJob } from './score-model.ts';
import { nameOf } from './trained.ts';
import { floatRowsFor, floatsOf, openEnergy } from './trained-energy.ts';
import { realCanvas, REAL_FORMATS, writeWalk } from './walk-file.ts';

/** Rows that a mosaic shows at most. */
const PICTURED = 100;

export async function inpaintEnergy(reader: RunReader, job: ContinuousJob, options: InpaintOptions, output: Output): Promise<ExitCode> {
  if (isScoreJob(job)) throw new UsageError('no-such-sampler', 'a score model has no chains in which what is known could be held', 'Train an energy (model.kind energy), or draw whole rows by ebm sample.');
  const { visible } = job.facts;
  const target = await outputFile(options.out, REAL_FORMATS);
  const run = await openEnergy(reader, job, options, output);
  const mask = await readMask(options.known, { baseFolder: process.cwd(), visible });
  const data = await floatRowsFor(job, options);
  const count = target.ending === 'png' && visible > 2 ? Math.min(PICTURED, data.rows) : data.rows;
  const canvas = await realCanvas(run, target, { count });
  const sampler = samplerFor(job, options.moves ?? {});
  const starts = await startsFromNoise(job, async () => (await floatsOf(job, reader.path)).training);
  const steps = options.steps ?? starts.defaultSteps;
  const held = Uint8Array.from({ length: visible }, (_, i) => bitAt(mask, 0, i));
  const startOf = startsFromKnown(starts, { held, rows: ({ from, to }) => data.values.subarray(from * visible, to * visible) });
  const acceptance = await writeWalk(run, { count, steps, sampler, startOf, held }, canvas, { ...options, what: 'inpainting', output });
  const known = held.reduce((sum, one) => sum + one, 0);
  if (count < data.rows) output.note(`The picture shows the first ${count} of ${counted(data.rows)} rows; an .npy file has all of them.`);
  output.result(
    { kind: 'inpainted', update: run.manifest.update, rows: count, known, unknown: visible - known, steps, sampler: sampler.kind, annealed: isAnnealed(sampler), stepSize: sampler.stepSize, temperature: sampler.temperature, acceptance, out: options.out },
    `${counted(count)} rows with ${counted(known)} of ${counted(visible)} numbers known, the others after ${walkText(sampler, steps)} of ${nameOf(run)}${acceptance === null ? '' : `, ${compact(100 * acceptance)} % of them accepted`}, in ${options.out}`);
  return 0;
}
