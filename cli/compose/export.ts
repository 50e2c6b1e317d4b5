// `ebm export`: weights and biases as float32 in nats, exactly the grid values that are sampled, for any safetensors or NumPy reader.
import { isContinuous } from '../../ebm/job.ts';
import type { AnyPublished } from '../../platform/journal/journal.ts';
import type { Manifest } from '../../platform/journal/manifest.ts';
import { readRunDirectory, type RunReader } from '../../platform/journal/reading.ts';
import { modelFile } from '../../platform/journal/snapshot-file.ts';
import { safetensorsPieces, type TensorFile } from '../../platform/journal/safetensors.ts';
import type { ExportOptions } from '../commands/actions.ts';
import type { ExportArray } from '../export/array.ts';
import { npzBytes } from '../export/npz.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { bytes, count } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { outputFile, writeOutput } from './output-file.ts';
import { throwIfStopped } from './work.ts';

const FORMATS = ['safetensors', 'npz'] as const;

/** Writes to `out`, or to the run's name with the format's ending in the current folder. */
export async function exportModel(options: ExportOptions, output: Output): Promise<ExitCode> {
  const given = options.out === null ? null : await outputFile(options.out, FORMATS);
  if (given !== null && given.ending !== options.format) {
    throw new UsageError('format-mismatch', `${given.shown} ends in .${given.ending}, and the format is ${options.format}`, `Add --format ${given.ending}, or choose a name that ends in .${options.format}.`);
  }
  const reader = await readRunDirectory(options.directory);
  const { job } = reader;
  const { model, manifest, warnings } = await reader.published(options.update === null ? 'newest' : { update: options.update });
  warnings.forEach((warning) => { output.warn(warning); });
  const target = given ?? await outputFile(`${job.name}.${options.format}`, FORMATS);
  const file = described(reader, model, manifest);
  throwIfStopped(options.signal);
  const pieces = options.format === 'safetensors' ? safetensorsPieces(file) : [npzOf(file)];
  await writeOutput(target, pieces);
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const of = `update ${count(manifest.update)} of ${job.name}`;
  if ('kind' in model) {
    const values = [...model.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    output.result({ kind: 'exported', update: manifest.update, format: options.format, tensors: model.tensors.size, values, out: target.shown },
      `${count(values)} values in ${count(model.tensors.size)} arrays of ${of}, as float32, in ${target.shown} (${bytes(size)})`);
    return 0;
  }
  const { visible, hidden } = model;
  output.result({ kind: 'exported', update: manifest.update, format: options.format, visible, hidden, out: target.shown },
    `${count(visible)} x ${count(hidden)} units of ${of}, as float32 in nats, in ${target.shown} (${bytes(size)})`);
  return 0;
}

/** The checkpoint's own file with where it came from. */
function described({ job, digest }: RunReader, model: AnyPublished, manifest: Manifest): TensorFile {
  const { tensors, metadata } = modelFile(model, isContinuous(job) ? 0 : job.model.grid, manifest);
  const averaged = job.train.average > 0 ? `moving average of decay ${job.train.average}` : 'last';
  const origin = { name: job.name, job: digest, data: job.facts.digest, parameters: averaged };
  return { tensors, metadata: new Map([...metadata, ...Object.entries(origin)]) };
}

/** In .npz there is no place for metadata: JSON in an array of bytes, `json.loads(bytes(file['metadata']))`. */
function npzOf({ tensors, metadata }: TensorFile): Uint8Array {
  const arrays = new Map<string, ExportArray>();
  for (const [name, { shape, data }] of tensors) if (data instanceof Float32Array) arrays.set(name, { shape, values: data });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(metadata)));
  return npzBytes(arrays.set('metadata', { shape: [text.length], values: text }));
}
