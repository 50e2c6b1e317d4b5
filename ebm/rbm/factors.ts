// The factors of an update's statistics (EXACT.md, Statistics): of each sample its visible bits and the thresholds of its hidden units, whose
// outer products the sums are made of. For a small range they are fewer bytes than its sums. Thresholds have 17 bits: 16 in `thresholds`, and
// the rare 65536 as a bit of `full`.
import { bytesOf, rowOf } from './bits.ts';
import type { UpdateSums } from './parameters.ts';
import { addSample, type SumsAccumulator } from './statistics.ts';

/** Hidden units of a row are padded to a multiple of this; spare ones are 0. */
const PADDING = 32;
const FULL = 65536;

export interface PhaseFactors {
  /** Samples (or chains). */
  readonly count: number;
  /** Packed visible bits: uint8 [count * ceil(visible / 8)] */
  readonly visible: Uint8Array;
  /** Thresholds below 65536, and 0 where `full` says 65536: uint16 [count * padded hidden] */
  readonly thresholds: Uint16Array;
  /** Packed bits [count * padded hidden / 8]; empty where no threshold is 65536. */
  readonly full: Uint8Array;
}

export interface UpdateFactors { readonly data: PhaseFactors; readonly model: PhaseFactors }

export function paddedHidden(hidden: number): number {
  return PADDING * Math.ceil(hidden / PADDING);
}

/** Bytes of the factors of so many samples, without a threshold of 65536. */
export function factorBytes(samples: number, visible: number, hidden: number): number {
  return samples * (bytesOf(visible) + 2 * paddedHidden(hidden));
}

/** What does not fit a phase of so many samples, in words, or null. */
export function misfitOfFactors(phase: PhaseFactors, count: number, { visible, hidden }: { readonly visible: number; readonly hidden: number }): string | null {
  const { full } = phase;
  const padded = paddedHidden(hidden);
  if (phase.count !== count) return `factors of ${phase.count} samples for ${count}`;
  if (phase.visible.length !== count * bytesOf(visible)) return `${phase.visible.length} bytes of visible bits for ${count} samples`;
  if (phase.thresholds.length !== count * padded) return `${phase.thresholds.length} thresholds for ${count} samples`;
  if (full.length !== 0 && full.length !== (count * padded) / 8) return `${full.length} bytes of full thresholds for ${count} samples`;
  return null;
}

/** The factors of several ranges as those of one. */
export function joined(parts: readonly UpdateFactors[]): UpdateFactors {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return { data: joinedPhases(parts.map(({ data }) => data)), model: joinedPhases(parts.map(({ model }) => model)) };
}

function joinedPhases(parts: readonly PhaseFactors[]): PhaseFactors {
  const total = (lengthOf: (part: PhaseFactors) => number): number => parts.reduce((sum, part) => sum + lengthOf(part), 0);
  const visible = new Uint8Array(total((part) => part.visible.length));
  const thresholds = new Uint16Array(total((part) => part.thresholds.length));
  const at = { visible: 0, thresholds: 0 };
  for (const part of parts) {
    visible.set(part.visible, at.visible);
    thresholds.set(part.thresholds, at.thresholds);
    at.visible += part.visible.length;
    at.thresholds += part.thresholds.length;
  }
  return { count: total((part) => part.count), visible, thresholds, full: fullOf(parts) };
}

/** Bits of the full thresholds of several phases, one behind the other; empty if there are none. */
export function fullOf(parts: readonly PhaseFactors[]): Uint8Array {
  const thresholds = parts.reduce((sum, part) => sum + part.thresholds.length, 0);
  const full = new Uint8Array(parts.some((part) => part.full.length > 0) ? thresholds / 8 : 0);
  let at = 0;
  for (const part of parts) {
    if (part.full.length > 0) full.set(part.full, at);
    at += part.thresholds.length / 8;
  }
  return full;
}

/** Gathers the factors of a phase row by row. */
export class FactorsOfPhase {
  readonly #visible: Uint8Array;
  readonly #thresholds: Uint16Array;
  readonly #full: Uint8Array;
  readonly #padded: number;
  #count = 0;
  #hasFull = false;

  constructor(count: number, visible: number, hidden: number) {
    this.#padded = paddedHidden(hidden);
    this.#visible = new Uint8Array(count * bytesOf(visible));
    this.#thresholds = new Uint16Array(count * this.#padded);
    this.#full = new Uint8Array((count * this.#padded) / 8);
  }

  add(row: Uint8Array, thresholds: Int32Array): void {
    this.#visible.set(row, this.#count * row.length);
    const first = this.#count * this.#padded;
    for (let j = 0; j < thresholds.length; j += 1) {
      const at = first + j;
      if (thresholds[j] === FULL) {
        this.#full[at >> 3]! |= 1 << (at & 7);
        this.#hasFull = true;
      } else this.#thresholds[at] = thresholds[j]!;
    }
    this.#count += 1;
  }

  done(): PhaseFactors {
    return { count: this.#count, visible: this.#visible, thresholds: this.#thresholds, full: this.#hasFull ? this.#full : new Uint8Array(0) };
  }
}

/** Adds the sums that factors stand for, sample by sample: the oracle of faster ways. */
export function addFactors(sums: SumsAccumulator, factors: UpdateFactors, { visible, hidden }: { readonly visible: number; readonly hidden: number }): UpdateSums {
  const padded = paddedHidden(hidden);
  const row = new Int32Array(hidden);
  for (const phase of ['data', 'model'] as const) {
    const { count, visible: bits, thresholds, full } = factors[phase];
    for (let sample = 0; sample < count; sample += 1) {
      for (let j = 0; j < hidden; j += 1) {
        const at = sample * padded + j;
        const isFull = full.length > 0 && ((full[at >> 3]! >> (at & 7)) & 1) === 1;
        row[j] = isFull ? FULL : thresholds[at]!;
      }
      addSample(sums, phase, rowOf(bits, visible, sample), row);
    }
  }
  return sums;
}
