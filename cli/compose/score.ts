// `ebm score`: the free energy of each row in nats (of an energy, E itself; of a score model log p), as float64 [rows] in a file or one figure a line.
import { isContinuous, type ContinuousJob } from '../../ebm/job.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { BitRows } from '../../platform/data/prepare.ts';
import { readRunDirectory, type RunReader } from '../../platform/journal/reading.ts';
import type { ScoreOptions } from '../commands/actions.ts';
import { littleEndianBytes } from '../export/array.ts';
import { npyHeader } from '../export/npy.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { count, nats } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { outputFile, writeOutput, type OutputFile } from './output-file.ts';
import { isScoreJob, refuseFlow, type ScoreJob } from './score-model.ts';
import { nameOf, openTrained, rowsFor, withModel, type LoadedModel } from './trained.ts';
import { partsOf, startWork } from './work.ts';

/** Rows and pre-activations of one part at most. */
const PART_ROWS = 10_000;

export async function score(options: ScoreOptions, output: Output): Promise<ExitCode> {
  const target = options.out === null ? null : await outputFile(options.out, ['npy']);
  const reader = await readRunDirectory(options.directory);
  const { name, update, rows, mean, what } = await tellRows(reader, { ...options, target }, output);
  const text = `mean ${what} ${nats(mean)} nats over ${count(rows)} rows by ${name} (${what === 'log-likelihood' ? 'higher' : 'lower'} is likelier)`;
  if (target === null && !output.json) output.note(text); // standard output holds figures alone
  else output.result({ kind: 'scored', update, rows, mean, out: options.out }, `${text}; all of them, as float64, in ${options.out ?? ''}`);
  return 0;
}

interface Telling extends ScoreOptions { readonly target: OutputFile<'npy'> | null }
interface Told { readonly name: string; readonly update: number; readonly rows: number; readonly mean: number; readonly what: 'free energy' | 'energy' | 'log-likelihood' }

function tellRows(reader: RunReader, options: Telling, output: Output): Promise<Told> {
  const { job } = reader;
  if (isContinuous(job) && isScoreJob(job)) return tellLikelihoods(reader, job, options, output);
  refuseFlow(options);
  return isContinuous(job) ? tellEnergies(reader, job, options, output) : tellFreeEnergies(options, output);
}

async function tellFreeEnergies(options: Telling, output: Output): Promise<Told> {
  const run = await openTrained(options, output);
  const { rows } = await rowsFor(run, options);
  const sum = await withModel(run, options.threads, (model) => tell(
    energiesOf(model, rows, startWork({ output, signal: options.signal }, { what: 'score', unit: 'rows', total: rows.rows, long: false })), { field: 'freeEnergy', rows: rows.rows, target: options.target }, output));
  return { name: nameOf(run), update: run.manifest.update, rows: rows.rows, mean: sum / rows.rows, what: 'free energy' };
}

async function tellEnergies(reader: RunReader, job: ContinuousJob, options: Telling, output: Output): Promise<Told> {
  const [{ floatRowsFor, openEnergy, rowsPartOf }, { withContinuous }] = await Promise.all([import('./trained-energy.ts'), import('./continuous.ts')]);
  const run = await openEnergy(reader, job, options, output);
  const data = await floatRowsFor(job, options);
  const sum = await withContinuous(job, { threads: options.threads }, (session) => {
    const report = startWork({ output, signal: options.signal }, { what: 'score', unit: 'rows', total: data.rows, long: false });
    const energies = async function* (): AsyncGenerator<Float64Array> {
      for (const { from, to } of partsOf(data.rows, rowsPartOf(job))) {
        yield await session.energies(run.parameters, { rows: to - from, values: data.values.subarray(from * data.visible, to * data.visible) });
        report(to - from);
      }
    };
    return tell(energies(), { field: 'energy', rows: data.rows, target: options.target }, output);
  });
  return { name: nameOf(run), update: run.manifest.update, rows: data.rows, mean: sum / data.rows, what: 'energy' };
}

async function tellLikelihoods(reader: RunReader, job: ScoreJob, options: Telling, output: Output): Promise<Told> {
  const [{ floatRowsFor, openEnergy }, { withContinuous }, { likelihoodsOf }] = await Promise.all([import('./trained-energy.ts'), import('./continuous.ts'), import('./score-likelihood.ts')]);
  const run = await openEnergy(reader, job, options, output);
  const data = await floatRowsFor(job, options);
  const sum = await withContinuous(job, { threads: options.threads }, (session) => {
    const parts = likelihoodsOf({ job, session, parameters: run.parameters, at: run.manifest }, data, options.flow ?? {}, { output, signal: options.signal });
    return tell(parts, { field: 'logLikelihood', rows: data.rows, target: options.target }, output);
  });
  return { name: nameOf(run), update: run.manifest.update, rows: data.rows, mean: sum / data.rows, what: 'log-likelihood' };
}

type Field = 'energy' | 'freeEnergy' | 'logLikelihood';

/** Writes or prints all of them, and returns their sum. */
async function tell(parts: AsyncIterable<Float64Array>, { field, rows, target }: { readonly field: Field; readonly rows: number; readonly target: OutputFile<'npy'> | null }, output: Output): Promise<number> {
  let sum = 0;
  const seen = async function* (): AsyncGenerator<Float64Array> {
    for await (const energies of parts) {
      sum = energies.reduce((total, energy) => total + energy, sum);
      yield energies;
    }
  };
  if (target === null) await print(output, field, seen());
  else await writeOutput(target, npyPieces(rows, seen()));
  return sum;
}

async function* energiesOf({ session, parameters }: LoadedModel, data: BitRows, report: (rows: number) => void): AsyncGenerator<Float64Array> {
  const rowBytes = bytesOf(data.visible);
  for (const { from, to } of partsOf(data.rows, PART_ROWS)) {
    const negative = await session.negativeFreeEnergies(parameters, data.bits.subarray(from * rowBytes, to * rowBytes));
    yield negative.map((value) => 0 - value); // never -0
    report(to - from);
  }
}

async function* npyPieces(rows: number, parts: AsyncIterable<Float64Array>): AsyncGenerator<Uint8Array> {
  yield npyHeader({ shape: [rows], values: new Float64Array(0) });
  for await (const energies of parts) yield littleEndianBytes(energies);
}

async function print(output: Output, field: Field, parts: AsyncIterable<Float64Array>): Promise<void> {
  let row = 0;
  for await (const energies of parts) {
    if (output.json) for (const energy of energies) output.result({ kind: 'score', row: row++, [field]: energy }, '');
    else output.say(energies.join('\n'));
  }
}
