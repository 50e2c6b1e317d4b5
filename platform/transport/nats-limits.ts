// The bounds of the transport over NATS, in one table, each with its unit in its name.

const MIB = 1_048_576;

export const NATS_LIMITS = {
  /** A frame is never larger than this, whatever the server permits; a smaller max_payload of the server makes it smaller. */
  frameBytesMax: MIB,
  /** The largest message of the wire format and its frame fit (WIRE_LIMITS.messageBytesMax). */
  messageBytesMax: 1_100 * MIB,
  framesOfMessageMax: 65_536,

  /** Requests and answers that are kept until they have been fetched; one more is refused. */
  outboxBytesMax: 2_200 * MIB,
  /** Published messages that are kept for whoever listens; older ones give way, the newest is always kept. */
  publishedBytesMax: 256 * MIB,
  offerKeptMs: 60_000,

  pullsMax: 8,
  pullsWaitingMax: 256,
  /** All messages that are being put together. */
  reassemblyBytesMax: 2_200 * MIB,
  pullWindowFrames: 4,
  pullFrameTimeoutMs: 5_000,
  pullAttemptsMax: 4,
  pullRetryDelayMs: 100,
  /** A pull may take this long, and a second more for each MB. */
  pullDeadlineMs: 60_000,
  pullBytesPerMsMin: 1_000,

  /** Messages of one sender on one subject that wait behind a large one. */
  queuedMessagesMax: 1_024,
  queuedBytesMax: 64 * MIB,
  /** Senders whose latest messages are remembered, by subject, and how many messages of each: a repetition is refused. */
  sendersMax: 4_096,
  rememberedMessagesMax: 64,

  connectTimeoutMs: 10_000,
  reconnectWaitMs: 200,
  reconnectJitterMs: 300,
  pingIntervalMs: 10_000,
  unansweredPingsMax: 2,
  /** What was published before closing may take so long to leave. */
  closeFlushMs: 1_000,
} as const;

export type NatsLimits = { readonly [Name in keyof typeof NATS_LIMITS]: number };
