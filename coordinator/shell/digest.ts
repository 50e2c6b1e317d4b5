// Digests of a run's content: SHA-256 over little-endian bytes, whatever the machine. Parameters are the masters in name order
// (hidden_bias, visible_bias, weights), chains the packed states in id order (ARCHITECTURE.md, One update).
import { createHash, type Hash } from 'node:crypto';
import { unpackSums } from '../../ebm/rbm/packed.ts';
import type { Masters, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { ContributionContent } from '../../proto/messages.ts';

type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The array's bytes, least significant first; a view where the machine stores them so. */
function littleEndian(array: Numbers): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (LITTLE || array.BYTES_PER_ELEMENT === 1) return bytes;
  const size = array.BYTES_PER_ELEMENT;
  return Uint8Array.from(bytes, (_, i) => bytes[i - (i % size) + (size - 1 - (i % size))]!);
}

function named(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`;
}

export function parametersDigest(masters: Masters): string {
  const hash = createHash('sha256');
  for (const array of [masters.hiddenBias, masters.visibleBias, masters.weights]) hash.update(littleEndian(array));
  return named(hash);
}

/** Of a continuous model's masters: one vector, its tensors in order of their names. */
export function valuesDigest(values: Float32Array): string {
  return named(createHash('sha256').update(littleEndian(values)));
}

export function chainsDigest(states: Uint8Array): string {
  return named(createHash('sha256').update(states));
}

/** Of all that a contribution says: counts, sums of both phases and outer sums, or their factors; chain states. */
export function contributionDigest(content: ContributionContent, states: Uint8Array): string {
  const hash = createHash('sha256');
  if (content.kind === 'sums') hashSums(hash, content.sums);
  else if (content.kind === 'packed') hashSums(hash, unpackSums(content.sums));
  else if (content.kind === 'gradient') {
    for (const { low, high, rejected } of [content.gradient, content.observed]) hash.update(littleEndian(low)).update(littleEndian(high)).update(littleEndian(Float64Array.of(rejected)));
  } else {
    for (const { count, visible, thresholds, full } of [content.factors.data, content.factors.model]) {
      hash.update(littleEndian(Float64Array.of(count, full.length)));
      for (const array of [visible, thresholds, full]) hash.update(littleEndian(array));
    }
  }
  return named(hash.update(states));
}

function hashSums(hash: Hash, { data, model, outer }: UpdateSums): void {
  hash.update(littleEndian(Float64Array.of(data.count, model.count)));
  const arrays = outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model];
  for (const array of [data.visible, data.hidden, model.visible, model.hidden, ...arrays]) hash.update(littleEndian(array));
}
