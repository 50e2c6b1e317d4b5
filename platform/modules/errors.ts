// What is wrong with a user's module, told with the places in its text.

/** `line` and `column` from 1; null for the text as a whole. */
export interface ModuleProblem { readonly line: number | null; readonly column: number | null; readonly message: string }

/** `module-unreadable`: there is no such text. `module-invalid`: it may not be run, or its types are wrong. `module-failed`: it was run. */
export type ModuleErrorCode = 'module-unreadable' | 'module-invalid' | 'module-failed' | 'module-changed';

export class ModuleError extends Error {
  readonly code: ModuleErrorCode;
  readonly exitCode = 2;
  readonly problems: readonly ModuleProblem[];
  readonly advice: string | null;

  constructor(code: ModuleErrorCode, message: string, { problems = [], advice = null, cause }: { readonly problems?: readonly ModuleProblem[]; readonly advice?: string | null; readonly cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ModuleError';
    this.code = code;
    this.problems = problems;
    this.advice = advice;
  }
}

/** Problems told. */
const SHOWN = 10;

/** `invalid` for a text with problems: each on a line of its own as an editor can follow it, `path:line:column: message`. */
export function invalidModule(path: string, problems: readonly ModuleProblem[]): ModuleError {
  const lines = problems.slice(0, SHOWN).map(({ line, column, message }) => `${path}${line === null ? '' : `:${line}:${column ?? 1}`}: ${message}`);
  const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
  return new ModuleError('module-invalid', [...lines, ...more].join('\n'), { problems, advice: 'docs/energies.md says what a module may contain.' });
}
