// What `ebm sample` and `ebm inpaint` write: a mosaic of means, or bits (and means) for NumPy, as bool so that they can be data again;
// and the first of them as text on a terminal.
import type { PictureShape } from '../../platform/data/data.ts';
import { bitAt, bytesOf } from '../../ebm/rbm/bits.ts';
import { npyHeader } from '../export/npy.ts';
import { npzBytes } from '../export/npz.ts';
import { gridFor } from '../pictures/grid.ts';
import { sampleMosaic, type Samples } from '../pictures/mosaic.ts';
import { encodePng, PICTURE_PIXELS_MAX } from '../pictures/picture.ts';
import { previewSamples } from '../pictures/preview.ts';
import { UsageError } from '../terminal/failure.ts';
import { count as counted } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import type { DrawnPart } from './gibbs.ts';
import { writeOutput, type OutputFile } from './output-file.ts';

export const SAMPLE_FORMATS = ['png', 'npy', 'npz'] as const;
export type SampleFile = OutputFile<(typeof SAMPLE_FORMATS)[number]>;

export interface Canvas {
  readonly target: SampleFile;
  readonly count: number;
  readonly visible: number;
  readonly shape: PictureShape | null;
}

const ONE = 65_536;
const WHITE = 255;
const PREVIEWED = 16;
/** An .npz file is made in memory, with five bytes a value. */
const NPZ_VALUES_MAX = 64_000_000;

/** Before anything is computed: throws UsageError `too-many-samples` if the format cannot hold so many. */
export function checkCanvas(canvas: Canvas): void {
  const { target, count, visible } = canvas;
  const refuse = (why: string): never => {
    throw new UsageError('too-many-samples', `${target.shown}: ${counted(count)} samples of ${counted(visible)} units ${why}`, 'Ask for fewer, or write an .npy file, which may be of any size.');
  };
  if (target.ending === 'png' && pixelsOf(canvas) > PICTURE_PIXELS_MAX) refuse(`are more than a picture of ${counted(PICTURE_PIXELS_MAX)} pixels can show`);
  if (target.ending === 'npz' && count * visible > NPZ_VALUES_MAX) refuse(`are more than the ${counted(NPZ_VALUES_MAX)} values of one .npz file`);
}

/** Of a labelled strip at most. */
function pixelsOf({ count, visible, shape }: Canvas): number {
  if (shape === null) return (Math.max(900, visible) + 100) * (20 * count + 40);
  const { columns, rows, scale, borderPx } = gridFor(count, shape);
  return (columns * (shape.width * scale + borderPx) + borderPx) * (rows * (shape.height * scale + borderPx) + borderPx);
}

/** Writes all parts, and returns the means of the first samples for a preview. */
export async function writeSamples(canvas: Canvas, parts: AsyncIterable<DrawnPart>): Promise<Samples> {
  const { target, count, visible, shape } = canvas;
  const first = new Uint8Array(Math.min(PREVIEWED, count) * visible);
  const seen = async function* (): AsyncGenerator<DrawnPart> {
    for await (const part of parts) {
      copyTones(part, first, visible);
      yield part;
    }
  };
  switch (target.ending) {
    case 'png': await writeMosaic(canvas, seen()); break;
    case 'npy': await writeOutput(target, bitPieces(canvas, seen())); break;
    case 'npz': await writeArchive(canvas, seen()); break;
  }
  return { values: first, count: first.length / visible, visible, full: WHITE, shape };
}

/** Means as bytes, where the part's samples have a place in `into`. */
function copyTones({ range, result }: DrawnPart, into: Uint8Array, visible: number): void {
  const offset = range.from * visible;
  const end = Math.min(into.length - offset, result.visibleThresholds.length);
  for (let i = 0; i < end; i += 1) into[offset + i] = Math.round((result.visibleThresholds[i]! / ONE) * WHITE);
}

async function writeMosaic({ target, count, visible, shape }: Canvas, parts: AsyncIterable<DrawnPart>): Promise<void> {
  const values = new Uint8Array(count * visible);
  for await (const part of parts) copyTones(part, values, visible);
  await writeOutput(target, [encodePng(sampleMosaic({ values, count, visible, full: WHITE, shape }))]);
}

async function* bitPieces({ count, visible }: Canvas, parts: AsyncIterable<DrawnPart>): AsyncGenerator<Uint8Array> {
  yield npyHeader({ shape: [count, visible], values: new Uint8Array(0), type: 'bool' });
  for await (const { result } of parts) yield unpackRows(result.visible, visible);
}

/** Rows of packed bits as bytes of 0 and 1. */
function unpackRows(packed: Uint8Array, visible: number): Uint8Array {
  const rowBytes = bytesOf(visible);
  const bits = new Uint8Array((packed.length / rowBytes) * visible);
  for (let i = 0; i < bits.length; i += 1) bits[i] = bitAt(packed, Math.floor(i / visible) * rowBytes, i % visible);
  return bits;
}

/** `x`: bits, as in .npy; `means`: what they were drawn from. */
async function writeArchive({ target, count, visible }: Canvas, parts: AsyncIterable<DrawnPart>): Promise<void> {
  const bits = new Uint8Array(count * visible);
  const means = new Float32Array(count * visible);
  for await (const { range, result } of parts) {
    bits.set(unpackRows(result.visible, visible), range.from * visible);
    means.set(Float32Array.from(result.visibleThresholds, (threshold) => threshold / ONE), range.from * visible);
  }
  await writeOutput(target, [npzBytes(new Map([['x', { shape: [count, visible], values: bits, type: 'bool' }], ['means', { shape: [count, visible], values: means }]]))]);
}

/** The first samples beside each other; nothing where standard output is no terminal or the samples are no pictures. */
export function preview(output: Output, samples: Samples): void {
  if (output.columns === null || !output.style.unicode) return;
  const text = previewSamples(samples, { widthCharacters: output.columns, colours: output.style.colour });
  if (text !== '') output.say(text.replace(/\n$/, ''));
}
