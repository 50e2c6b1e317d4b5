// What every command is given, and how its outcome is kept. Owns the bridge between commander and an action: the output, the signals,
// the exit code. No command is defined here.
import { InvalidArgumentError, type Command } from 'commander';
import { failureOf, UsageError, type ExitCode } from '../terminal/failure.ts';
import { createOutput, type Output } from '../terminal/output.ts';
import { listenForStop, ROLE_STOPS, type SignalSource, type StopName } from '../terminal/signals.ts';
import type { Environment, Sink } from '../terminal/style.ts';
import type { Actions } from './actions.ts';

/** The outside world, as far as a command may touch it. */
export interface Surroundings {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly environment: Environment;
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly signals: SignalSource;
  /** Ends the process at once: the second signal. */
  readonly exitNow: (exitCode: number) => void;
  readonly version: string;
}

export interface CommandContext {
  readonly actions: Actions;
  readonly surroundings: Surroundings;
  /** Set by the command that ran. */
  exitCode: ExitCode;
}

/** Runs a command's work: output as the flags ask, soft stop on signals, what is thrown as a failure, the exit code kept. */
export async function perform(context: CommandContext, json: boolean, work: (output: Output, signal: AbortSignal) => Promise<ExitCode>, stops?: readonly StopName[]): Promise<void> {
  const { stdout, stderr, environment, nowMs, signals, exitNow } = context.surroundings;
  const output = createOutput({ json, stdout, stderr, environment, nowMs });
  const stop = listenForStop(signals, ({ signal }) => {
    output.note(signal === 'SIGPIPE' ? 'nobody reads the output any more: finishing what is under way' : `${signal}: finishing what is under way; once more to stop at once`);
  }, ({ signal, exitCode }) => {
    output.cutOff(signal);
    exitNow(exitCode);
  }, stops);
  try {
    context.exitCode = await work(output, stop.signal);
    output.end();
  } catch (error) {
    const failure = failureOf(error);
    output.fail(failure);
    context.exitCode = failure.exitCode;
  } finally {
    stop.close();
  }
}

/** The same for a role of a cluster, which goes on when nobody reads what it says. */
export async function performRole(context: CommandContext, json: boolean, work: (output: Output, signal: AbortSignal) => Promise<ExitCode>): Promise<void> {
  await perform(context, json, work, ROLE_STOPS);
}

/** Adds what all commands have: --json and an example below the help. */
export function furnish(command: Command, ...examples: readonly string[]): Command {
  return command
    .option('--json', 'one JSON object a line instead of text')
    .addHelpText('after', `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}

const POSITIVE_MAX = 1_000_000;

/** A parser of whole numbers within bounds, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Accepted: a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** A parser of numbers above 0, for commander. */
export function positiveNumber(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value > 0 && value <= POSITIVE_MAX)) throw new InvalidArgumentError(`Accepted: a number above 0, at most ${POSITIVE_MAX}.`);
  return value;
}

/** What a flag says, else a variable of the environment, else null; an empty variable says nothing. Throws UsageError for one that is not accepted. */
export function setting<Value>({ surroundings: { environment } }: CommandContext, flag: Value | undefined, name: string, parse: (text: string) => Value): Value | null {
  const text = environment[name] ?? '';
  if (flag !== undefined || text === '') return flag ?? null;
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError('bad-setting', `${name} is '${text}'`, error.message);
  }
}

/** For settings that may be any text. */
export const anyText = (text: string): string => text;

/** Collects a flag that may be given several times. */
export function collected(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...previous ?? [], value];
}
