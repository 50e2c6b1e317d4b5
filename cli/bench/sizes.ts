// Which sizes `ebm bench` accepts: those that a job may have, so that a number that is too large is a mistake with its flag and what is accepted, and
// not an allocation that fails. Owns no default.
import { JOB_LIMITS } from '../../platform/config/limits.ts';
import { DATA_LIMITS } from '../../platform/data/limits.ts';
import { UsageError } from '../terminal/failure.ts';
import { count } from '../terminal/format.ts';
import { langevinParameters } from './langevin.ts';
import type { BenchKind, BenchOptions } from './workload.ts';

const FLOAT_BYTES = 4;

/** Throws UsageError `wrong-size` for the first size that this benchmark cannot have. */
export function checkSizes(kind: BenchKind, options: BenchOptions): void {
  const { visible, hidden, batch, chains, runs } = options;
  atMost('--visible', visible, DATA_LIMITS.columnsMax, 'units');
  atMost('--hidden', hidden, JOB_LIMITS.hiddenMax, 'units');
  atMost('--batch', batch, JOB_LIMITS.batchRowsMax, 'rows');
  atMost('--chains', chains, JOB_LIMITS.chainsMax, 'chains');
  if (kind === 'ais') atMost('--runs', runs, JOB_LIMITS.runsMax, 'runs');
  if (kind === 'langevin') {
    checkLangevin(options);
    return;
  }
  if (visible * hidden > JOB_LIMITS.weightsMax) throw wrong(`--visible ${visible} by --hidden ${hidden} are ${count(visible * hidden)} weights`, `at most ${count(JOB_LIMITS.weightsMax)}`);
  checkChainBytes(options, Math.ceil(hidden / 8));
}

function checkLangevin(options: BenchOptions): void {
  const { model, visible, hidden, batch, threads, chains } = options;
  const side = Math.round(Math.sqrt(visible));
  if (model === 'conv' && side * side !== visible) throw wrong(`the convolutional energy is for square pictures, and --visible ${visible} is no square`, `for example ${side * side}`);
  if (batch % threads !== 0) throw wrong(`--batch ${batch} is to be cut evenly among ${threads} threads`, `a multiple of ${threads}, or another --threads`);
  if (chains % batch !== 0) throw wrong(`--chains ${chains} are to be cut into batches of ${batch}`, `a multiple of ${batch}`);
  const parameters = langevinParameters(options);
  if (parameters > JOB_LIMITS.parametersMax) throw wrong(`--visible ${visible} and --hidden ${hidden} make an energy of ${count(parameters)} parameters`, `at most ${count(JOB_LIMITS.parametersMax)}`);
  checkChainBytes(options, FLOAT_BYTES * visible);
}

function checkChainBytes({ chains }: BenchOptions, bytesEach: number): void {
  if (chains * bytesEach > JOB_LIMITS.chainBytesMax) {
    throw wrong(`the states of --chains ${chains} take ${count(chains * bytesEach)} bytes`, `at most ${count(JOB_LIMITS.chainBytesMax)}, that is ${count(Math.floor(JOB_LIMITS.chainBytesMax / bytesEach))} chains of this size`);
  }
}

function atMost(flag: string, value: number, most: number, unit: string): void {
  if (value > most) throw wrong(`${flag} ${value} is too large`, `a whole number from 1 to ${most} (${unit})`);
}

function wrong(what: string, accepted: string): UsageError {
  return new UsageError('wrong-size', `${what}. Accepted: ${accepted}.`, 'See `ebm bench --help`.');
}
