// What a shell can complete, taken from the command line as it is built and from the table of job fields, so that it cannot go stale.
// Owns the model; the scripts that carry it into a shell are completion-scripts.ts.
import type { Argument, Command, Option } from 'commander';
import { jobFields } from '../../platform/config/fields.ts';

/** What stands at a place: files, folders, `path=value` of a job, one of some words, or something no shell can know. */
export type Place =
  | { readonly kind: 'files' | 'folders' | 'fields' | 'field-or-file' | 'anything' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

export interface CompletedFlag {
  /** With its dashes. */
  readonly name: string;
  readonly description: string;
  /** Null for a flag without a value. */
  readonly value: Place | null;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** Places of its arguments, in order; the words of its own commands for one that has them. */
  readonly places: readonly Place[];
}

export interface CompletedField { readonly path: string; readonly values: readonly string[] }

export interface CompletionModel {
  readonly commands: readonly CompletedCommand[];
  readonly fields: readonly CompletedField[];
}

export function completionModel(program: Command): CompletionModel {
  const fields = [...jobFields().values()]
    .filter((field) => field.kind !== 'section' || field.options.length > 0)
    .map((field) => ({ path: field.path, values: field.options }));
  const names = program.commands.map((command) => command.name());
  const help: CompletedCommand = { name: 'help', summary: 'print help for a command', flags: [], places: [{ kind: 'words', words: names }] };
  return { commands: [...program.commands.map(completed), help], fields };
}

function completed(command: Command): CompletedCommand {
  const inner = command.commands;
  const flags = [command, ...inner].flatMap((each) => each.options.map(completedFlag));
  return {
    name: command.name(),
    summary: command.summary() === '' ? command.description() : command.summary(),
    flags: [...flags, { name: '--help', description: 'print help', value: null }],
    places: inner.length > 0 ? [{ kind: 'words', words: inner.map((each) => each.name()) }] : command.registeredArguments.map(placeOfArgument),
  };
}

function completedFlag(option: Option): CompletedFlag {
  const words = option.argChoices;
  const value: Place | null = !option.required && !option.optional ? null
    : words !== undefined ? { kind: 'words', words } : placeNamed(/<([^>]*)>/.exec(option.flags)?.[1] ?? '');
  return { name: option.long ?? option.flags, description: option.description, value };
}

function placeOfArgument(argument: Argument): Place {
  return argument.argChoices === undefined ? placeNamed(argument.name()) : { kind: 'words', words: argument.argChoices };
}

/** The names of arguments are a small vocabulary. */
function placeNamed(name: string): Place {
  switch (name) {
    case 'FILE': return { kind: 'files' };
    case 'DATA': return { kind: 'files' };
    case 'DIR': return { kind: 'folders' };
    case 'FILE_OR_FIELD': return { kind: 'field-or-file' };
    case 'path=value': return { kind: 'fields' };
    default: return { kind: 'anything' };
  }
}
