// The states of the chains that a worker advances, as far as they were computed here: packed hidden bits by id, grown to the largest id seen.
import type { UnitMessage } from '../../proto/messages.ts';
import type { Computed } from './evaluation.ts';

export class ChainStates {
  readonly #stateBytes: number;
  #states = new Uint8Array(0);

  /** `stateBytes`: of one chain. */
  constructor(stateBytes: number) { this.#stateBytes = stateBytes; }

  /** That a unit starts from: those that came with it, or those that are here. */
  statesOf(unit: UnitMessage): Uint8Array {
    if (unit.kind !== 'update') return this.#states;
    return unit.states ?? this.#states.subarray(unit.chains.from * this.#stateBytes, unit.chains.to * this.#stateBytes);
  }

  /** Of what is delivered alone: for the machine a void unit has moved no chains, and its range may be asked for again as it was. */
  keep({ unit, states }: Extract<Computed, { readonly kind: 'contribution' }>): void {
    const { from, to } = unit.chains;
    if (this.#states.length < to * this.#stateBytes) {
      const grown = new Uint8Array(to * this.#stateBytes);
      grown.set(this.#states);
      this.#states = grown;
    }
    this.#states.set(states, from * this.#stateBytes);
  }
}
