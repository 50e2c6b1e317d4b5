// The centred RBM in its own parametrisation, E = -b'(v - mu) - c'(h - lambda) - (v - mu)^T W (h - lambda) (Melchior, Fischer and Wiskott
// 2016), trained directly in float64: change the offsets without changing the model, then step in the centred parameters. The engines
// keep ordinary parameters instead; both must be the same model after every update.
import type { OptimiserSettings } from '../../ebm/job.ts';
import type { PhaseSums, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { Problem } from '../../engine/engine.ts';

interface Plain { weights: number[]; visibleBias: number[]; hiddenBias: number[] }

/** Textbook optimisers for an array: ascend along the gradient. */
class Ascent {
  private readonly settings: OptimiserSettings;
  private readonly first: number[];
  private readonly second: number[];

  constructor(settings: OptimiserSettings, size: number) {
    this.settings = settings;
    this.first = new Array<number>(size).fill(0);
    this.second = new Array<number>(size).fill(0);
  }

  moves(gradients: readonly number[], values: readonly number[], decay: number, update: number): number[] {
    const { kind, learningRate: rate, momentum, beta1, beta2, epsilon } = this.settings;
    return gradients.map((gradient, index) => {
      if (kind === 'sgd') {
        this.first[index] = momentum * this.first[index]! + gradient - decay * values[index]!;
        return rate * this.first[index];
      }
      this.first[index] = beta1 * this.first[index]! + (1 - beta1) * gradient;
      this.second[index] = beta2 * this.second[index]! + (1 - beta2) * gradient * gradient;
      const mean = this.first[index] / (1 - Math.pow(beta1, update + 1));
      const square = this.second[index] / (1 - Math.pow(beta2, update + 1));
      return (rate * mean) / (Math.sqrt(square) + epsilon) - rate * decay * values[index]!;
    });
  }
}

export class CentredModel {
  private readonly problem: Problem;
  private readonly centred: Plain;
  private mu: number[];
  private lambda: number[];
  private readonly ascents: { readonly weights: Ascent; readonly visibleBias: Ascent; readonly hiddenBias: Ascent };

  /** Starts from an ordinary state: b' = b + W lambda, c' = c + W^T mu. */
  constructor(problem: Problem, state: TrainingState) {
    this.problem = problem;
    this.mu = [...state.visibleOffset];
    this.lambda = [...state.hiddenOffset];
    this.centred = { weights: [...state.masters.weights], visibleBias: [...state.masters.visibleBias], hiddenBias: [...state.masters.hiddenBias] };
    this.shiftBiases(this.mu, this.lambda);
    const ascent = (size: number): Ascent => new Ascent(problem.optimiser, size);
    this.ascents = { weights: ascent(problem.visible * problem.hidden), visibleBias: ascent(problem.visible), hiddenBias: ascent(problem.hidden) };
  }

  /** One update from raw sums. */
  step(sums: UpdateSums, update: number): void {
    const { visible, hidden, optimiser, centred } = this.problem;
    const data = meansOf(sums.data);
    const model = meansOf(sums.model);
    if (centred) {
      const mu = this.mu.map((value, i) => value + 0.01 * (data.visible[i]! - value));
      const lambda = this.lambda.map((value, j) => value + 0.01 * (data.hidden[j]! - value));
      this.shiftBiases(mu.map((value, i) => value - this.mu[i]!), lambda.map((value, j) => value - this.lambda[j]!));
      [this.mu, this.lambda] = [mu, lambda];
    }
    const difference = outerDifference(sums);
    const gradient = difference.map((outer, index) => {
      const [i, j] = [Math.floor(index / hidden), index % hidden];
      // <(v - mu)(h - lambda)> of the data minus that of the model; mu lambda cancels
      return outer - this.mu[i]! * (data.hidden[j]! - model.hidden[j]!) - (data.visible[i]! - model.visible[i]!) * this.lambda[j]!;
    });
    const weightMoves = this.ascents.weights.moves(gradient, this.centred.weights, optimiser.weightDecay, update);
    const visibleMoves = this.ascents.visibleBias.moves(data.visible.map((mean, i) => mean - model.visible[i]!), this.centred.visibleBias, 0, update);
    const hiddenMoves = this.ascents.hiddenBias.moves(data.hidden.map((mean, j) => mean - model.hidden[j]!), this.centred.hiddenBias, 0, update);
    for (let index = 0; index < visible * hidden; index += 1) this.centred.weights[index]! += weightMoves[index]!;
    for (let i = 0; i < visible; i += 1) this.centred.visibleBias[i]! += visibleMoves[i]!;
    for (let j = 0; j < hidden; j += 1) this.centred.hiddenBias[j]! += hiddenMoves[j]!;
  }

  /** The same model in ordinary parameters: b = b' - W lambda, c = c' - W^T mu. */
  ordinary(): Plain {
    const { weights, visibleBias, hiddenBias } = this.centred;
    const copy: Plain = { weights: [...weights], visibleBias: [...visibleBias], hiddenBias: [...hiddenBias] };
    addProducts(copy, this.problem.hidden, this.mu.map((value) => -value), this.lambda.map((value) => -value));
    return copy;
  }

  /** Keeps the model while the offsets move by the given amounts. */
  private shiftBiases(mu: readonly number[], lambda: readonly number[]): void {
    addProducts(this.centred, this.problem.hidden, mu, lambda);
  }
}

/** b += W lambda, c += W^T mu. */
function addProducts(parameters: Plain, hidden: number, mu: readonly number[], lambda: readonly number[]): void {
  parameters.weights.forEach((weight, index) => {
    const [i, j] = [Math.floor(index / hidden), index % hidden];
    parameters.visibleBias[i]! += weight * lambda[j]!;
    parameters.hiddenBias[j]! += weight * mu[i]!;
  });
}

function meansOf(phase: PhaseSums): { readonly visible: number[]; readonly hidden: number[] } {
  return { visible: [...phase.visible].map((sum) => sum / phase.count), hidden: [...phase.hidden].map((sum) => sum / (65536 * phase.count)) };
}

function outerDifference({ data, model, outer }: UpdateSums): number[] {
  if (outer.kind === 'difference') return Array.from(outer.difference, (sum) => sum / (65536 * data.count));
  return Array.from(outer.data, (sum, index) => sum / (65536 * data.count) - outer.model[index]! / (65536 * model.count));
}
