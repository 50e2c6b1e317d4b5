// Limits on everything that is read from a user's file. Node 20 reads at most 2 GiB into one buffer, hence the first two.
// Sources take the table as an argument, so that tests can reach a limit with a small file.

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

export interface DataLimits {
  readonly fileBytesMax: number;
  /** Of one compressed file or archive entry, inflated. */
  readonly inflatedBytesMax: number;
  readonly rowsMax: number;
  readonly columnsMax: number;
  readonly valuesMax: number;
  /** Text before the numbers of .npy and .safetensors. */
  readonly headerBytesMax: number;
  readonly archiveEntriesMax: number;
  readonly csvRecordBytesMax: number;
  readonly pictureBytesMax: number;
  /** Names of a folder that are compared with a missing one. */
  readonly neighbourNamesMax: number;
  /** Numbers may be outside [0, 1]: for continuous models. */
  readonly isAnyNumber: boolean;
}

export const DATA_LIMITS: DataLimits = {
  fileBytesMax: 2 * GiB - 1,
  inflatedBytesMax: 2 * GiB - 1,
  rowsMax: 100_000_000,
  columnsMax: 1_048_576,
  valuesMax: 1_073_741_824,
  headerBytesMax: 16 * MiB,
  archiveEntriesMax: 10_000,
  csvRecordBytesMax: 64 * MiB,
  pictureBytesMax: 64 * MiB,
  neighbourNamesMax: 10_000,
  isAnyNumber: false,
};
