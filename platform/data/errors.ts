// DataError: what is wrong with a user's data, where, what is accepted and what to do about it. Every failure of this folder that a
// user can cause is one of these; anything else that is thrown here is a bug.

export type DataErrorCode =
  | 'missing' // no such file, folder or built-in set
  | 'unreadable' // permission, a device, an I/O error
  | 'unknown-format' // the name has no extension that is known
  | 'empty-file'
  | 'wrong-magic' // the content is not of the format that the name says
  | 'truncated'
  | 'trailing-bytes'
  | 'damaged' // a checksum or an inner inconsistency
  | 'unsupported' // right format, a variant that is not read
  | 'pickled' // Python objects, which cannot be read without running code
  | 'wrong-shape'
  | 'no-rows'
  | 'no-columns'
  | 'too-large' // beyond a row of DATA_LIMITS
  | 'ambiguous-array' // several arrays, and none has a known name
  | 'not-a-number' // text where a number belongs
  | 'not-finite'
  | 'out-of-range'
  | 'ambiguous-scale' // bytes that are only 0 and 1
  | 'no-pictures'
  | 'transparent'
  | 'width-mismatch' // rows of different widths, or pictures of different sizes
  | 'split' // data.validation leaves no training rows
  | 'binarise' // data.binarise does not fit the model
  | 'changed'; // the content is not what the run began with

/** Where in a file. Lines and line columns count from 1, as editors do; rows, columns and bytes of arrays count from 0. */
export interface DataPosition {
  readonly array?: string;
  readonly line?: number;
  readonly lineColumn?: number;
  readonly row?: number;
  readonly column?: number;
  readonly byteOffset?: number;
}

export interface DataProblem {
  readonly code: DataErrorCode;
  /** Path, or name of a built-in set or of the job's field. */
  readonly file: string;
  readonly position?: DataPosition;
  /** The value that was found, as text. */
  readonly value?: string;
  /** What is wrong, as a clause without a full stop. */
  readonly problem: string;
  /** What is accepted, as a clause. */
  readonly accepted?: string;
  /** What to do, as a sentence with its full stop. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

export class DataError extends Error {
  readonly code: DataErrorCode;
  readonly file: string;
  readonly position: DataPosition;
  readonly value: string | null;
  /** What it was made of. */
  readonly problem: DataProblem;

  constructor(problem: DataProblem) {
    super(describeProblem(problem), problem.cause === undefined ? undefined : { cause: problem.cause });
    this.name = 'DataError';
    this.code = problem.code;
    this.file = problem.file;
    this.position = problem.position ?? {};
    this.value = problem.value ?? null;
    this.problem = problem;
  }
}

function describeProblem(problem: DataProblem): string {
  const where = describePosition(problem.position ?? {});
  const accepted = problem.accepted === undefined ? '' : `; accepted: ${problem.accepted}`;
  const remedy = problem.remedy === undefined ? '' : ` ${problem.remedy}`;
  return `${problem.file}: ${where === '' ? '' : `${where}: `}${problem.problem}${accepted}.${remedy}`;
}

function describePosition(position: DataPosition): string {
  const parts: string[] = [];
  if (position.array !== undefined) parts.push(`array ${position.array}`);
  if (position.line !== undefined) parts.push(`line ${position.line}`);
  if (position.lineColumn !== undefined) parts.push(`column ${position.lineColumn}`);
  if (position.row !== undefined) parts.push(position.column === undefined ? `row ${position.row} (from 0)` : `row ${position.row}, column ${position.column} (from 0)`);
  if (position.byteOffset !== undefined) parts.push(`byte ${position.byteOffset}`);
  return parts.join(', ');
}

/** The message of whatever was caught, for use inside another message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
