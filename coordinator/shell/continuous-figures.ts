// Figures of an evaluation of a continuous model: log Z by quadrature, where it has two dimensions, and the energies of held-out rows.
import type { ContinuousJob } from '../../ebm/job.ts';
import type { ParametersName, Range, RowSet, UnitMessage } from '../../proto/messages.ts';
import type { Figure, FigurePlan } from '../machine/settings.ts';
import type { Figures } from './events.ts';
import { exactFigures, type Desk } from './figures.ts';

/** How many rows are held out: workers have them. */
export interface ContinuousFigureData { readonly testRows: number; readonly validationRows: number }

const ROWS_PART = 2_500;

export class ContinuousDesk implements Desk {
  readonly #job: ContinuousJob;
  readonly #data: ContinuousFigureData;
  #logPartition: number | null = null;
  readonly #rows = new Map<RowSet, Float64Array>();

  constructor(job: ContinuousJob, data: ContinuousFigureData) {
    this.#job = job;
    this.#data = data;
  }

  plans(): readonly FigurePlan[] {
    if (this.#job.evaluate === 'off') return [];
    const { testRows, validationRows } = this.#data;
    const rows = (set: RowSet, size: number): readonly FigurePlan[] => size === 0 ? [] : [{ figure: { kind: 'rows', set }, size, part: ROWS_PART }];
    return [{ figure: { kind: 'exact' }, size: 1, part: 1 }, ...rows('test', testRows), ...rows('validation', validationRows)];
  }

  unit(figure: Figure, range: Range, parameters: ParametersName): UnitMessage {
    switch (figure.kind) {
      case 'exact': return { kind: 'exact', parameters };
      case 'rows': return { kind: 'evaluate', parameters, set: figure.set, rows: range };
      case 'log-partition': throw new TypeError('a continuous model has no annealed figures yet');
    }
  }

  begin(): void {
    this.#logPartition = null;
    for (const { figure, size } of this.plans()) if (figure.kind === 'rows') this.#rows.set(figure.set, new Float64Array(size));
  }

  collect(figure: Figure, range: Range, numbers: Float64Array): void {
    if (numbers.length !== range.to - range.from) throw new RangeError(`a unit of ${range.to - range.from} ids gave ${numbers.length} numbers`);
    if (figure.kind === 'exact') this.#logPartition = numbers[0]!;
    else if (figure.kind === 'rows') this.#rows.get(figure.set)?.set(numbers, range.from);
  }

  conclude(): Figures {
    const figures = exactFigures(this.#logPartition ?? NaN, this.#rows.get('test') ?? null, this.#rows.get('validation') ?? null);
    return { ...figures, logPartition: { kind: 'quadrature', mean: figures.logPartition?.mean ?? null } };
  }
}
