// When the chains of an update have run away from the model: what it observed says so, and several updates in a row make it a divergence. It happens
// where proposals are refused (the energy rises wherever chains stand, they cannot leave, and it rises on) and where unadjusted chains fly about.
// Neither needs a value that is not finite, and what is left at the end is a model of nothing. docs/energies.md has what healthy runs look like.

export const RUNAWAY = {
  /** Updates in a row. */
  updates: 10,
  /** Share of proposals that are accepted. */
  acceptanceLeast: 0.01,
  /** Nats between the mean energies of data and chains: so many, and so many a dimension. */
  gapMost: 100,
  gapMostADimension: 10,
} as const;

/** Of an update; null where there is no such thing. */
export interface ChainObservations { readonly energyGap: number | null; readonly acceptance: number | null }

/** What is wrong with an update's chains and how much, or null. `size`: dimensions of a row; above `temperature` 1 the gap may be as many times as large. */
export function chainTrouble({ energyGap, acceptance }: ChainObservations, { size, temperature }: { readonly size: number; readonly temperature: number }): { readonly reason: string; readonly where: string } | null {
  if (acceptance !== null && acceptance < RUNAWAY.acceptanceLeast) {
    return { reason: 'chains that stand still', where: `an acceptance of ${(100 * acceptance).toFixed(1)} %` };
  }
  const gapMost = (RUNAWAY.gapMost + RUNAWAY.gapMostADimension * size) * Math.max(1, temperature);
  return energyGap !== null && Math.abs(energyGap) > gapMost ? { reason: 'chains that have run away', where: `an energy gap of ${energyGap.toFixed(0)} nats` } : null;
}
