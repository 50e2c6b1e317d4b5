// `ebm transform`: the hidden means of rows, float32 [rows, hidden], written part by part.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { BitRows } from '../../platform/data/prepare.ts';
import type { TransformOptions } from '../commands/actions.ts';
import { littleEndianBytes } from '../export/array.ts';
import { npyHeader } from '../export/npy.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { count } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { outputFile, writeOutput } from './output-file.ts';
import { nameOf, openTrained, rowsFor, withModel, type LoadedModel } from './trained.ts';
import { partsOf, startWork } from './work.ts';

/** A threshold of 65536 is a mean of 1. */
const ONE = 65_536;
/** Thresholds of one part at most. */
const PART_VALUES = 1_048_576;

export async function transform(options: TransformOptions, output: Output): Promise<ExitCode> {
  const target = await outputFile(options.out, ['npy']);
  const run = await openTrained(options, output);
  const { rows } = await rowsFor(run, options);
  const { hidden } = run.job.model;
  await withModel(run, options.threads, (model) => writeOutput(target, meansOf(model, rows, {
    hidden, report: startWork({ output, signal: options.signal }, { what: 'transform', unit: 'rows', total: rows.rows, long: false }),
  })));
  output.result({ kind: 'transformed', update: run.manifest.update, rows: rows.rows, hidden, out: options.out },
    `${count(rows.rows)} rows of ${count(hidden)} hidden means by ${nameOf(run)}, as float32, in ${options.out}`);
  return 0;
}

interface Means { readonly hidden: number; readonly report: (rows: number) => void }

async function* meansOf({ session, parameters }: LoadedModel, data: BitRows, { hidden, report }: Means): AsyncGenerator<Uint8Array> {
  yield npyHeader({ shape: [data.rows, hidden], values: new Float32Array(0) });
  const rowBytes = bytesOf(data.visible);
  for (const { from, to } of partsOf(data.rows, Math.max(1, Math.floor(PART_VALUES / hidden)))) {
    const thresholds = await session.hiddenThresholds(parameters, data.bits.subarray(from * rowBytes, to * rowBytes));
    const means = new Float32Array(thresholds.length); // `from` would gather the values in a list first
    for (let i = 0; i < means.length; i += 1) means[i] = thresholds[i]! / ONE;
    yield littleEndianBytes(means);
    report(to - from);
  }
}
