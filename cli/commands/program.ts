// The whole command line, built from the actions that are handed in, and how it is run: usage errors as the user's mistakes with the
// nearest name, help without an error, one exit code. Owns no command.
import { Command, CommanderError } from 'commander';
import { closest, distance } from 'fastest-levenshtein';
import { failureOf, UsageError, type ExitCode } from '../terminal/failure.ts';
import { createOutput } from '../terminal/output.ts';
import type { Actions } from './actions.ts';
import type { CommandContext, Surroundings } from './context.ts';
import { addCluster } from './cluster.ts';
import { addJobs } from './jobs.ts';
import { addData } from './data.ts';
import { addMachine } from './machine.ts';
import { addTraining } from './training.ts';
import { addUsing } from './using.ts';

const HELP_COLUMNS = 80;
/** Options of a file or folder that the user's environment has no say in: there an empty one says nothing. */
const NAMING: ReadonlySet<string> = new Set(['--out', '--known']);

export interface BuiltProgram {
  readonly program: Command;
  readonly context: CommandContext;
}

/** Every command, ready to parse; nothing is done yet. */
export function buildProgram(actions: Actions, surroundings: Surroundings): BuiltProgram {
  const context: CommandContext = { actions, surroundings, exitCode: 0 };
  const program = new Command('ebm')
    .description('Trains energy-based models, on one machine or on a cluster: restricted Boltzmann machines, with the same bits anywhere, and continuous energies and score models.')
    .version(surroundings.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    // Every command has options; its arguments say more.
    .configureHelp({ subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`))].join(' ') })
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', '\nExample:\n  $ ebm train examples/mnist-rbm.yaml\n\nExit codes: 0 done, 1 the work failed, 2 a mistake in what was asked, 3 unreachable.');
  addTraining(program, context);
  addUsing(program, context);
  addCluster(program, context);
  addJobs(program, context);
  addData(program, context);
  addMachine(program, context);
  // Settings are not inherited by commands that exist already, so each gets them.
  for (const command of everyCommand(program)) {
    command.exitOverride().showSuggestionAfterError(true).configureOutput({
      writeOut: (text) => { surroundings.stdout.write(text); },
      writeErr: () => undefined, // run() says what went wrong
      getOutHelpWidth: () => Math.min(HELP_COLUMNS, surroundings.stdout.columns ?? HELP_COLUMNS),
    });
  }
  program.hook('preAction', (_program, command) => { refuseEmpty(command); });
  return { program, context };
}

/** An empty word, as a variable of the shell that is not set leaves it, would be the current folder, or a name that nobody sees. */
function refuseEmpty(command: Command): void {
  const isEmpty = (word: unknown): boolean => typeof word === 'string' && word.trim() === '';
  const argument = command.registeredArguments.find((_each, place) => isEmpty(command.args[place]));
  if (argument !== undefined) throw new UsageError('empty-argument', `${argument.name()} is empty`, 'Give a name.');
  const option = command.options.find((each) => NAMING.has(each.long ?? '') && isEmpty(command.getOptionValue(each.attributeName())));
  if (option !== undefined) throw new UsageError('empty-argument', `${option.long ?? ''} is empty`, option.mandatory ? 'Give a name.' : 'Give a name, or leave it out.');
}

export function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Parses the words after `ebm`, does what they ask, and returns the exit code. Never throws, never ends the process. */
export async function run(words: readonly string[], actions: Actions, surroundings: Surroundings): Promise<ExitCode> {
  const { program, context } = buildProgram(actions, surroundings);
  if (words.length === 0 || (words.length === 1 && words[0] === 'help')) {
    program.outputHelp();
    return 0;
  }
  try {
    checkNames(words, program);
    await program.parseAsync(words, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = failureOf(error instanceof CommanderError ? usageError(error, words, program) : error);
    const { stdout, stderr, environment, nowMs } = surroundings;
    createOutput({ json: words.includes('--json'), stdout, stderr, environment, nowMs }).fail(failure);
    return failure.exitCode;
  }
}

/** Throws for a word in the place of a command that is none. Commander itself lets it pass where help is asked for. */
function checkNames(words: readonly string[], program: Command): void {
  let group = program;
  // The options of groups have no values, so every other word is a name.
  for (const word of words.filter((each) => !each.startsWith('-') && each !== 'help')) {
    const next = group.commands.find((command) => command.name() === word);
    if (next === undefined) throw unknownCommand(word, group, program);
    if (next.commands.length === 0) return;
    group = next;
  }
}

function unknownCommand(word: string, group: Command, program: Command): UsageError {
  const near = closest(word, group.commands.map((command) => command.name()));
  const suggestion = distance(word, near) <= Math.min(2, word.length / 2) ? `. Did you mean ${near}?` : `. Commands: ${commandsOf(group)}`;
  return new UsageError('unknown-command', `unknown command '${word}'${suggestion}`, `See \`ebm ${group === program ? '' : `${group.name()} `}--help\`.`);
}

function usageError(error: CommanderError, words: readonly string[], program: Command): UsageError {
  const command = words.flatMap((word) => program.commands.find((each) => each.name() === word) ?? [])[0];
  const known = command?.name();
  const advice = `See \`ebm ${known === undefined ? '' : `${known} `}--help\`.`;
  // `ebm engine` alone: commander answers with the help it would have printed.
  if (error.code === 'commander.help') return new UsageError('missing-command', `${known ?? 'ebm'} needs a command: ${commandsOf(command ?? program)}`, advice);
  const message = plainMessage(error.message.replace(/^error: /, ''));
  const code = error.code.replace(/^commander\./, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new UsageError(code, message, advice);
}

/** Commander's sentences in the words of our own: what was given, what is accepted, the nearest. */
function plainMessage(message: string): string {
  const choice = /^(?:command-argument value '(.*)' is invalid for argument '(.*)'|option '(.*)' argument '(.*)' is invalid)\. Allowed choices are (.*)\.$/.exec(message);
  if (choice === null) return message.replace(/\n\((Did you mean [^)]*)\)$/, '. $1');
  const [, argument, name, option, value] = choice;
  const given = argument ?? value ?? '';
  const accepted = choice[5] ?? '';
  const near = closest(given, accepted.split(', '));
  return `'${given}' is not accepted for ${name ?? option ?? ''}. Accepted: ${accepted}.${distance(given, near) <= 2 ? ` Did you mean ${near}?` : ''}`;
}

function commandsOf(command: Command): string {
  return command.commands.map((each) => each.name()).join(', ');
}
