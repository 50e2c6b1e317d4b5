// What goes wrong with data sets on a cluster and is no fault of their content: that is a DataError, a disk's a StorageError.

export class DatasetError extends Error {
  /** Words with hyphens: `no-space`, `digest-mismatch`, `not-a-dataset`, `busy`, `protocol`, `storage-failed`, `changed`, ... */
  readonly code: string;
  /** What to do, as a sentence, or null where the message says it. */
  readonly advice: string | null;

  constructor(code: string, message: string, advice: string | null = null) {
    super(message);
    this.name = 'DatasetError';
    this.code = code;
    this.advice = advice;
  }
}
