// What every computing file of the reference engine reads of a session.
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import type { Model } from '../../ebm/rbm/preactivation.ts';
import type { ThresholdTable } from '../../ebm/rbm/thresholds.ts';
import type { Problem } from '../engine.ts';

export interface Context {
  readonly problem: Problem;
  readonly table: ThresholdTable;
}

export function modelOf(problem: Problem, parameters: Parameters): Model {
  return { visible: problem.visible, hidden: problem.hidden, grid: problem.grid, parameters };
}
