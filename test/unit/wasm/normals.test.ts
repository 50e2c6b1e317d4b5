// The kernel of normals against ebm's definition: the same bits for ranges and lists of ids, odd counts, long rows and carries of the address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, fillNormals, type NoiseAddress } from '../../../ebm/continuous/noise.ts';
import { deriveKey } from '../../../ebm/random/address.ts';
import { NormalSource } from '../../../engine/wasm/normals.ts';

const bitsOf = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);

function compare(source: NormalSource, seed: number, at: NoiseAddress): void {
  const key = deriveKey(seed, 6, seed % 3);
  const [expected, actual] = [new Float32Array(countOf(at.ids) * at.numbers), new Float32Array(countOf(at.ids) * at.numbers)];
  fillNormals(key, at, expected);
  source.fill(key, at, actual);
  assert.deepEqual(bitsOf(actual), bitsOf(expected));
}

test('the kernel gives the bits of the definition', async () => {
  const source = await NormalSource.open();
  for (const numbers of [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 784]) {
    compare(source, numbers, { ids: { from: 5, to: 5 + 13 }, numbers, halfStep: 2 * numbers, word3: 7 });
    compare(source, 100 + numbers, { ids: Uint32Array.of(9, 3, 0xffff_ffff, 0, 12345, 3), numbers, halfStep: 0xffff_ffff, word3: 0xffff_fffe });
  }
  compare(source, 0xffff_ffff, { ids: { from: 2 ** 45 + 3, to: 2 ** 45 + 8 }, numbers: 9, halfStep: 1, word3: 0 });
});

test('200,000 pairs and a request of several pieces', async () => {
  const source = await NormalSource.open();
  compare(source, 3, { ids: { from: 0, to: 1 }, numbers: 400_000, halfStep: 0, word3: 1 });
  compare(source, 4, { ids: { from: 0, to: 40_000 }, numbers: 2, halfStep: 3, word3: 1 });
});

test('what does not fit is refused', async () => {
  const source = await NormalSource.open();
  const at: NoiseAddress = { ids: { from: 0, to: 2 }, numbers: 3, halfStep: 0, word3: 0 };
  assert.throws(() => { source.fill([1, 2], at, new Float32Array(5)); }, /2 ids of 3 numbers/);
  assert.throws(() => { source.fill([1, 2], { ...at, halfStep: 2 ** 32 }, new Float32Array(6)); }, /unsigned 32-bit/);
  assert.throws(() => { source.fill([1, 2], { ...at, ids: { from: 2 ** 53, to: 2 ** 53 + 2 } }, new Float32Array(6)); }, /address space/);
  source.fill([1, 2], { ...at, ids: new Uint32Array(0) }, new Float32Array(0));
});
