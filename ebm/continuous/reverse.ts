// From noise to rows by scores (docs/adr/0013): four ways through the deviations of the noise, from the largest to the least. A walk is a generator that asks
// for scores and is handed them, from whatever model. Rows do not meet, and each one's random numbers are its own: its bits do not depend on how many there are.
import type { Key } from '../random/philox.ts';
import { sigmaAt } from './diffusion.ts';
import type { NoiseSettings } from './model.ts';
import { fillNormals } from './noise.ts';

/** Asks for the scores, at these rows [rows * size], of the data with normal noise of deviation `sigma`. */
export interface ScoreRequest { readonly rows: Float32Array; readonly sigma: number }

/** Makes a result of the scores it asks for, float32 [rows * size] each. */
export type Scored<Result> = Generator<ScoreRequest, Result, Float32Array>;

export const SCORE_METHODS = ['annealed', 'reverse', 'predictor-corrector', 'ode'] as const;
export type ScoreMethod = (typeof SCORE_METHODS)[number];

/** Step of Langevin at noise sigma, over sigma^2: of annealed steps, which have to follow the noise down, and of those that correct a predicted one. */
const ANNEALED_STEP = 0.2;
const CORRECTOR_STEP = 0.05;

export interface ReverseWalk {
  readonly noise: NoiseSettings;
  /** Of the data: with the largest noise it is the deviation that rows begin with. */
  readonly dataDeviation: number;
  readonly method: ScoreMethod;
  /** Steps through the deviations. Each asks once for scores; of predictor-corrector and ode twice. */
  readonly steps: number;
  readonly key: Key;
  readonly word3: number;
  readonly ids: { readonly from: number; readonly to: number };
  readonly size: number;
}

/** Where the walk begins: half-step 0. */
export function reverseStart({ noise, dataDeviation, ...walk }: ReverseWalk): Float32Array {
  const deviation = Math.sqrt(sigmaAt(noise, 1) * sigmaAt(noise, 1) + dataDeviation * dataDeviation);
  return normalsAt(walk, 0).map((z) => deviation * z);
}

/** Rows [ids * size] at the end of the walk. `seen` is told of each step when it is done, with rows that must not be changed. */
export function* walkBack(walk: ReverseWalk, seen: (step: number, rows: Float32Array) => void = () => undefined): Scored<Float32Array> {
  let rows = reverseStart(walk);
  for (let step = 0; step < walk.steps; step += 1) {
    rows = yield* stepBack(walk, step, rows);
    seen(step, rows);
  }
  return rows;
}

function* stepBack(walk: ReverseWalk, step: number, rows: Float32Array): Scored<Float32Array> {
  const [sigma, next] = [sigmaAt(walk.noise, 1 - step / walk.steps), sigmaAt(walk.noise, 1 - (step + 1) / walk.steps)];
  switch (walk.method) {
    case 'annealed': return yield* langevin(walk, { sigma: annealedSigma(walk, step), share: ANNEALED_STEP, halfStep: 2 * step + 1 }, rows);
    case 'reverse': return yield* predicted(walk, { sigma, next, step }, rows);
    case 'predictor-corrector': {
      const ahead = yield* predicted(walk, { sigma, next, step }, rows);
      return yield* langevin(walk, { sigma: next, share: CORRECTOR_STEP, halfStep: 2 * step + 2 }, ahead);
    }
    case 'ode': {
      // dy / dsigma = -sigma s, by Heun's rule.
      const slope = (yield { rows, sigma }).map((s) => -sigma * s);
      const ahead = rows.map((y, i) => y + (next - sigma) * slope[i]!);
      const after = yield { rows: ahead, sigma: next };
      return rows.map((y, i) => y + (next - sigma) * 0.5 * (slope[i]! - next * after[i]!));
    }
  }
}

/** Where there are levels, all of them in turn, each for as many steps as there are to share; else one deviation a step. */
function annealedSigma({ noise, steps }: ReverseWalk, step: number): number {
  const places = noise.kind === 've' && noise.levels !== null ? Math.min(noise.levels, steps) : steps;
  return sigmaAt(noise, places === 1 ? 0 : 1 - Math.floor((step * places) / steps) / (places - 1));
}

/** Euler and Maruyama's step of the reverse equation: y + (sigma^2 - next^2) s + sqrt(sigma^2 - next^2) z. */
function* predicted(walk: ReverseWalk, { sigma, next, step }: { readonly sigma: number; readonly next: number; readonly step: number }, rows: Float32Array): Scored<Float32Array> {
  const gone = sigma * sigma - next * next;
  const [scores, normals] = [yield { rows, sigma }, normalsAt(walk, 2 * step + 1)];
  return rows.map((y, i) => y + gone * scores[i]! + Math.sqrt(gone) * normals[i]!);
}

/** y + epsilon s + sqrt(2 epsilon) z with epsilon = share sigma^2. */
function* langevin(walk: ReverseWalk, { sigma, share, halfStep }: { readonly sigma: number; readonly share: number; readonly halfStep: number }, rows: Float32Array): Scored<Float32Array> {
  const epsilon = share * sigma * sigma;
  const [scores, normals] = [yield { rows, sigma }, normalsAt(walk, halfStep)];
  return rows.map((y, i) => y + epsilon * scores[i]! + Math.sqrt(2 * epsilon) * normals[i]!);
}

function normalsAt({ key, word3, ids, size }: Pick<ReverseWalk, 'key' | 'word3' | 'ids' | 'size'>, halfStep: number): Float32Array {
  const normals = new Float32Array((ids.to - ids.from) * size);
  fillNormals(key, { ids, numbers: size, halfStep, word3 }, normals);
  return normals;
}
