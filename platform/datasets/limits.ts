// The bounds of data sets as objects: how large, how they travel, and how much of a disk they may take. Each has its unit in its name.

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

export const DATASET_LIMITS = {
  /** Node 20 reads at most 2 GiB into one buffer. */
  packBytesMax: 2 * GiB - 1,
  /** With its header it fits one frame of a server of default settings, so that it need not be offered and pulled. */
  chunkBytesMax: 512 * KiB,
  /** Chunks that are under way at a time. */
  windowChunks: 4,
  questionBytesMax: 4 * KiB,
  answerBytesMax: 2 * MiB,
  /** A page of a list. */
  listRowsMax: 1_000,
  /** Jobs that a row of it names. */
  rowJobsMax: 10,
  /** Data sets that are being received at a time; one more takes the place of the one that was silent longest. */
  uploadsMax: 16,

  /** An answer may wait for a large file to become durable. */
  answerDeadlineMs: 60_000,
  /** Failures in a row. */
  attemptsMax: 8,
  retryDelayMs: 250,

  /** Of a worker's cache, unless told otherwise. */
  cacheBytes: 20 * GiB,
  /** Left to others on every disk. */
  diskReserveBytes: MiB,
  /** A mark of use whose process cannot be judged (another container) is believed for so long. */
  strangersUseMs: 7 * 86_400_000,
} as const;

export type DatasetLimits = { readonly [Name in keyof typeof DATASET_LIMITS]: number };
