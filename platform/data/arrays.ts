// Data for the commands that use a trained model (transform, score, inpaint): rows from any source, and the mask of known units.
import { resolve } from 'node:path';
import type { RawData } from './data.ts';
import { DataError } from './errors.ts';
import { kindOfPath, readBytes } from './files.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { parseNpy } from './npy.ts';
import { bitRows, type Binarising, type BitRows } from './prepare.ts';
import { openSource } from './source.ts';
import { tensorElements, type Tensor } from './tensor.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';

/** What rows must fit. */
export interface RowsWanted {
  /** A relative path is relative to this. */
  readonly baseFolder: string;
  /** Visible units of the model. */
  readonly visible: number;
  /** The source's training rows, or its own test set. */
  readonly part: 'training' | 'test';
}

/** Rows of a source as read, checked against the model's width. Throws DataError. */
export async function readRows(source: string, wanted: RowsWanted, limits: DataLimits = DATA_LIMITS): Promise<RawData> {
  const opened = await openSource(source, wanted.baseFolder, limits);
  const read = await opened.read();
  const raw = read[wanted.part];
  if (raw === null) throw new DataError({ code: 'no-rows', file: opened.name, problem: 'the source has no test set', accepted: 'mnist, or an .npz or .safetensors file with x_test', remedy: 'Use its training rows.' });
  if (raw.columns !== wanted.visible) {
    const shape = raw.shape === null ? '' : ` (${raw.shape.height} x ${raw.shape.width})`;
    throw new DataError({ code: 'width-mismatch', file: opened.name, value: String(raw.columns), problem: `the rows have ${raw.columns} columns${shape}, and the model has ${wanted.visible} visible units`, accepted: `rows of ${wanted.visible}`, remedy: 'Use data of the kind that the model was trained on.' });
  }
  return raw;
}

/** Rows of a source as packed bits. For stochastic models let `firstId` be the number of all rows of the run's data. */
export async function readBitRows(source: string, wanted: RowsWanted, how: Binarising): Promise<BitRows> {
  const raw = await readRows(source, wanted);
  return bitRows(raw, { from: 0, to: raw.rows }, how);
}

/**
 * The mask of known units from an .npy file: packed [ceil(visible / 8)], 1 = known. One mask for all rows: shape [visible],
 * [1, visible] or [height, width]; bool, or numbers that are all 0 or 1 (unsigned 8-bit: also 255). Throws DataError.
 */
export async function readMask(file: string, wanted: Pick<RowsWanted, 'baseFolder' | 'visible'>, limits: DataLimits = DATA_LIMITS): Promise<Uint8Array> {
  const path = resolve(wanted.baseFolder, file);
  if (await kindOfPath(path, limits) === 'folder') throw new DataError({ code: 'unknown-format', file: path, problem: 'the mask is a folder', accepted: 'an .npy file', remedy: 'Save the mask with numpy.save.' });
  const tensor = parseNpy(await readBytes(path, limits), { file: path, array: null }, limits);
  const element = maskElements(tensor, wanted.visible, limits);
  const mask = new Uint8Array(bytesOf(wanted.visible));
  for (let unit = 0; unit < wanted.visible; unit += 1) {
    const value = element(unit);
    if (value !== 0 && value !== 1 && !(value === 255 && isByte(tensor))) {
      throw new DataError({ code: 'out-of-range', file: path, position: { row: 0, column: unit }, value: String(value), problem: `the value is ${value}`, accepted: 'true or 1 for known units, false or 0 for the others', remedy: 'Save the mask as bool.' });
    }
    if (value !== 0) mask[unit >> 3]! |= 1 << (unit & 7);
  }
  return mask;
}

function isByte(tensor: Tensor): boolean {
  return tensor.type.kind === 'unsigned' && tensor.type.bytes === 1;
}

function maskElements(tensor: Tensor, visible: number, limits: DataLimits): (index: number) => number {
  const { dimensions, origin } = tensor;
  const count = dimensions.reduce((product, size) => product * size, 1);
  // One row of any accepted shape is [1, ...]; a leading 1 that is there already changes nothing.
  const inner = dimensions.length > 1 && dimensions[0] === 1 ? dimensions.slice(1) : dimensions;
  if (count !== visible || inner.length < 1 || inner.length > 2) {
    throw new DataError({ code: 'wrong-shape', file: origin.file, value: `[${dimensions.join(', ')}]`, problem: `the mask has shape [${dimensions.join(', ')}], and the model has ${visible} visible units`, accepted: `[${visible}], [1, ${visible}], or [height, width] of ${visible} units`, remedy: 'Reshape the mask; it counts for all rows.' });
  }
  return tensorElements({ ...tensor, dimensions: [1, ...inner] }, limits).at;
}
