// The table of what random numbers are drawn for (docs/adr/0001). A purpose is a word of the key, so that no two uses share numbers.
// A number given away is never given again: runs on disk depend on it.

export const PURPOSES = {
  /** Initial weights; id = visible unit, word 3 = 0, branch 0. */
  init: 1,
  /** Round keys of the permutation of the data; word 3 = epoch, branch 0. */
  dataOrder: 2,
  /** Bits of stochastic data; id = row, word 3 = epoch, branch 0. */
  binarise: 3,
  /** CD: the hidden state of the data phase; id = offset in the batch, half-step 0, word 3 = update. */
  dataPhase: 4,
  /** First hidden states of persistent chains; id = chain, word 3 = 0, branch 0. */
  chainStart: 5,
  /** Gibbs steps of an update; id = chain (CD: offset in the batch), word 3 = update. */
  chains: 6,
  /** Annealed importance sampling; id = run, word 3 = version. */
  ais: 7,
  reverseAis: 8,
  raise: 9,
  /** Samples for people to look at; id = chain, word 3 = version. */
  samples: 10,
  /** Continuous models: noise of data rows (denoising, noise contrast, projections); id = offset in the batch, word 3 = update. */
  dataNoise: 11,
  /** Which replay slots an update advances; round keys, as of dataOrder; word 3 = update. */
  slots: 12,
  /** Which chains start anew, and where; id = slot, word 3 = update. */
  restart: 13,
  /** Rows of built-in continuous data sets; id = row, branch 0. */
  syntheticData: 14,
  /** log p of rows by the probability flow: random directions, and places in their levels; id = row, word 3 = update. */
  likelihood: 15,
} as const;

export type Purpose = (typeof PURPOSES)[keyof typeof PURPOSES];
