// Whatever was thrown, as a failure to show: a code, a message that needs no stack, and the exit code. Owns the mapping of the
// project's error classes to exit codes; the classes speak for themselves otherwise.
import type { StopCode } from './signals.ts';

/** 0 done, 1 the work failed, 2 the user's mistake, 3 unreachable, 130 and 143 stopped softly by SIGINT and SIGTERM, 141 because nobody reads the output any more. */
export type ExitCode = 0 | 1 | 2 | 3 | StopCode;

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  /** What to do next, as a sentence; null where the message says it. */
  readonly advice: string | null;
  /** What machines may want beside the message, for example every problem of a job; empty if there is nothing. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The stack of a bug; null for an error that was meant for the user. */
  readonly stack: string | null;
}

/** A mistake on the command line that only a command can see. */
export class UsageError extends Error {
  readonly code: string;
  readonly exitCode = 2;
  readonly advice: string | null;

  constructor(code: string, message: string, advice: string | null = null) {
    super(message);
    this.name = 'UsageError';
    this.code = code;
    this.advice = advice;
  }
}

// Codes of a disk that are not the doing of the user who gave the path.
const DISK_FAILURES = new Set(['disk-full', 'damaged', 'input-output', 'too-many-open-files', 'no-hard-links']);
const EXIT_CODES: readonly number[] = [0, 1, 2, 3, 130, 141, 143];

export function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  if (!(error instanceof Error)) return { code: 'internal-error', message: `a value was thrown that is no error: ${String(error)}`, exitCode: 1, advice: REPORT, details: {}, stack: null };
  if (code === null) return { code: 'internal-error', message: `this is a bug in ebm: ${error.message}`, exitCode: 1, advice: REPORT, details: {}, stack: error.stack ?? null };
  const advice = 'advice' in error && typeof error.advice === 'string' ? error.advice : null;
  const details = 'problems' in error && Array.isArray(error.problems) ? { problems: error.problems } : {};
  return { code, message: error.message, exitCode: exitCodeOf(error, code), advice, details, stack: null };
}

const REPORT = 'Please report it with the lines below and the job file.';

/** Codes meant for users are words with hyphens; Node's own (ENOSPC, ERR_...) and absent ones are not. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  if (/^[a-z][a-z0-9-]*$/.test(error.code)) return error.code;
  return /^E[A-Z]+$/.test(error.code) ? `system-${error.code.toLowerCase()}` : null;
}

function exitCodeOf(error: Error, code: string): ExitCode {
  const own = 'exitCode' in error ? EXIT_CODES.find((each) => each === error.exitCode) : undefined;
  if (own !== undefined) return own as ExitCode;
  switch (error.name) {
    case 'ConfigError':
    case 'DataError': return 2;
    case 'DatasetError': return code === 'unknown-dataset' ? 2 : 1;
    case 'StorageError': return code === 'unreachable' ? 3 : DISK_FAILURES.has(code) ? 1 : 2;
    case 'NatsConnectError': return 3;
    case 'TransportError': return code === 'forbidden' ? 2 : 3;
    default: return 1;
  }
}
