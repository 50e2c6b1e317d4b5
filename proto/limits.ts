// The bounds of the wire, in one table, each with its unit in its name.

const MIB = 1_048_576;

export const WIRE_LIMITS = {
  /** A contribution of 134 million weights with both phases in int32 is the largest that fits. */
  messageBytesMax: 1_100 * MIB,
  nameCharactersMax: 128,
  textCharactersMax: 4_096,
  jobCharactersMax: MIB,
} as const;
