// Limits of a run directory. What exceeds one is refused when it is written and taken for damage when it is read.
export const LIMITS = {
  /** Arrays in a safetensors file. */
  tensorsMax: 1_024,
  tensorNameCharactersMax: 256,
  tensorDimensionsMax: 8,
  safetensorsHeaderBytesMax: 1 << 20,
  /** state.bin and parameters.safetensors; what one Uint8Array can hold on every Node. */
  checkpointFileBytesMax: 2 ** 32 - 1,
  manifestBytesMax: 65_536,
  jobBytesMax: 1 << 20,
  /** A line of ledger.jsonl. */
  ledgerLineBytesMax: 65_536,
  /** A line of metrics.jsonl. */
  metricsLineBytesMax: 1 << 20,
  /** Lines cut on resume that are remembered for comparison. */
  comparedLinesMax: 100_000,
  /** Bytes of a journal's lines that may wait for the next checkpoint to become durable. */
  unsyncedBytesMax: 1 << 20,
} as const;
