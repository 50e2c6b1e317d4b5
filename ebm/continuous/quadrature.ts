// Figures of a two-dimensional model by the midpoint rule on a square grid: log Z, KL(data || model), masses of modes. The caller evaluates the
// energies at `gridPoints`, in any engine. Float64, own exp and log; the rule converges fast once cells are small beside the model's features.
import { exp, logSumExp, log } from '../numeric/elementary.ts';
import { blockSum } from '../numeric/sum.ts';
import type { LogDensity } from './densities.ts';

/** Cells of [low, high]^2: `side` x `side` of them. */
export interface PlanarGrid { readonly low: number; readonly high: number; readonly side: number }

/** Middle points, float32 [side * side * 2]: x is the slower index. Energies and densities are both taken at these rounded points. */
export function gridPoints({ low, high, side }: PlanarGrid): Float32Array {
  const width = (high - low) / side;
  const points = new Float32Array(2 * side * side);
  for (let cell = 0; cell < side * side; cell += 1) {
    points[2 * cell] = low + (Math.floor(cell / side) + 0.5) * width;
    points[2 * cell + 1] = low + ((cell % side) + 0.5) * width;
  }
  return points;
}

function logArea({ low, high, side }: PlanarGrid): number {
  return 2 * log((high - low) / side);
}

function assertEnergies(grid: PlanarGrid, energies: ArrayLike<number>): void {
  if (energies.length !== grid.side * grid.side) throw new RangeError(`${energies.length} energies for a grid of ${grid.side * grid.side} cells`);
}

/** log of the integral of e^-E over the square. `energies`: one a cell, in the order of `gridPoints`. */
export function logPartitionOnGrid(grid: PlanarGrid, energies: ArrayLike<number>): number {
  assertEnergies(grid, energies);
  return logSumExp(Float64Array.from(energies, (energy) => -energy)) + logArea(grid);
}

export interface Divergences {
  /** KL(data || model) in nats, of the data's share inside the square. */
  readonly divergence: number;
  readonly logPartition: number;
  /** Integral of the data's density over the square: far from 1, the grid is too small or too coarse for the figures to mean anything. */
  readonly dataMass: number;
}

/** Sum over cells of area p (log p + E + log Z). */
export function divergenceOnGrid(grid: PlanarGrid, density: LogDensity, energies: ArrayLike<number>): Divergences {
  const logPartition = logPartitionOnGrid(grid, energies);
  const points = gridPoints(grid);
  const logCell = logArea(grid);
  const masses = new Float64Array(energies.length);
  const terms = new Float64Array(energies.length);
  for (let cell = 0; cell < terms.length; cell += 1) {
    const logDensity = density(points[2 * cell]!, points[2 * cell + 1]!);
    masses[cell] = exp(logDensity + logCell);
    terms[cell] = masses[cell] === 0 ? 0 : masses[cell]! * (logDensity + energies[cell]! + logPartition);
  }
  return { divergence: blockSum(terms), logPartition, dataMass: blockSum(masses) };
}

/** The model's probability of each mode: float64 [modes], which sum to 1. */
export function modeMasses(grid: PlanarGrid, by: { readonly modes: number; readonly at: (x: number, y: number) => number }, energies: ArrayLike<number>): Float64Array {
  const logPartition = logPartitionOnGrid(grid, energies);
  const points = gridPoints(grid);
  const logCell = logArea(grid);
  const masses = new Float64Array(by.modes);
  for (let cell = 0; cell < energies.length; cell += 1) {
    const mode = by.at(points[2 * cell]!, points[2 * cell + 1]!);
    masses[mode]! += exp(logCell - energies[cell]! - logPartition);
  }
  return masses;
}
