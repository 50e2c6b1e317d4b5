// What a session of any engine refuses before it computes: shapes and ranges that do not fit. All are bugs of the caller.
import { bytesOf } from '../ebm/rbm/bits.ts';
import type { Parameters } from '../ebm/rbm/parameters.ts';
import type { Dataset, Problem, Range, UpdateUnit } from './engine.ts';

export function assertProblem({ visible, hidden, batch, chains, objective, steps, data }: Problem): void {
  for (const [name, value] of Object.entries({ visible, hidden, batch, chains, steps })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number of at least 1, got ${value}`);
  }
  if (objective === 'cd' && batch !== chains) throw new RangeError(`cd needs as many chains as its batch has samples, got ${chains} and ${batch}`);
  if (data !== null) assertData(data, visible);
}

function assertData(data: Dataset, visible: number): void {
  const length = data.kind === 'bits' ? data.bits.length : data.levels.length;
  const expected = data.rows * (data.kind === 'bits' ? bytesOf(visible) : visible);
  if (data.visible !== visible || length !== expected || data.rows < 1) {
    throw new RangeError(`${data.rows} rows of ${data.visible} units in ${length} elements do not fit a model of ${visible} visible units`);
  }
  if (data.kind === 'levels' && (data.palette === null) !== (data.levels instanceof Int32Array)) {
    throw new TypeError('levels are indices (Uint8Array) with a palette, or thresholds (Int32Array) without one');
  }
}

export function assertUnit(problem: Problem, unit: UpdateUnit, parameters: Parameters, chains: Uint8Array): void {
  assertRange(unit.data, problem.batch, 'data');
  assertRange(unit.chains, problem.chains, 'chains');
  if (parameters.version !== unit.version || parameters.branch !== unit.branch) {
    throw new RangeError(`the unit asks for version ${unit.version} of branch ${unit.branch}, given ${parameters.version} of ${parameters.branch}`);
  }
  if (problem.data === null && unit.data.from < unit.data.to) throw new TypeError('this session was loaded without data and can compute no data phase');
  if (problem.objective === 'cd') {
    if (unit.data.from !== unit.chains.from || unit.data.to !== unit.chains.to) throw new RangeError('a unit of cd needs equal ranges of data and chains');
    return;
  }
  const bytes = (unit.chains.to - unit.chains.from) * bytesOf(problem.hidden);
  if (chains.length !== bytes) throw new RangeError(`the unit's chains are ${bytes} bytes, given ${chains.length}`);
}

function assertRange(range: Range, limit: number, name: string): void {
  const whole = Number.isInteger(range.from) && Number.isInteger(range.to);
  if (!whole || range.from < 0 || range.from > range.to || range.to > limit) {
    throw new RangeError(`range ${name} [${range.from}, ${range.to}) is not inside [0, ${limit})`);
  }
}

/** Whole rows of so many units in packed bytes. */
export function rowCount(rows: Uint8Array, units: number): number {
  const count = rows.length / bytesOf(units);
  if (!Number.isInteger(count)) throw new RangeError(`${rows.length} bytes are not whole rows of ${units} units`);
  return count;
}
