// The optimiser's step of continuous models by a kernel: the bits of ebm/continuous/step.ts's loops. A mover owns the memory of its states' arrays, which
// stay valid when it grows; they are never given back, so it lives as long as its run.
import { PLAIN_MOVER, type FloatMover } from '../../ebm/continuous/step.ts';
import { powerOfTwo } from '../../ebm/continuous/sums.ts';
import type { ElementRule } from '../../ebm/optimiser/element.ts';
import { compileKernels, instantiate } from './kernels.ts';
import { PAGE_BYTES, PAGES_MAX, SharedViews } from './memory.ts';
import { ruleWords } from './rule-words.ts';

/** The rule, and the halves of so many sums, pass through the start of the memory. */
const CALL_VALUES = 4_096;
const LOW_AT = 128;
const HIGH_AT = LOW_AT + 4 * CALL_VALUES;
const ARRAYS_AT = PAGE_BYTES;
const ALIGNMENT = 64;
type Moving = Parameters<FloatMover['move']>;

/** Rejects as `compileKernels` does. */
export async function openFloatMover(): Promise<FloatMover> {
  const { module } = await compileKernels();
  const views = new SharedViews(new WebAssembly.Memory({ initial: ARRAYS_AT / PAGE_BYTES, maximum: PAGES_MAX, shared: true }));
  const kernels = instantiate(module, views.memory);
  let end = ARRAYS_AT;

  /** Of whole fours; what is left over is moved by the loops. */
  function moveFours(rule: ElementRule, addresses: readonly number[], { from, to }: Moving[2], { gradient: { low, high }, exponent, share }: Moving[3]): boolean {
    writeRule(views, rule, share);
    const scale = -powerOfTwo(-exponent);
    const [values, slot0, slot1] = [addresses[0]!, addresses[1] ?? 0, addresses[2] ?? 0];
    let rest = 0;
    for (let at = from; at < to; at += CALL_VALUES) {
      const count = Math.min(CALL_VALUES, to - at);
      views.u32.set(low.subarray(at, at + count), LOW_AT >>> 2);
      views.i32.set(high.subarray(at, at + count), HIGH_AT >>> 2);
      rest += kernels.moveFloats(0, LOW_AT, HIGH_AT, scale, count, values + 4 * at, slot0 + 4 * at, slot1 + 4 * at);
    }
    return rest === 0;
  }

  return {
    array(length) {
      const at = end;
      end = Math.ceil((at + 4 * length) / ALIGNMENT) * ALIGNMENT;
      views.reach(end);
      return new Float32Array(views.buffer, at, length);
    },
    move(rule, state, { from, to }, slope) {
      const addresses = [state.parameters, ...state.slots].map((array) => views.addressOf(array));
      if (!addresses.every((address) => address !== null)) throw new Error('the state is not in the memory of what moves it');
      const fours = from + ((to - from) & ~3);
      const isFinite = moveFours(rule, addresses, { from, to: fours }, slope);
      return fours === to ? isFinite : PLAIN_MOVER.move(rule, state, { from: fours, to }, slope) && isFinite;
    },
  };
}

/** As assembly/floats.ts lays it out. */
function writeRule({ i32, f32 }: SharedViews, rule: ElementRule, share: number): void {
  const isAdam = rule.kind === 'adam';
  i32.set([isAdam ? 1 : 0, !isAdam && rule.momentum > 0 ? 1 : 0, (isAdam ? rule.rateDecay : rule.decay) > 0 ? 1 : 0]);
  f32.set([...ruleWords(rule), share], 3);
}
