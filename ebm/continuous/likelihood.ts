// log p of rows under a score model by the probability flow (Song et al. 2021; docs/adr/0013): rows go from the least noise to the largest, where their
// density is known, and the divergence on the way is summed. A path is a generator that asks for scores and their slopes, from whatever model. Owns no
// parameters and no clock. The density that is measured is that of rows from noise by the flow, the data's own only if the scores are.
import { exp, log } from '../numeric/elementary.ts';
import type { Key } from '../random/philox.ts';
import { sigmaAt } from './diffusion.ts';
import type { NoiseSettings } from './model.ts';
import { fillSigns, fillUniforms } from './noise.ts';

const LOG_TWO_PI = 1.8378770664093453;
/** Half-steps of purpose likelihood: of uniform numbers that spread a row over its levels, and of the signs of its first random direction. */
const HALF_STEPS = { levels: 0, directions: 1 } as const;

/** Asks for the scores s at these rows [rows * size] of the data with noise `sigma`, and for v' (ds/dy) v of each, for directions v [rows * size]. */
export interface SlopesRequest { readonly rows: Float32Array; readonly sigma: number; readonly directions: Float32Array }

/** `scores`: float32 [rows * size]. `slopes`: float64 [rows]. */
export interface ScoreSlopes { readonly scores: Float32Array; readonly slopes: Float64Array }

/** Makes a result of the scores and slopes it asks for. */
export type Sloped<Result> = Generator<SlopesRequest, Result, ScoreSlopes>;

/** Whose numbers a row's random directions are: id = number of the row. */
export interface RowNumbers { readonly key: Key; readonly word3: number; readonly firstRow: number }

/** The divergence, exact by as many directions as a row has numbers, or without bias by a few random ones (Hutchinson 1990), the same all the way. */
export type Trace = { readonly kind: 'exact' } | { readonly kind: 'hutchinson'; readonly projections: number; readonly numbers: RowNumbers };

export interface FlowPath {
  readonly noise: NoiseSettings;
  /** Deviation that rows are thought to have besides the noise: with the largest noise the density is normal with both. */
  readonly dataDeviation: number;
  /** Steps through the logarithm of the noise. Each asks four times for scores, and as often again for each direction after the first. */
  readonly steps: number;
  readonly size: number;
  readonly trace: Trace;
}

/**
 * log p of each row [rows * size], in nats: float64 [rows]. `seen` is told of each step when it is done. In w = y / sqrt(v), v = sigma^2 + dataDeviation^2,
 * and u = log sigma, dw/du = -(sigma^2 / sqrt v)(s + y / v) and d log p/du = sigma^2 (tr ds/dy + size / v), by the classical rule of Runge and Kutta: a
 * Gaussian of that deviation stands still, so that steps are spent on what differs from it.
 */
export function* logLikelihoods(path: FlowPath, rows: Float32Array, seen: () => void = () => undefined): Sloped<Float64Array> {
  const { noise, dataDeviation, steps, size } = path;
  const count = rows.length / size;
  const directions = directionsOf(path, count);
  const [from, to] = [log(sigmaAt(noise, 0)), log(sigmaAt(noise, 1))];
  const h = (to - from) / steps;
  const least = sigmaAt(noise, 0);
  const deviation = Math.sqrt(least * least + dataDeviation * dataDeviation);
  const state: Flow = { places: Float64Array.from(rows, (x) => x / deviation), logs: new Float64Array(count) };
  for (let step = 0; step < steps; step += 1) {
    const u = from + step * h;
    const first = yield* changeAt(path, state, u, directions);
    const second = yield* changeAt(path, moved(state, first, h / 2), u + h / 2, directions);
    const third = yield* changeAt(path, moved(state, second, h / 2), u + h / 2, directions);
    const fourth = yield* changeAt(path, moved(state, third, h), u + h, directions);
    for (const part of ['places', 'logs'] as const) {
      for (let i = 0; i < state[part].length; i += 1) state[part][i]! += (h / 6) * (first[part][i]! + 2 * (second[part][i]! + third[part][i]!) + fourth[part][i]!);
    }
    seen();
  }
  return state.logs.map((gained, row) => {
    let square = 0;
    for (let i = row * size; i < (row + 1) * size; i += 1) square += state.places[i]! * state.places[i]!;
    return -0.5 * (square + size * LOG_TWO_PI) - size * log(deviation) - gained;
  });
}

/** w [rows * size] and what log p of it has gained [rows]; or how fast they change. */
interface Flow { readonly places: Float64Array; readonly logs: Float64Array }

function moved({ places }: Flow, change: Flow, by: number): Flow {
  return { places: places.map((w, i) => w + by * change.places[i]!), logs: change.logs };
}

function* changeAt({ dataDeviation, size, trace }: FlowPath, { places }: Flow, u: number, directions: readonly Float32Array[]): Sloped<Flow> {
  const sigma = exp(u);
  const variance = sigma * sigma + dataDeviation * dataDeviation;
  const deviation = Math.sqrt(variance);
  const rows = Float32Array.from(places, (w) => w * deviation);
  const logs = new Float64Array(places.length / size);
  let scores: Float32Array = rows;
  for (const along of directions) {
    const answer = yield { rows, sigma, directions: along };
    scores = answer.scores;
    answer.slopes.forEach((slope, row) => { logs[row]! += slope; });
  }
  const share = trace.kind === 'exact' ? 1 : 1 / directions.length;
  return {
    places: places.map((w, i) => -(sigma * sigma / deviation) * (scores[i]! + w / deviation)),
    logs: logs.map((sum) => sigma * sigma * (share * sum + size / variance)),
  };
}

function directionsOf({ size, trace }: FlowPath, count: number): readonly Float32Array[] {
  switch (trace.kind) {
    case 'exact': return Array.from({ length: size }, (_, axis) => Float32Array.from({ length: count * size }, (_unused, i) => (i % size === axis ? 1 : 0)));
    case 'hutchinson': {
      const { projections, numbers: { key, word3, firstRow } } = trace;
      return Array.from({ length: projections }, (_, projection) => {
        const signs = new Float32Array(count * size);
        fillSigns(key, { ids: { from: firstRow, to: firstRow + count }, numbers: size, halfStep: HALF_STEPS.directions + projection, word3 }, signs);
        return signs;
      });
    }
  }
}

/**
 * By how much, in nats a row, the mean of log p over the data is at most too low because rows with the largest noise are not quite normal around 0, where
 * scores are right: KL from them to that normal is at most its mean over the rows, each with noise. `meanSquare`: of |x|^2 over the data.
 */
export function priorShortfall({ noise, dataDeviation, size }: Pick<FlowPath, 'noise' | 'dataDeviation' | 'size'>, meanSquare: number): number {
  const most = sigmaAt(noise, 1) * sigmaAt(noise, 1);
  const variance = most + dataDeviation * dataDeviation;
  return 0.5 * (size * (most / variance - 1 + log(variance / most)) + meanSquare / variance);
}

/** Rows whose numbers are levels of this width, each moved by a uniform number of it: what they are one of many of. */
export function spreadOverLevels(rows: Float32Array, size: number, width: number, { key, word3, firstRow }: RowNumbers): Float32Array {
  const uniforms = new Float64Array(rows.length);
  fillUniforms(key, { ids: { from: firstRow, to: firstRow + rows.length / size }, numbers: size, halfStep: HALF_STEPS.levels, word3 }, uniforms);
  return rows.map((x, i) => x + width * (uniforms[i]! - 0.5));
}
