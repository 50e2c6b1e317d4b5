// Which replay slots an update advances: those at its place in a keyed permutation of all slots, one permutation after the other, so that every slot
// has its turn and no update holds one twice. `slots` is a multiple of `batch`, so no update lies across two permutations.
import { epochOrder, rowAt } from '../random/permutation.ts';
import { PURPOSES } from '../random/purposes.ts';

/** Slot ids at offsets [from, to) of an update's batch: uint32 [to - from]. */
export function slotsOf({ seed, slots, batch }: { readonly seed: number; readonly slots: number; readonly batch: number }, update: number, { from, to }: { readonly from: number; readonly to: number }): Uint32Array {
  if (slots % batch !== 0) throw new RangeError(`${slots} slots are no multiple of a batch of ${batch}`);
  const turns = slots / batch;
  const turn = update % turns;
  const order = epochOrder(seed, slots, (update - turn) / turns, PURPOSES.slots);
  return Uint32Array.from({ length: to - from }, (_, i) => rowAt(order, turn * batch + from + i));
}
