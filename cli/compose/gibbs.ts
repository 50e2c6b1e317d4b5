// Gibbs chains of a trained model with fixed parameters, for looking at: in parts of bounded memory, in pieces of their steps so that
// long work is seen and can be stopped. Neither has an effect on the bits: every draw has its address.
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { Range, SampleResult, SampleUnit } from '../../engine/engine.ts';
import type { LoadedModel } from './trained.ts';
import { partsOf } from './work.ts';

/** Thresholds of one part at most, and its chains. */
const PART_VALUES = 1_048_576;
const PART_CHAINS = 1_024;
/** Steps of all chains of a part that one call of the engine takes, about. */
const CALL_STEPS = 8_192;

export interface Chains {
  readonly count: number;
  readonly visible: number;
  readonly steps: number;
  /** Packed hidden bits that a range of chains starts from; they are changed. */
  readonly startOf: (range: Range) => Uint8Array;
  readonly clampOf: (range: Range) => SampleUnit['clamp'];
}

export interface DrawnPart { readonly range: Range; readonly result: SampleResult }

/** Chain ids are 0 to count - 1, word 3 is the parameters' version, half-steps start at 0. `report` hears of chain-steps that were done. */
export async function* drawn(model: LoadedModel, chains: Chains, report: (chainSteps: number) => void): AsyncGenerator<DrawnPart> {
  const { count, visible, startOf, clampOf } = chains;
  const part = Math.max(1, Math.min(PART_CHAINS, Math.floor(PART_VALUES / visible)));
  for (const range of partsOf(count, part)) {
    yield { range, result: await advance(model, { range, states: startOf(range), clamp: clampOf(range), steps: chains.steps }, report) };
  }
}

interface Start { readonly range: Range; readonly states: Uint8Array; readonly clamp: SampleUnit['clamp']; readonly steps: number }

async function advance({ session, parameters }: LoadedModel, { range, states, clamp, steps }: Start, report: (chainSteps: number) => void): Promise<SampleResult> {
  const chains = range.to - range.from;
  const fixed = { parameters, purpose: PURPOSES.samples, branch: parameters.branch, word3: parameters.version, chains: range, clamp };
  let current = states;
  for (const piece of partsOf(steps, Math.max(1, Math.floor(CALL_STEPS / chains)))) {
    const result = await session.sample({ ...fixed, states: current, steps: piece.to - piece.from, firstHalfStep: 2 * piece.from });
    report(chains * (piece.to - piece.from));
    if (piece.to === steps) return result;
    current = result.states;
  }
  throw new RangeError(`chains need at least one step, got ${steps}`);
}
