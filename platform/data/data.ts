// Port of the data sources: tables of numbers in [0, 1] as they were stored, before binarising. One adapter a format.
// What a table means to an engine (bits, levels, splits) is prepare.ts; which adapter reads a path is source.ts.

/** Height and width of a row that is a picture, row-major. */
export interface PictureShape { readonly height: number; readonly width: number }

/**
 * A table as read, row-major [rows * columns]. Canonical: `values` are bytes (meaning byte / 255) exactly when every number is
 * byte / 255 rounded to float32, whatever the format was; otherwise float32 in [0, 1] without -0. Hence equal content gives equal
 * arrays, and equal digests.
 */
export interface RawData {
  readonly rows: number;
  readonly columns: number;
  /** Null where the source does not say that its rows are pictures. */
  readonly shape: PictureShape | null;
  readonly values: Uint8Array | Float32Array;
  /** Class of each row [rows], or null. */
  readonly labels: Uint8Array | null;
}

export interface SourceData {
  readonly training: RawData;
  /** The source's own test set, or null. */
  readonly test: RawData | null;
}

export interface DataSource {
  /** What messages call it: a path, or the name of a built-in set. */
  readonly name: string;
  /** Reads and checks everything; a wrong source is a DataError. The arrays belong to the caller. */
  read(): Promise<SourceData>;
}
