// The elementary functions of the whole project: float64, from + - * / and exact scaling by powers of two alone, so every machine gives the
// same bits (JavaScript leaves the last bits of Math.exp and its kin to the implementation). Intermediate results are carried as unevaluated
// sums high + low where that keeps the error near half a unit in the last place (ulp). It owns no vector loops and no random numbers.
// Measured errors: the largest of 500,000 or more points each against 260-bit arithmetic (test/unit/numeric/elementary.test.ts repeats some).

/** Adding and subtracting it rounds |x| < 2^51 to the nearest integer, ties to even. */
const ROUNDER = 6755399441055744;
const PER_LN2 = 1.4426950408889634;
/** ln 2 = LN2_HIGH + LN2_LOW; the first has 33 significant bits, so its product with an exponent is exact. */
const LN2_HIGH = 0.6931471804855391;
const LN2_LOW = 7.440617110012397e-11;
/** Largest x whose exp is finite, and smallest whose exp does not round to 0. */
const EXP_MAX = 709.782712893384;
const EXP_MIN = -745.1332191019412;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = 1;
/** Index of the word that holds sign and exponent: 1 on little-endian machines. */
const HIGH = words[0] === 0 ? 1 : 0;
const LOW = 1 - HIGH;

/** Scratch for second results: internal functions return the high part and leave the rest here, to be read at once. */
const second = new Float64Array(1);
const exponent = new Int32Array(1);

/** y 2^k, rounded once, for |y| in [0.5, 2) and k in [-1100, 1024]. */
function scale(y: number, k: number): number {
  words[LOW] = 0;
  if (k > 1023) {
    words[HIGH] = 2046 << 20;
    return y * 2 * float[0]!;
  }
  if (k >= -1021) {
    words[HIGH] = (k + 1023) << 20;
    return y * float[0]!;
  }
  words[HIGH] = (k + 200 + 1023) << 20; // towards subnormals: the first product is exact, the second rounds
  return y * float[0]! * 6.223015277861142e-61;
}

/** The rounding error of the product p = a b (Dekker), exact while nothing over- or underflows. */
function productError(a: number, b: number, p: number): number {
  const as = 134217729 * a;
  const ah = as - (as - a);
  const al = a - ah;
  const bs = 134217729 * b;
  const bh = bs - (bs - b);
  const bl = b - bh;
  return al * bl - (p - ah * bh - al * bh - ah * bl);
}

/** (nh + nl) / (dh + dl), rounded nearly once. */
function divide(nh: number, nl: number, dh: number, dl: number): number {
  const q = nh / dh;
  const p = q * dh;
  return q + (nh - p - productError(q, dh, p) + nl - q * dl) / dh;
}

/**
 * e^x = 2^k (1 + high + low) with |high| < 0.4143 for |x| < 746. Returns high; low is in `second`, k in `exponent`.
 * x = k ln 2 + r with |r| < 0.3466, and e^r - 1 by its series to r^14, added up pairwise.
 */
function reducedExp(x: number): number {
  const k = x * PER_LN2 + ROUNDER - ROUNDER;
  const a = x - k * LN2_HIGH;
  const b = k * LN2_LOW;
  const r = a - b;
  const rLow = a - r - b;
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = (1 / 2 + r * (1 / 6)) + r2 * (1 / 24 + r * (1 / 120));
  const middle = (1 / 720 + r * (1 / 5040)) + r2 * (1 / 40320 + r * (1 / 362880));
  const top = (1 / 3628800 + r * (1 / 39916800)) + r2 * (1 / 479001600 + r * (1 / 6227020800));
  const tail = rLow * (1 + r) + r2 * (low + r4 * (middle + r4 * top));
  const high = r + tail;
  second[0] = r - high + tail;
  exponent[0] = k;
  return high;
}

/**
 * log(h + l) = high + low for a positive normal h and |l| at most half an ulp of h. Returns high; low is in `second`.
 * With h + l = 2^k (1 + f), 1 + f in [0.707, 1.414]: log(1 + f) = 2 artanh(s), s = f / (2 + f), carried as sH + sL.
 */
function reducedLog(h: number, l: number): number {
  float[0] = h;
  const top = words[HIGH]!;
  let k = (top >> 20) - 1023;
  const fraction = top & 0xfffff;
  if (fraction > 0x6a09e) k += 1;
  words[HIGH] = fraction | (fraction > 0x6a09e ? 0x3fe00000 : 0x3ff00000);
  const f0 = float[0] - 1;
  const f1 = l === 0 ? 0 : scale(l, -k);
  const f = f0 + f1;
  const fLow = f0 - f + f1;
  const d = 2 + f;
  const dLow = 2 - d + f + fLow;
  const s = f / d;
  const p = s * d;
  const sLow = (f - p - productError(s, d, p) + fLow - s * dLow) / d;
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const series = z * ((2 / 3 + z * (2 / 5)) + z2 * (2 / 7 + z * (2 / 9)) +
    z4 * ((2 / 11 + z * (2 / 13)) + z2 * (2 / 15 + z * (2 / 17)) + z4 * ((2 / 19 + z * (2 / 21)) + z2 * (2 / 23))));
  const a = k * LN2_HIGH;
  const high = a + 2 * s;
  second[0] = a - high + 2 * s + (2 * sLow + s * series + k * LN2_LOW);
  return high;
}

/** e^x. Overflows to Infinity above 709.78, underflows gradually to 0 below -745.13. Measured error below 0.65 ulp (normal results). */
export function exp(x: number): number {
  if (!(x <= EXP_MAX)) return x + Infinity; // NaN stays NaN
  if (x < EXP_MIN) return 0;
  const high = reducedExp(x);
  const sum = 1 + high;
  return scale(sum + (1 - sum + high + second[0]!), exponent[0]!);
}

/** Natural logarithm. log 0 = -Infinity, log of a negative number = NaN. Measured error below 0.55 ulp. */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : NaN;
  if (x >= 2.2250738585072014e-308) {
    const high = reducedLog(x, 0);
    return high + second[0]!;
  }
  const high = reducedLog(x * 18014398509481984, 0); // a subnormal, times 2^54
  const low = second[0]!;
  const sum = high - 54 * LN2_HIGH;
  return sum + (high - sum - 54 * LN2_HIGH + low - 54 * LN2_LOW);
}

/** log(1 + x), accurate for small x. -Infinity at -1, NaN below. Measured error below 0.56 ulp. */
export function log1p(x: number): number {
  if (!(x > -1 && x < Infinity)) return x === -1 ? -Infinity : x > 0 ? x : NaN;
  if (x < 5e-17 && x > -5e-17) return x;
  if (x > 18014398509481984) return log(x);
  const h = 1 + x;
  const l = x > 1 ? x - h + 1 : 1 - h + x;
  const high = reducedLog(h, l);
  return high + second[0]!;
}

/** Hyperbolic tangent, in [-1, 1]; keeps the sign of 0. Measured error below 0.80 ulp. */
export function tanh(x: number): number {
  const size = x < 0 ? -x : x;
  if (size < 3e-9 || x !== x) return x;
  if (size > 22) return x < 0 ? -1 : 1;
  const high = reducedExp(2 * size);
  const power = scale(1, exponent[0]!);
  const a = power - 1;
  const n = a + power * high; // e^2x - 1 = n + nLow
  const nLow = (a === 0 ? 0 : a - n + power * high) + power * second[0]!;
  const d = n + 2;
  const dLow = (n > 2 ? n - d + 2 : 2 - d + n) + nLow;
  const t = divide(n, nLow, d, dLow);
  return x < 0 ? -t : t;
}

/** Logistic function 1 / (1 + e^-x), in [0, 1]. Measured error below 0.65 ulp (normal results). */
export function sigmoid(x: number): number {
  if (!(x >= -40)) return exp(x);
  if (x > 40) return 1;
  const high = reducedExp(x < 0 ? x : -x);
  const power = scale(1, exponent[0]!);
  const e = power * (1 + high);
  const eLow = power * (1 - (1 + high) + high + second[0]!);
  const d = 1 + e;
  const dLow = 1 - d + e + eLow;
  return x < 0 ? divide(e, eLow, d, dLow) : divide(1, 0, d, dLow);
}

/** log(1 + e^x) = max(x, 0) + log1p(e^-|x|): the free energy's share of a unit. Measured error below 0.63 ulp (normal results). */
export function softplus(x: number): number {
  if (!(x >= -40)) return exp(x); // the next term, e^2x / 2, is below 0.02 ulp here
  if (x > 37) return x;
  const high = reducedExp(x < 0 ? x : -x);
  const power = scale(1, exponent[0]!);
  const e = power * (1 + high);
  const eLow = power * (1 - (1 + high) + high + second[0]!);
  if (x < -20) return e + (eLow - e * e * (0.5 - e * (1 / 3)));
  const h = 1 + e;
  const term = reducedLog(h, 1 - h + e + eLow);
  const termLow = second[0]!;
  if (x <= 0) return term + termLow;
  const sum = x + term;
  return sum + ((x > term ? x - sum + term : term - sum + x) + termLow);
}

/** log of the sum of e^x over the values, in index order; -Infinity for none. Error of a few ulp of the largest value. */
export function logSumExp(values: ArrayLike<number>): number {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) return NaN;
    if (value > most) most = value;
  }
  if (most === -Infinity || most === Infinity) return most;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += exp(values[i]! - most);
  return most + log(sum);
}

/** pi / 2 in four parts: 33 bits each of the first three, so their products with a quadrant number below 2^20 are exact. */
const QUARTER_1 = 1.5707963267341256;
const QUARTER_2 = 6.077100506303966e-11;
const QUARTER_3 = 2.0222662487111665e-21;
const QUARTER_4 = 8.4784276603689e-32;
const PER_QUARTER = 0.6366197723675814;
/** Largest |x| that `cos` and `sin` accept. */
export const COS_RANGE = 1048576;

/**
 * Cosine of x in radians, |x| <= 2^20. Measured error below 0.60 ulp, zeros' neighbourhoods included. NaN gives NaN.
 * @throws RangeError beyond 2^20, where the reduction would lose bits.
 */
export function cos(x: number): number {
  const r = reducedAngle('cos', x < 0 ? -x : x);
  const rLow = second[0]!;
  const quadrant = exponent[0]!;
  const y = (quadrant & 1) === 0 ? cosOfReduced(r, rLow) : sinOfReduced(r, rLow);
  return quadrant === 1 || quadrant === 2 ? -y : y;
}

/** Sine of x in radians, |x| <= 2^20, by the same reduction; errors as of cos. Keeps the sign of 0, NaN gives NaN. */
export function sin(x: number): number {
  const r = reducedAngle('sin', x < 0 ? -x : x);
  const rLow = second[0]!;
  const quadrant = exponent[0]!;
  const y = (quadrant & 1) === 0 ? sinOfReduced(r, rLow) : cosOfReduced(r, rLow);
  return (quadrant >= 2) === x < 0 ? y : -y;
}

/** `size` = n pi/2 + r + rLow with |r| < 0.7854. Returns r; rLow is in `second`, n & 3 in `exponent`. */
function reducedAngle(name: string, size: number): number {
  if (size > COS_RANGE) throw new RangeError(`${name}: |x| must be at most ${COS_RANGE}, got ${size}`);
  const n = size * PER_QUARTER + ROUNDER - ROUNDER;
  const a = size - n * QUARTER_1; // exact: the two are within a factor of 2, or n = 0
  const b = n * QUARTER_2;
  const c = a - b;
  const cLow = differenceError(a, b, c);
  const d = n * QUARTER_3;
  const e = c - d;
  const rest = cLow + differenceError(c, d, e) - n * QUARTER_4;
  const r = e + rest;
  second[0] = e - r + rest;
  exponent[0] = n & 3;
  return r;
}

/** The rounding error of d = a - b, exact. */
function differenceError(a: number, b: number, d: number): number {
  const shadow = a - d;
  return a - (d + shadow) + (shadow - b);
}

/** cos(r + rLow) for |r| < 0.7854: 1 - r^2/2 with the square's own error, then the series from r^4. */
function cosOfReduced(r: number, rLow: number): number {
  const z = r * r;
  const half = z * 0.5;
  const halfLow = productError(r, r, z) * 0.5 + r * rLow;
  const z2 = z * z;
  const series = z2 * ((1 / 24 - z * (1 / 720)) + z2 * (1 / 40320 - z * (1 / 3628800)) +
    z2 * z2 * ((1 / 479001600 - z * (1 / 87178291200)) + z2 * (1 / 20922789888000)));
  const main = 1 - half;
  return main + (1 - main - half - halfLow + series);
}

/** sin(r + rLow) for |r| < 0.7854: r - r^3/6 with the cube's own error, then the series from r^5. */
function sinOfReduced(r: number, rLow: number): number {
  const z = r * r;
  const sixth = z / 6;
  const whole = 6 * sixth;
  const sixthLow = (z - whole - productError(6, sixth, whole) + productError(r, r, z)) / 6;
  const cube = r * sixth;
  const cubeLow = productError(r, sixth, cube) + r * sixthLow;
  const z2 = z * z;
  const series = z2 * ((1 / 120 - z * (1 / 5040)) + z2 * (1 / 362880 - z * (1 / 39916800)) +
    z2 * z2 * ((1 / 6227020800 - z * (1 / 1307674368000)) + z2 * (1 / 355687428096000)));
  const main = r - cube;
  return main + (r - main - cube - cubeLow + rLow * (1 - z * 0.5) + r * series);
}
