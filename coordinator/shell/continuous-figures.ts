// Figures of an evaluation of a continuous model: log Z by quadrature, where it has two dimensions, or by annealed runs, and the energies of held-out rows.
import type { ContinuousJob } from '../../ebm/job.ts';
import type { ParametersName, Range, RowSet, UnitMessage } from '../../proto/messages.ts';
import type { Figure, FigurePlan } from '../machine/settings.ts';
import { estimateLogPartition, testLogLikelihood, type AnnealingResult } from '../../ebm/partition/estimate.ts';
import type { Figures, LogLikelihoodFigure } from './events.ts';
import { exactFigures, finite, partitionFigure, type Desk } from './figures.ts';

/** How many rows are held out: workers have them. */
export interface ContinuousFigureData { readonly testRows: number; readonly validationRows: number }

const ROWS_PART = 2_500;
/** Runs of one unit, about: whole microbatches, which are what an engine anneals at once. */
const RUNS_PART = 100;

export class ContinuousDesk implements Desk {
  readonly #job: ContinuousJob;
  readonly #data: ContinuousFigureData;
  #logPartition: number | null = null;
  #weights = new Float64Array(0);
  readonly #rows = new Map<RowSet, Float64Array>();

  constructor(job: ContinuousJob, data: ContinuousFigureData) {
    this.#job = job;
    this.#data = data;
  }

  plans(): readonly FigurePlan[] {
    if (this.#job.evaluate === 'off') return [];
    const { testRows, validationRows } = this.#data;
    const rows = (set: RowSet, size: number): readonly FigurePlan[] => size === 0 ? [] : [{ figure: { kind: 'rows', set }, size, part: ROWS_PART }];
    const { logPartition } = this.#job.evaluate;
    const { microbatch } = this.#job.train;
    const partition: FigurePlan = logPartition.kind === 'quadrature' ? { figure: { kind: 'exact' }, size: 1, part: 1 }
      : { figure: { kind: 'log-partition', method: 'ais' }, size: logPartition.runs, part: microbatch * Math.ceil(RUNS_PART / microbatch) };
    return [partition, ...rows('test', testRows), ...rows('validation', validationRows)];
  }

  unit(figure: Figure, range: Range, parameters: ParametersName): UnitMessage {
    switch (figure.kind) {
      case 'exact': return { kind: 'exact', parameters };
      case 'rows': return { kind: 'evaluate', parameters, set: figure.set, rows: range };
      case 'log-partition': return { kind: 'log-partition', parameters, method: figure.method, runs: range, betas: this.#betas(), baseBias: new Int32Array(0), starts: null };
    }
  }

  begin(): void {
    this.#logPartition = null;
    for (const { figure, size } of this.plans()) {
      if (figure.kind === 'rows') this.#rows.set(figure.set, new Float64Array(size));
      else if (figure.kind === 'log-partition') this.#weights = new Float64Array(size);
    }
  }

  collect(figure: Figure, range: Range, numbers: Float64Array): void {
    if (numbers.length !== range.to - range.from) throw new RangeError(`a unit of ${range.to - range.from} ids gave ${numbers.length} numbers`);
    if (figure.kind === 'exact') this.#logPartition = numbers[0]!;
    else if (figure.kind === 'rows') this.#rows.get(figure.set)?.set(numbers, range.from);
    else this.#weights.set(numbers, range.from);
  }

  conclude(): Figures {
    const [test, validation] = [this.#rows.get('test') ?? null, this.#rows.get('validation') ?? null];
    if (this.#betas() > 0) return annealedFigures({ logWeights: this.#weights, logBase: 0, betas: this.#betas() }, test, validation);
    return quadratureFigures(this.#logPartition ?? NaN, test, validation);
  }

  /** Temperatures of annealed runs; 0 where there are none. */
  #betas(): number {
    const { evaluate } = this.#job;
    return evaluate !== 'off' && evaluate.logPartition.kind === 'ais' ? evaluate.logPartition.betas : 0;
  }
}

/** `test`, `validation`: -E / T of the rows. */
export function quadratureFigures(logPartition: number, test: Float64Array | null, validation: Float64Array | null): Figures {
  const figures = exactFigures(logPartition, test, validation);
  return { ...figures, logPartition: { kind: 'quadrature', mean: figures.logPartition?.mean ?? null } };
}

/** `test`, `validation`: -E / T of the rows. A run whose energy was not a number leaves nothing that is known. */
export function annealedFigures(annealing: AnnealingResult, test: Float64Array | null, validation: Float64Array | null): Figures {
  const { logWeights, betas } = annealing;
  if (!logWeights.every(Number.isFinite)) {
    const unknown = (rows: Float64Array | null): LogLikelihoodFigure | null => rows === null ? null : { ais: null, reliable: false };
    return { testLogLikelihood: unknown(test), validationLogLikelihood: unknown(validation), logPartition: { kind: 'ais', mean: null, standardError: null, ess: null, runs: logWeights.length, betas }, standardErrors: null };
  }
  const estimate = estimateLogPartition(annealing);
  const likelihood = (rows: Float64Array | null): LogLikelihoodFigure | null => rows === null ? null : { ais: finite(testLogLikelihood(rows, estimate).mean), reliable: estimate.reliable };
  return {
    testLogLikelihood: likelihood(test), validationLogLikelihood: likelihood(validation), logPartition: partitionFigure(estimate),
    standardErrors: test === null ? null : { annealing: finite(estimate.standardError), images: finite(testLogLikelihood(test, estimate).imagesStandardError) },
  };
}
