// One PNG as grey values. The file is checked here (structure, CRC-32 of every chunk, bounded inflation, no transparency) and handed
// to fast-png as its critical chunks alone, so that profiles, texts and animation frames are never parsed: an animated PNG counts as its
// default picture, and gamma and colour profiles are ignored. Colour becomes grey by whole-number weights: (77 R + 150 G + 29 B + 128) >> 8.
import { crc32, inflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import { DataError, type DataProblem } from './errors.ts';
import { hex, inflateFailure } from './files.ts';
import type { DataLimits } from './limits.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
const KEPT = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'];
/** Samples a pixel of each colour type. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export interface GreyPicture {
  readonly height: number;
  readonly width: number;
  /** Row-major; bytes mean value / 255, 16-bit samples value / 65535. */
  readonly values: Uint8Array | Uint16Array;
}

interface Header {
  readonly height: number;
  readonly width: number;
  readonly depth: number;
  readonly colour: number;
  readonly channels: number;
}

/** Throws `wrong-magic`, `truncated`, `damaged`, `unsupported`, `too-large`, `transparent`. */
export function decodeGrey(bytes: Uint8Array, file: string, limits: DataLimits): GreyPicture {
  const chunks = keptChunks(bytes, file);
  const header = parseHeader(chunks, file, limits);
  checkPixelData(chunks, header, file);
  try {
    return toGrey(decode(Buffer.concat([Uint8Array.from(SIGNATURE), ...chunks.map(({ whole }) => whole)])), header, file);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw damaged(file, 'the picture cannot be decoded', { cause: error });
  }
}

interface Chunk {
  readonly type: string;
  /** With length and CRC. */
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
}

function keptChunks(bytes: Uint8Array, file: string): Chunk[] {
  if (!SIGNATURE.every((byte, index) => bytes[index] === byte)) {
    throw new DataError({ code: 'wrong-magic', file, position: { byteOffset: 0 }, value: hex(bytes, 8), problem: `the first bytes are ${hex(bytes, 8)}`, accepted: `${hex(Uint8Array.from(SIGNATURE), 8)}, a PNG`, remedy: 'Convert the picture to PNG.' });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let at: number = SIGNATURE.length;
  while (chunks.at(-1)?.type !== 'IEND') {
    const end = at + 12 <= bytes.length ? at + 12 + view.getUint32(at) : Infinity;
    if (end > bytes.length) throw new DataError({ code: 'truncated', file, position: { byteOffset: bytes.length }, value: String(bytes.length), problem: `the picture ends after ${bytes.length} bytes, before its last chunk`, remedy: 'Copy or write it again.' });
    const whole = bytes.subarray(at, end);
    const type = String.fromCharCode(...whole.subarray(4, 8));
    if (crc32(whole.subarray(4, -4)) !== view.getUint32(end - 4)) throw damaged(file, `the checksum of chunk ${JSON.stringify(type)} is wrong`, { position: { byteOffset: at } });
    const isCritical = (whole[4]! & 0x20) === 0;
    if (isCritical && !KEPT.includes(type)) throw new DataError({ code: 'unsupported', file, position: { byteOffset: at }, value: type, problem: `the picture needs chunk ${JSON.stringify(type)}, which is not known`, accepted: 'PNG as the standard has it', remedy: 'Save the picture with another program.' });
    if (KEPT.includes(type)) chunks.push({ type, whole, content: whole.subarray(8, -4) });
    at = end;
  }
  return chunks;
}

function parseHeader(chunks: readonly Chunk[], file: string, limits: DataLimits): Header {
  const [first, ...others] = chunks;
  if (first?.type !== 'IHDR' || first.content.length !== 13 || others.some(({ type }) => type === 'IHDR')) throw damaged(file, 'the picture has no header chunk at its start, or several', {});
  const view = new DataView(first.content.buffer, first.content.byteOffset, 13);
  const [width, height, depth, colour, interlace] = [view.getUint32(0), view.getUint32(4), view.getUint8(8), view.getUint8(9), view.getUint8(12)];
  const channels = CHANNELS[colour];
  const depths = colour === 0 ? [1, 2, 4, 8, 16] : colour === 3 ? [1, 2, 4, 8] : [8, 16];
  if (channels === undefined || !depths.includes(depth)) throw damaged(file, `colour type ${colour} with ${depth} bits a sample does not exist`, { position: { byteOffset: 24 } });
  if (width === 0 || height === 0) throw new DataError({ code: 'wrong-shape', file, position: { byteOffset: 16 }, value: `${width}x${height}`, problem: `the picture is ${width} wide and ${height} high`, accepted: 'at least one pixel' });
  if (width * height > limits.columnsMax) throw new DataError({ code: 'too-large', file, position: { byteOffset: 16 }, value: `${width}x${height}`, problem: `the picture is ${width} wide and ${height} high`, accepted: `at most ${limits.columnsMax} pixels`, remedy: 'Scale the pictures down.' });
  // fast-png does not unpack samples of less than a byte in interlaced pictures, nor does this file.
  if (interlace !== 0) throw new DataError({ code: 'unsupported', file, position: { byteOffset: 28 }, value: String(interlace), problem: 'the picture is interlaced', accepted: 'pictures without interlacing', remedy: 'Save it without interlacing (Adam7).' });
  return { height, width, depth, colour, channels };
}

/** Inflates the pixels once, to learn that they are complete and no more than the header says: fast-png checks neither. */
function checkPixelData(chunks: readonly Chunk[], header: Header, file: string): void {
  const bytesMax = header.height * (1 + Math.ceil((header.width * header.channels * header.depth) / 8));
  let found: Uint8Array;
  try {
    found = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ content }) => content)), { maxOutputLength: bytesMax });
  } catch (error) {
    throw inflateFailure({ file, what: 'the pixel data', error, bytesMax, from: null, to: null });
  }
  if (found.length !== bytesMax) throw new DataError({ code: 'truncated', file, value: String(found.length), problem: `the pixel data have ${found.length} of ${bytesMax} bytes`, remedy: 'Copy or write the picture again.' });
}

interface Decoded {
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  readonly palette?: readonly (readonly number[])[];
  readonly transparency?: Uint16Array;
}

function toGrey(decoded: Decoded, header: Header, file: string): GreyPicture {
  const { height, width, depth, channels, colour } = header;
  const opaque = depth === 16 ? 0xffff : 0xff;
  const sample = sampleReader(decoded, header);
  const values = depth === 16 ? new Uint16Array(height * width) : new Uint8Array(height * width);
  for (let pixel = 0; pixel < values.length; pixel += 1) {
    const [red, green, blue, alpha] = colour === 3 ? paletteColour(decoded, sample(pixel, 0), file) : pixelColour(sample, pixel, channels);
    const isKeyed = decoded.transparency !== undefined && decoded.transparency.every((value, channel) => value === sample(pixel, channel));
    if (isKeyed || (alpha ?? opaque) !== opaque) throw transparent(file, { row: Math.floor(pixel / width), column: pixel % width }, isKeyed ? 0 : alpha!);
    values[pixel] = green === undefined ? scaled(red!, depth) : (77 * red! + 150 * green + 29 * blue! + 128) >>> 8;
  }
  return { height, width, values };
}

/** Red, green, blue, alpha; green and blue undefined for a grey picture. */
type Colour = readonly [number | undefined, number | undefined, number | undefined, number | undefined];

function pixelColour(sample: (pixel: number, channel: number) => number, pixel: number, channels: number): Colour {
  if (channels < 3) return [sample(pixel, 0), undefined, undefined, channels === 2 ? sample(pixel, 1) : undefined];
  return [sample(pixel, 0), sample(pixel, 1), sample(pixel, 2), channels === 4 ? sample(pixel, 3) : undefined];
}

function paletteColour(decoded: Decoded, index: number, file: string): Colour {
  const entry = decoded.palette?.[index];
  if (entry === undefined) throw damaged(file, `a pixel has colour ${index} of a palette of ${decoded.palette?.length ?? 0}`, { value: String(index) });
  return [entry[0], entry[1], entry[2], entry[3]];
}

// fast-png leaves samples of 1, 2 and 4 bits packed, each row from a new byte, the first pixel in the high bits.
function sampleReader(decoded: Decoded, header: Header): (pixel: number, channel: number) => number {
  const { depth, width, channels } = header;
  if (depth >= 8) return (pixel, channel) => decoded.data[pixel * channels + channel]!;
  const rowBytes = Math.ceil((width * depth) / 8);
  return (pixel) => {
    const bit = (pixel % width) * depth;
    return (decoded.data[Math.floor(pixel / width) * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  };
}

/** A grey sample of 1, 2 or 4 bits as a byte: 255, 85 and 17 are whole, so this is exact. */
function scaled(sample: number, depth: number): number {
  return depth >= 8 ? sample : (sample * 255) / ((1 << depth) - 1);
}

function transparent(file: string, position: { readonly row: number; readonly column: number }, alpha: number): DataError {
  return new DataError({ code: 'transparent', file, position, value: String(alpha), problem: `the pixel is not opaque (alpha ${alpha})`, accepted: 'opaque pictures, because a background would have to be invented', remedy: 'Flatten the picture onto the background that is meant.' });
}

function damaged(file: string, problem: string, more: Partial<DataProblem>): DataError {
  return new DataError({ code: 'damaged', file, problem, remedy: 'Copy or write the picture again.', ...more });
}
