// `ebm inpaint`: what is unknown of each row is sampled given what is known of it. A picture shows the first rows, the other formats all.
import { bytesOf, popcount } from '../../ebm/rbm/bits.ts';
import { isContinuous } from '../../ebm/job.ts';
import { startChains } from '../../ebm/rbm/initial.ts';
import { readMask } from '../../platform/data/arrays.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import type { InpaintOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { count as counted } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { drawn, type Chains } from './gibbs.ts';
import { outputFile } from './output-file.ts';
import { checkCanvas, preview, SAMPLE_FORMATS, writeSamples } from './sample-file.ts';
import { nameOf, openTrained, rowsFor, withModel } from './trained.ts';
import { startWork } from './work.ts';

/** Default steps of a row: its hidden units start from fair coins. */
const STEPS = 500;
/** Rows that a picture shows at most. */
const PICTURED = 100;

export async function inpaint(options: InpaintOptions, output: Output): Promise<ExitCode> {
  const reader = await readRunDirectory(options.directory);
  if (isContinuous(reader.job)) {
    const { inpaintEnergy } = await import('./inpaint-energy.ts');
    return inpaintEnergy(reader, reader.job, options, output);
  }
  if (Object.values(options.moves ?? {}).some((value) => value !== undefined)) {
    throw new UsageError('no-such-sampler', '--sampler, --step-size and --temperature are for energies, and this run is a Boltzmann machine', 'Leave them out: it is sampled by block Gibbs sampling.');
  }
  const { signal, threads } = options;
  const steps = options.steps ?? STEPS;
  const target = await outputFile(options.out, SAMPLE_FORMATS);
  const run = await openTrained(options, output);
  const { seed, model: { hidden }, facts: { visible } } = run.job;
  const mask = await readMask(options.known, { baseFolder: process.cwd(), visible });
  const { rows, shape } = await rowsFor(run, options);
  const count = target.ending === 'png' ? Math.min(PICTURED, rows.rows) : rows.rows;
  const canvas = { target, count, visible, shape };
  checkCanvas(canvas);
  const rowBytes = bytesOf(visible);
  const chains: Chains = {
    count, visible, steps,
    startOf: (range) => startChains(seed, range, hidden),
    clampOf: ({ from, to }) => ({ mask, values: rows.bits.subarray(from * rowBytes, to * rowBytes) }),
  };
  const first = await withModel(run, threads, (model) => (
    writeSamples(canvas, drawn(model, chains, startWork({ output, signal }, { what: 'inpainting', unit: 'steps', total: count * steps, long: false })))));
  preview(output, first);
  const known = popcount(mask);
  if (count < rows.rows) output.note(`The picture shows the first ${count} of ${counted(rows.rows)} rows; an .npy or .npz file has all of them.`);
  output.result({ kind: 'inpainted', update: run.manifest.update, rows: count, known, unknown: visible - known, steps, out: options.out },
    `${counted(count)} rows with ${counted(known)} of ${counted(visible)} units known, the others after ${counted(steps)} Gibbs steps of ${nameOf(run)}, in ${options.out}`);
  return 0;
}
