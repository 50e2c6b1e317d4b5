// Numbers in [0, 1) from a seed, for tests that choose orders and instants (xorshift32; not for anything that needs good numbers).
export function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 4_294_967_296;
  };
}
