// Why an engine could not be installed, and what to do about it.

export class EngineError extends Error {
  readonly code: string;
  readonly exitCode = 1;
  readonly advice: string | null;

  constructor(code: string, message: string, advice: string | null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EngineError';
    this.code = code;
    this.advice = advice;
  }
}
