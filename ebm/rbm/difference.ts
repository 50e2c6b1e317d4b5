// What has changed between two versions of the weights, on the grid: most move by few steps an update, so a code of few bits each says it, and
// a whole value where it does not. Exact for any two arrays of one shape. Rows of codes are whole bytes; codes stand from the lowest bits up.

export const CODE_BITS = [2, 4, 8] as const;
export type CodeBits = (typeof CODE_BITS)[number];

/** A code is the step in two's complement; the lowest of its values says that the new weight is the next of `escapes`, in row order. */
export interface WeightsDifference {
  readonly bits: CodeBits;
  /** uint8 [visible * ceil(hidden * bits / 8)] */
  readonly codes: Uint8Array;
  /** int16 */
  readonly escapes: Int16Array;
}

export interface WeightsShape { readonly visible: number; readonly hidden: number }

export function codeRowBytes(hidden: number, bits: CodeBits): number {
  return Math.ceil((hidden * bits) / 8);
}

/** The largest step that a code says. */
export function stepMax(bits: CodeBits): number {
  return (1 << (bits - 1)) - 1;
}

/** The form of fewest bytes, or null if the values themselves are no more. `beyond`: weights whose step is beyond the largest, for 2, 4 and 8 bits. */
export function bestBits({ visible, hidden }: WeightsShape, beyond: readonly [number, number, number]): CodeBits | null {
  let best: { readonly bits: CodeBits | null; readonly bytes: number } = { bits: null, bytes: 2 * visible * hidden };
  CODE_BITS.forEach((bits, index) => {
    const bytes = visible * codeRowBytes(hidden, bits) + 2 * beyond[index]!;
    if (bytes < best.bytes) best = { bits, bytes };
  });
  return best.bits;
}

/** Whether codes are as many as the shape asks for, and there are no more escapes than weights. */
export function fitsShape({ bits, codes, escapes }: WeightsDifference, { visible, hidden }: WeightsShape): boolean {
  return codes.length === visible * codeRowBytes(hidden, bits) && escapes.length <= visible * hidden;
}

/** From one version's weights to the next's; null if the values themselves are no more bytes. */
export function differenceOf(base: Int16Array, next: Int16Array, shape: WeightsShape): WeightsDifference | null {
  const { visible, hidden } = shape;
  const beyond: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < next.length; at += 1) {
    const size = Math.abs(stepBetween(base[at]!, next[at]!));
    CODE_BITS.forEach((bits, index) => { if (size > stepMax(bits)) beyond[index]! += 1; });
  }
  const bits = bestBits(shape, beyond);
  if (bits === null) return null;
  const rowBytes = codeRowBytes(hidden, bits);
  const codes = new Uint8Array(visible * rowBytes);
  const escapes = new Int16Array(beyond[CODE_BITS.indexOf(bits)]!);
  let escaped = 0;
  for (let at = 0; at < next.length; at += 1) {
    const step = stepBetween(base[at]!, next[at]!);
    const isEscape = Math.abs(step) > stepMax(bits);
    const code = isEscape ? -stepMax(bits) - 1 : step;
    if (isEscape) {
      escapes[escaped] = next[at]!;
      escaped += 1;
    }
    const column = (at % hidden) * bits;
    codes[Math.floor(at / hidden) * rowBytes + (column >> 3)]! |= (code & ((1 << bits) - 1)) << (column & 7);
  }
  return { bits, codes, escapes };
}

/** The next version's weights: int16 [visible * hidden]; null if there are more or fewer escapes than the codes name. */
export function addDifference(base: Int16Array, { bits, codes, escapes }: WeightsDifference, { hidden }: WeightsShape): Int16Array | null {
  const next = new Int16Array(base.length);
  const rowBytes = codeRowBytes(hidden, bits);
  let escaped = 0;
  for (let at = 0; at < base.length; at += 1) {
    const column = (at % hidden) * bits;
    const raw = codes[Math.floor(at / hidden) * rowBytes + (column >> 3)]! >> (column & 7);
    const step = (raw << (32 - bits)) >> (32 - bits);
    if (step >= -stepMax(bits)) next[at] = base[at]! + step;
    else {
      next[at] = escapes[escaped] ?? 0;
      escaped += 1;
    }
  }
  return escaped === escapes.length ? next : null;
}

/** As int16 arithmetic has it: a step that wraps is added with the same wrap. */
function stepBetween(base: number, next: number): number {
  return ((next - base) << 16) >> 16;
}
