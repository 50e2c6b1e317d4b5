// Figures of an evaluation: which units they need, and how the units' numbers become log Z and log-likelihoods. Numbers are laid in id
// order before anything is added, so that nothing depends on who computed which range.
import type { CompiledJob } from '../../ebm/job.ts';
import { mean, standardErrorOfMean } from '../../ebm/numeric/sum.ts';
import { baseBiases, baseLogPartition } from '../../ebm/partition/base.ts';
import {
  estimateLogPartition, estimateReverseLogPartition, raiseLogLikelihood, spreadRows, testLogLikelihood, type AnnealingResult, type LogPartitionEstimate,
} from '../../ebm/partition/estimate.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { LogPartitionMethod, ParametersName, Range, RowSet, UnitMessage } from '../../proto/messages.ts';
import type { Figure, FigurePlan } from '../machine/settings.ts';
import type { Figures, LogLikelihoodFigure, LogPartitionFigure } from './events.ts';

/** Packed binary rows: ceil(visible / 8) bytes a row. */
export interface PackedRows { readonly rows: number; readonly bits: Uint8Array }

/** Rows that figures are computed on. Workers hold the same. */
export interface FigureData {
  /** Mean of all training rows: float64 [visible]. */
  readonly dataMean: Float64Array;
  readonly test: PackedRows | null;
  readonly validation: PackedRows | null;
}

/** Rows and runs of one unit at most: runs that are annealed together share the kernels' tables, so a unit of a few is dear. */
const ROWS_PART = 2_500;
const RUNS_PART = 100;

/** What figures an evaluation needs and what becomes of their numbers, whatever the family of the model. */
export interface Desk {
  /** What an evaluation consists of. */
  plans(): readonly FigurePlan[];
  /** The unit of a range of a figure. */
  unit(figure: Figure, range: Range, parameters: ParametersName): UnitMessage;
  begin(): void;
  /** Lays a unit's numbers where its ids are. */
  collect(figure: Figure, range: Range, numbers: Float64Array): void;
  conclude(): Figures;
}

export class FigureDesk implements Desk {
  readonly #job: CompiledJob;
  readonly #data: FigureData;
  readonly #baseBias: Int32Array;
  readonly #logBase: number;
  #numbers = new Map<string, Float64Array>();

  constructor(job: CompiledJob, data: FigureData) {
    this.#job = job;
    this.#data = data;
    this.#baseBias = baseBiases(data.dataMean, job.model.grid);
    this.#logBase = baseLogPartition(this.#baseBias, job.model.hidden, job.model.grid);
  }

  /** What an evaluation consists of. */
  plans(): readonly FigurePlan[] {
    const { evaluate } = this.#job;
    if (evaluate === 'off') return [];
    const { test, validation } = this.#data;
    const rows = (set: RowSet, held: PackedRows | null): FigurePlan[] => held === null || held.rows === 0 ? [] : [{ figure: { kind: 'rows', set }, size: held.rows, part: ROWS_PART }];
    const annealed = (method: LogPartitionMethod): FigurePlan => {
      const size = method === 'ais' ? runsOf(this.#job) : this.#startRows().length;
      return { figure: { kind: 'log-partition', method }, size, part: RUNS_PART };
    };
    const { logPartition } = evaluate;
    const partition: FigurePlan[] = logPartition.kind === 'exact' ? [{ figure: { kind: 'exact' }, size: 1, part: 1 }] : [
      annealed('ais'),
      ...(logPartition.raise && test !== null && test.rows > 0 ? [annealed('raise')] : []),
      ...(logPartition.reverse && test !== null && test.rows > 0 ? [annealed('reverse')] : []),
    ];
    return [...partition, ...rows('test', test), ...rows('validation', validation)];
  }

  /** The unit of a range of a figure. */
  unit(figure: Figure, range: Range, parameters: ParametersName): UnitMessage {
    switch (figure.kind) {
      case 'exact': return { kind: 'exact', parameters };
      case 'rows': return { kind: 'evaluate', parameters, set: figure.set, rows: range };
      case 'log-partition': return {
        kind: 'log-partition', parameters, method: figure.method, runs: range, betas: this.#betas(), baseBias: this.#baseBias,
        starts: figure.method === 'ais' ? null : this.#starts(range),
      };
    }
  }

  begin(): void {
    this.#numbers = new Map(this.plans().map(({ figure, size }) => [nameOf(figure), new Float64Array(size)]));
  }

  /** Lays a unit's numbers where its ids are. */
  collect(figure: Figure, range: Range, numbers: Float64Array): void {
    if (numbers.length !== range.to - range.from) throw new RangeError(`a unit of ${range.to - range.from} ids gave ${numbers.length} numbers`);
    this.#numbers.get(nameOf(figure))?.set(numbers, range.from);
  }

  conclude(): Figures {
    const exact = this.#numbers.get('exact');
    const test = this.#numbers.get('test') ?? null;
    const validation = this.#numbers.get('validation') ?? null;
    if (exact !== undefined) return exactFigures(exact[0]!, test, validation);
    const estimate = estimateLogPartition(this.#annealing('ais'));
    return {
      testLogLikelihood: test === null ? null : this.#likelihood(test, estimate, true),
      validationLogLikelihood: validation === null ? null : this.#likelihood(validation, estimate, false),
      logPartition: partitionFigure(estimate),
      standardErrors: test === null ? null : { annealing: finite(estimate.standardError), images: finite(testLogLikelihood(test, estimate).imagesStandardError) },
    };
  }

  #likelihood(negativeFreeEnergies: Float64Array, estimate: LogPartitionEstimate, isTest: boolean): LogLikelihoodFigure {
    const ais = finite(testLogLikelihood(negativeFreeEnergies, estimate).mean);
    const raise = isTest && this.#numbers.has('raise') ? { raise: finite(raiseLogLikelihood(negativeFreeEnergies, this.#annealing('raise'), 1).mean) } : {};
    const reverse = isTest && this.#numbers.has('reverse')
      ? { reverse: finite(testLogLikelihood(negativeFreeEnergies, estimateReverseLogPartition(this.#annealing('reverse'))).mean) } : {};
    return { ais, ...raise, ...reverse, reliable: estimate.reliable };
  }

  #annealing(method: LogPartitionMethod): AnnealingResult {
    return { logWeights: this.#numbers.get(method)!, logBase: this.#logBase, betas: this.#betas() };
  }

  #betas(): number {
    const { evaluate } = this.#job;
    return evaluate !== 'off' && evaluate.logPartition.kind === 'ais' ? evaluate.logPartition.betas : 0;
  }

  /** Numbers of the test rows that raise and reverse start from: as many as AIS has runs, spread evenly. */
  #startRows(): readonly number[] {
    const rows = this.#data.test?.rows ?? 0;
    return rows === 0 ? [] : spreadRows(rows, Math.min(rows, runsOf(this.#job)));
  }

  #starts(range: Range): Uint8Array {
    const { bits } = this.#data.test!;
    const bytes = bytesOf(this.#job.facts.visible);
    const starts = new Uint8Array((range.to - range.from) * bytes);
    this.#startRows().slice(range.from, range.to).forEach((row, i) => { starts.set(bits.subarray(row * bytes, (row + 1) * bytes), i * bytes); });
    return starts;
  }
}

function runsOf(job: CompiledJob): number {
  return job.evaluate !== 'off' && job.evaluate.logPartition.kind === 'ais' ? job.evaluate.logPartition.runs : 1;
}

function nameOf(figure: Figure): string {
  switch (figure.kind) {
    case 'exact': return 'exact';
    case 'log-partition': return figure.method;
    case 'rows': return figure.set;
  }
}

/** `test`, `validation`: negative free energies, or energies, of the rows. */
export function exactFigures(logPartition: number, test: Float64Array | null, validation: Float64Array | null): Figures {
  const likelihood = (rows: Float64Array | null): LogLikelihoodFigure | null => rows === null ? null : { exact: finite(mean(rows) - logPartition) };
  return {
    testLogLikelihood: likelihood(test), validationLogLikelihood: likelihood(validation), logPartition: { kind: 'exact', mean: finite(logPartition) },
    standardErrors: test === null ? null : { annealing: 0, images: test.length < 2 ? null : finite(standardErrorOfMean(test)) },
  };
}

/** Null where the weights say nothing. */
export function partitionFigure(estimate: LogPartitionEstimate): LogPartitionFigure {
  const { mean: logPartition, standardError, ess, runs, betas } = estimate;
  return { kind: 'ais', mean: finite(logPartition), standardError: finite(standardError), ess: finite(ess), runs, betas };
}

export function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** The figure by which the best checkpoint is chosen: of the validation rows if there are any, else of the test rows. Higher is better. */
export function choosingFigure(figures: Figures): number | null {
  const likelihood = figures.validationLogLikelihood ?? figures.testLogLikelihood;
  if (likelihood === null) return null;
  return 'exact' in likelihood ? likelihood.exact : likelihood.ais;
}
