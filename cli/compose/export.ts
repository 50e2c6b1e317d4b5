// `ebm export`: weights and biases as float32 in nats, exactly the grid values that are sampled, for any safetensors or NumPy reader.
import { modelFile } from '../../platform/journal/snapshot-file.ts';
import { safetensorsPieces, type TensorFile } from '../../platform/journal/safetensors.ts';
import type { ExportOptions } from '../commands/actions.ts';
import type { ExportArray } from '../export/array.ts';
import { npzBytes } from '../export/npz.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { bytes, count } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { outputFile, writeOutput } from './output-file.ts';
import { nameOf, openTrained, type TrainedRun } from './trained.ts';
import { throwIfStopped } from './work.ts';

const FORMATS = ['safetensors', 'npz'] as const;

/** Writes to `out`, or to the run's name with the format's ending in the current folder. */
export async function exportModel(options: ExportOptions, output: Output): Promise<ExitCode> {
  const given = options.out === null ? null : await outputFile(options.out, FORMATS);
  if (given !== null && given.ending !== options.format) {
    throw new UsageError('format-mismatch', `${given.shown} ends in .${given.ending}, and the format is ${options.format}`, `Add --format ${given.ending}, or choose a name that ends in .${options.format}.`);
  }
  const run = await openTrained(options, output);
  const target = given ?? await outputFile(`${run.job.name}.${options.format}`, FORMATS);
  const file = described(run);
  throwIfStopped(options.signal);
  const pieces = options.format === 'safetensors' ? safetensorsPieces(file) : [npzOf(file)];
  await writeOutput(target, pieces);
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { visible, hidden } = run.model;
  output.result({ kind: 'exported', update: run.manifest.update, format: options.format, visible, hidden, out: target.shown },
    `${count(visible)} x ${count(hidden)} units of ${nameOf(run)}, as float32 in nats, in ${target.shown} (${bytes(size)})`);
  return 0;
}

/** The checkpoint's own file with where it came from. */
function described({ job, reader, manifest, model }: TrainedRun): TensorFile {
  const { tensors, metadata } = modelFile(model, job.model.grid, manifest);
  const averaged = job.train.average > 0 ? `moving average of decay ${job.train.average}` : 'last';
  const origin = { name: job.name, job: reader.digest, data: job.facts.digest, parameters: averaged };
  return { tensors, metadata: new Map([...metadata, ...Object.entries(origin)]) };
}

/** In .npz there is no place for metadata: JSON in an array of bytes, `json.loads(bytes(file['metadata']))`. */
function npzOf({ tensors, metadata }: TensorFile): Uint8Array {
  const arrays = new Map<string, ExportArray>();
  for (const [name, { shape, data }] of tensors) if (data instanceof Float32Array) arrays.set(name, { shape, values: data });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(metadata)));
  return npzBytes(arrays.set('metadata', { shape: [text.length], values: text }));
}
