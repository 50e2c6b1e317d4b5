// The bounds of the store over NATS, in one table, each with its unit in its name.

const MIB = 1_048_576;

export const NATS_STORE_LIMITS = {
  /** As in the directory store: what one Uint8Array can hold on every Node. */
  objectBytesMax: 2 ** 32 - 1,
  /** A message of the stream is never larger than this, whatever the server permits. */
  messageBytesMax: MIB,
  /** Kept free in a message for its header, and for the head of an object. */
  headBytesMax: 4_096,
  chunksMax: 1 << 20,
  /** Chunks of an object that are under way at once. */
  windowChunks: 4,

  /** One question to the server; one that got no answer is asked again. */
  attemptTimeoutMs: 5_000,
  retryDelayMs: 200,
  /** An operation that has got no answer for so long fails with `unreachable`. */
  patienceMs: 60_000,
  /** Opening is told to a person at once. */
  openPatienceMs: 10_000,
  /** A large object must be written in this time, and pieces of one that nobody finished are removed when they are older than that. */
  writingMs: 1_800_000,
  garbageAgeMs: 3_600_000,
  /** Times that an object is looked for anew when it changes while it is read. */
  readAttemptsMax: 5,
  monitoringBytesMax: MIB,
  monitoringTimeoutMs: 5_000,
} as const;

export type NatsStoreLimits = { readonly [Name in keyof typeof NATS_STORE_LIMITS]: number };
