// `ebm score`: the free energy of each row in nats, as float64 [rows] in a file or one figure a line.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { BitRows } from '../../platform/data/prepare.ts';
import type { ScoreOptions } from '../commands/actions.ts';
import { littleEndianBytes } from '../export/array.ts';
import { npyHeader } from '../export/npy.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { count, nats } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { outputFile, writeOutput } from './output-file.ts';
import { nameOf, openTrained, rowsFor, withModel, type LoadedModel } from './trained.ts';
import { partsOf, startWork } from './work.ts';

/** Rows and pre-activations of one part at most. */
const PART_ROWS = 10_000;

export async function score(options: ScoreOptions, output: Output): Promise<ExitCode> {
  const target = options.out === null ? null : await outputFile(options.out, ['npy']);
  const run = await openTrained(options, output);
  const { rows } = await rowsFor(run, options);
  let sum = 0;
  await withModel(run, options.threads, async (model) => {
    const parts = energiesOf(model, rows, startWork({ output, signal: options.signal }, { what: 'score', unit: 'rows', total: rows.rows, long: false }));
    const seen = async function* (): AsyncGenerator<Float64Array> {
      for await (const energies of parts) {
        sum = energies.reduce((total, energy) => total + energy, sum);
        yield energies;
      }
    };
    if (target === null) await print(output, seen());
    else await writeOutput(target, npyPieces(rows.rows, seen()));
  });
  const mean = sum / rows.rows;
  const text = `mean free energy ${nats(mean)} nats over ${count(rows.rows)} rows by ${nameOf(run)} (lower is likelier)`;
  if (target === null && !output.json) output.note(text); // standard output holds figures alone
  else output.result({ kind: 'scored', update: run.manifest.update, rows: rows.rows, mean, out: options.out }, `${text}; all of them, as float64, in ${options.out ?? ''}`);
  return 0;
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

async function print(output: Output, parts: AsyncIterable<Float64Array>): Promise<void> {
  let row = 0;
  for await (const energies of parts) {
    if (output.json) for (const freeEnergy of energies) output.result({ kind: 'score', row: row++, freeEnergy }, '');
    else output.say(energies.join('\n'));
  }
}
