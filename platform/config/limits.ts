// The bounds of a job, in one table, each with its unit in its name where it has one. The schema and the cross checks read them from here.

export const JOB_LIMITS = {
  fileBytesMax: 1_048_576,
  nameCharactersMax: 64,
  sourceCharactersMax: 4_096,
  /** Unsigned 32-bit. */
  seedMax: 4_294_967_295,
  hiddenMax: 65_536,
  /** Visible times hidden: beyond it the training state no longer fits WebAssembly's 4 GiB. */
  weightsMax: 134_217_728,
  gridMin: 4,
  gridMax: 14,
  stepsMax: 10_000,
  chainsMax: 1_048_576,
  /** Packed states of all chains: with the room to change them they must leave some of WebAssembly's 4 GiB to the weights. */
  chainBytesMax: 1_073_741_824,
  batchRowsMax: 1_048_576,
  rowsMax: 2_147_483_647,
  /** An update's number is a word of the random counter. */
  updatesMax: 4_294_967_295,
  epochsMax: 1_000_000,
  learningRateMin: 1e-12,
  learningRateMax: 1e6,
  weightDecayMax: 1,
  /** The largest decay that float32 still tells from 1 with room to spare. */
  decayMax: 0.999_999,
  epsilonMin: 1e-30,
  epsilonMax: 1,
  rollbacksMax: 32,
  runsMax: 1_000_000,
  betasMin: 2,
  betasMax: 10_000_000,
  /** Units of the smaller layer up to which log Z is enumerated. */
  exactUnitsMax: 20,
  keepMax: 10_000,
  /** Of model.kind energy. */
  widthMax: 65_536,
  layersMax: 64,
  componentsMax: 4_096,
  leapfrogsMax: 10_000,
  featuresMax: 1_024,
  /** Temperatures of an annealed sampler, deviations of a score model's noise. */
  levelsMax: 1_000,
  quadraturePointsMax: 2_000,
  /** Float32 parameters. */
  parametersMax: 268_435_456,
  priorityMin: -1_000,
  priorityMax: 1_000,
} as const;
