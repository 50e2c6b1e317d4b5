// Elementary functions in BigInt fixed point, as the oracle of ebm/numeric: obviously right and slow. A `Fixed` is an integer in units of
// 2^-FRACTION_BITS. It owns no float arithmetic except the exact conversion of float64 arguments and the distance in ulp.

export const FRACTION_BITS = 1400n; // holds every float64 above 2^-1074 with 326 bits to spare
const ONE = 1n << FRACTION_BITS;
/** Working precision of the series; results carry about this many correct bits after the point, or significant bits for exp. */
const SERIES_BITS = 260n;
const SERIES_ONE = 1n << SERIES_BITS;

/** The exact value of a finite float64. */
export function fixed(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0n ? fraction : fraction | 0x10000000000000n;
  const shift = (biased === 0n ? 1n : biased) - 1075n + FRACTION_BITS;
  const size = mantissa << shift;
  return bits >> 63n === 1n ? -size : size;
}

function toSeries(x: bigint): bigint {
  return x >> (FRACTION_BITS - SERIES_BITS);
}

function multiply(a: bigint, b: bigint): bigint {
  return (a * b) >> SERIES_BITS;
}

/** artanh(1/n) and arctan(1/n) by their series. */
function inverseSeries(n: bigint, sign: bigint): bigint {
  let power = SERIES_ONE / n;
  let sum = 0n;
  for (let k = 0n; power !== 0n; k++) {
    sum += (k & 1n) === 1n ? sign * (power / (2n * k + 1n)) : power / (2n * k + 1n);
    power /= n * n;
  }
  return sum;
}

const LN2 = 2n * inverseSeries(3n, 1n);
const PI = 4n * (4n * inverseSeries(5n, -1n) - inverseSeries(239n, -1n));

function bitLength(x: bigint): bigint {
  return BigInt(x.toString(2).length);
}

function divideRounding(a: bigint, b: bigint): bigint {
  return (2n * a + b) / (2n * b);
}

/** e^x of a Fixed. */
export function exactExp(x: bigint): bigint {
  const s = toSeries(x);
  const k = s / LN2;
  const r = s - k * LN2;
  let term = SERIES_ONE;
  let sum = 0n;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = multiply(term, r) / n;
  }
  return k >= 0n ? sum << (FRACTION_BITS - SERIES_BITS + k) : (sum << (FRACTION_BITS - SERIES_BITS)) >> -k;
}

/** Natural logarithm of a positive Fixed. Near 1 it has SERIES_BITS bits after the point, so test such x through exactLog1p of the difference. */
export function exactLog(x: bigint): bigint {
  return exactLogOfRatio(x, ONE);
}

/** log(1 + x) of a Fixed, with relative precision for small x. */
export function exactLog1p(x: bigint): bigint {
  const size = x < 0n ? -x : x;
  if (size < ONE >> 20n) {
    // 2 artanh(x / (2 + x)), whose series starts with the small quantity itself.
    const s = (x << SERIES_BITS) / (2n * ONE + x); // in units of 2^-SERIES_BITS; x may be tiny, hence the guard bits below
    const guard = 1000n;
    const fine = (x << (SERIES_BITS + guard)) / (2n * ONE + x);
    const square = (s * s) >> SERIES_BITS;
    let power = fine;
    let sum = 0n;
    for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
      sum += power / n;
      power = (power * square) >> SERIES_BITS;
    }
    return (2n * sum << (FRACTION_BITS - SERIES_BITS)) >> guard;
  }
  return exactLogOfRatio(ONE + x, ONE);
}

function exactLogOfRatio(a: bigint, b: bigint): bigint {
  const k = bitLength(a) - bitLength(b);
  const m = k >= 0n ? (a << SERIES_BITS) / (b << k) : (a << (SERIES_BITS - k)) / b;
  const s = ((m - SERIES_ONE) << SERIES_BITS) / (m + SERIES_ONE);
  const square = multiply(s, s);
  let power = s;
  let sum = 0n;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = multiply(power, square);
  }
  return (2n * sum + k * LN2) << (FRACTION_BITS - SERIES_BITS);
}

/** cos x of a Fixed. */
export function exactCos(x: bigint): bigint {
  const turn = 2n * PI;
  const s = toSeries(x);
  const r = s - divideRounding(s, turn) * turn;
  let term = SERIES_ONE;
  let sum = 0n;
  for (let n = 1n; term !== 0n && term !== -1n; n += 2n) {
    sum += term;
    term = -multiply(multiply(term, r), r) / (n * (n + 1n));
  }
  return sum << (FRACTION_BITS - SERIES_BITS);
}

/** sin x of a Fixed. */
export function exactSin(x: bigint): bigint {
  const turn = 2n * PI;
  const s = toSeries(x);
  const r = s - divideRounding(s, turn) * turn;
  let term = r;
  let sum = 0n;
  for (let n = 2n; term !== 0n && term !== -1n; n += 2n) {
    sum += term;
    term = -multiply(multiply(term, r), r) / (n * (n + 1n));
  }
  return sum << (FRACTION_BITS - SERIES_BITS);
}

export function exactSigmoid(x: bigint): bigint {
  const e = exactExp(-x);
  return (ONE * ONE) / (ONE + e);
}

export function exactTanh(x: bigint): bigint {
  const size = x < 0n ? -x : x;
  if (size < ONE >> 60n) return x - (((x * x) >> FRACTION_BITS) * x >> FRACTION_BITS) / 3n;
  const e = exactExp(2n * x);
  return ((e - ONE) << FRACTION_BITS) / (e + ONE);
}

export function exactSoftplus(x: bigint): bigint {
  return exactLog1p(exactExp(x));
}

/** Distance of `actual` from the exact value, in units in the last place of the exact value (of the smallest subnormal at least). */
export function ulpError(actual: number, exact: bigint): number {
  const size = exact < 0n ? -exact : exact;
  const top = size === 0n ? 0n : bitLength(size); // value in [2^(top-1), 2^top) units
  const lowest = FRACTION_BITS - 1074n;
  const unit = top - 53n > lowest ? top - 53n : lowest;
  const difference = fixed(actual) - exact;
  const scaled = ((difference < 0n ? -difference : difference) << 20n) >> unit;
  return Number(scaled) / 1048576;
}
