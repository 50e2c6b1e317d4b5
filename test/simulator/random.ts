// Numbers for scenarios and faults: streams that are fixed by a seed and by what they are for, so that drawing more for one purpose
// changes nothing in another (splitmix32; not for anything that needs good numbers).
export class Random {
  #state: number;

  constructor(seed: number, purpose: string) {
    let state = seed >>> 0;
    for (let i = 0; i < purpose.length; i += 1) state = Math.imul(state ^ purpose.charCodeAt(i), 0x0100_0193) >>> 0;
    this.#state = state;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x9e37_79b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from the first to the last, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  isTrue(share: number): boolean {
    return this.next() < share;
  }

  of<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.next() * values.length)]!;
  }
}
