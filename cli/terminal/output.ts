// Where commands say things: text for people (results on stdout, progress and remarks on stderr) or, with --json, one object a line on
// stdout. The only place that writes to the streams. Decides no wording of results; summary.ts has that of runs.
import type { RunEvent } from './events.ts';
import type { Failure } from './failure.ts';
import { table, wrapped, type Column } from './format.ts';
import { createProgress, type ProgressDisplay, type WorkProgress } from './progress.ts';
import { styleOf, type Environment, type Sink, type Style } from './style.ts';
import { eventText, logLikelihoodOf } from './summary.ts';

export type JsonRecord = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface TableRow {
  readonly record: JsonRecord;
  readonly cells: readonly string[];
}

export interface Output {
  readonly json: boolean;
  /** What a run tells: a line of JSON, the progress bar, or a line of text. */
  event(event: RunEvent): void;
  /** How far long work other than training is. */
  work(progress: WorkProgress): void;
  /** What a command was asked for: the record with --json, the text otherwise. */
  result(record: JsonRecord, text: string): void;
  /** Rows of equal records: an object a row with --json, a table otherwise; `none` stands for no rows. */
  table(columns: readonly Column[], rows: readonly TableRow[], none: string): void;
  /** More for people on stdout, for example a picture; nothing with --json. */
  say(text: string): void;
  /** A remark that is no result, on stderr; nothing with --json. */
  note(text: string): void;
  warn(message: string): void;
  /** The one block that a failing command ends with. */
  fail(failure: Failure): void;
  /** The last line of a run that a second signal ends at once: what it had done is saved up to its last checkpoint. */
  cutOff(signal: string): void;
  /** Takes the progress bar away; called before the process ends. */
  end(): void;
  readonly style: Style;
  /** Characters a line of stdout has; null where it is no terminal. */
  readonly columns: number | null;
}

export interface OutputSettings {
  readonly json: boolean;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly environment: Environment;
  /** Monotonic. */
  readonly nowMs: () => number;
}

const TEXT_COLUMNS = 100;
const COLUMNS_DEFAULT = 80;

export function createOutput(settings: OutputSettings): Output {
  return settings.json ? jsonOutput(settings) : textOutput(settings);
}

/** One line of JSON: numbers that are not finite become null, typed arrays plain ones. */
export function jsonLine(record: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(record, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return null;
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as unknown as ArrayLike<number>);
    return value;
  })}\n`;
}

function jsonOutput({ stdout, environment }: OutputSettings): Output {
  const write = (record: Readonly<Record<string, unknown>>): void => { stdout.write(jsonLine(record)); };
  const nothing = (): void => undefined;
  let failed = false;
  let standing: Standing = null;
  return {
    json: true,
    style: styleOf({ write: nothing }, environment),
    columns: null,
    event(event) {
      failed ||= event.kind === 'failed';
      standing = standingAfter(standing, event);
      write({ ...event });
    },
    work: (progress) => { write({ ...progress }); },
    result: (record) => { write(record); },
    table: (_columns, rows) => { rows.forEach((row) => { write(row.record); }); },
    say: nothing,
    note: nothing,
    warn: (message) => { write({ kind: 'warning', message }); },
    fail({ code, message, advice, details }) {
      if (!failed) write({ kind: 'failed', code, message, advice, update: null, ...details });
    },
    cutOff(signal) {
      if (standing !== null) write({ kind: 'interrupted', ...standing, signal });
    },
    end: nothing,
  };
}

type Standing = { readonly update: number; readonly path: string | null } | null;

/** Where a run stands, with its last checkpoint; null before it has started and once it has ended. */
function standingAfter(before: Standing, event: RunEvent): Standing {
  switch (event.kind) {
    case 'started': return { update: event.update, path: null };
    case 'progress': case 'evaluated': return before === null ? null : { ...before, update: event.update };
    case 'checkpoint': return { update: Math.max(before?.update ?? 0, event.update), path: event.path };
    case 'rollback': case 'returned': return before === null ? null : { ...before, update: event.to };
    case 'finished': case 'failed': case 'cancelled': case 'interrupted': return null;
    case 'quarantined': case 'paused': case 'warning': return before;
  }
}

function textOutput({ stdout, stderr, environment, nowMs }: OutputSettings): Output {
  const style = styleOf(stderr, environment);
  const terminal = stderr.isTTY === true && environment['TERM'] !== 'dumb';
  const progress = createProgress({ sink: stderr, style, nowMs, terminal });
  const columns = (): number => Math.min(TEXT_COLUMNS, stderr.columns ?? TEXT_COLUMNS);
  const print = (text: string): void => {
    progress.clear();
    stdout.write(`${text}\n`);
  };
  return {
    json: false,
    style: styleOf(stdout, environment),
    columns: stdout.isTTY === true && environment['TERM'] !== 'dumb' ? stdout.columns ?? COLUMNS_DEFAULT : null,
    event: eventPrinter(progress, style, print, terminal),
    work: (step) => { progress.working(step); },
    result: (_record, text) => { print(text); },
    table: (heads, rows, none) => { print(rows.length === 0 ? none : table(heads, rows.map((row) => row.cells))); },
    say: print,
    note: (text) => { progress.line(text); },
    warn: (message) => { progress.line(`${style.warning('warning:')} ${message}`); },
    fail(failure) {
      progress.clear();
      stderr.write(failureBlock(failure, style, columns()));
    },
    cutOff: () => { progress.clear(); },
    end: () => { progress.clear(); },
  };
}

function eventPrinter(progress: ProgressDisplay, style: Style, print: (text: string) => void, terminal: boolean): (event: RunEvent) => void {
  let logLikelihood: number | null = null;
  return (event) => {
    switch (event.kind) {
      case 'progress':
        progress.training(event, logLikelihood);
        return;
      case 'finished':
        print(eventText(event));
        return;
      case 'checkpoint': // on a terminal the bar is enough
        if (!terminal) progress.line(eventText(event));
        return;
      case 'evaluated':
        logLikelihood = logLikelihoodOf(event.testLogLikelihood) ?? logLikelihood;
        progress.line(eventText(event));
        return;
      case 'rollback':
      case 'returned':
      case 'quarantined':
      case 'warning':
        progress.line(`${style.warning('warning:')} ${eventText(event)}`);
        return;
      case 'failed':
        progress.clear();
        progress.line(`${style.bad('error:')} ${eventText(event)}`);
        return;
      case 'started':
      case 'paused':
      case 'cancelled':
      case 'interrupted':
        progress.line(eventText(event));
    }
  };
}

/** Message, advice and, for a bug, the stack; long lines are broken, lines that the message breaks itself stay. */
export function failureBlock(failure: Failure, style: Style, columns: number): string {
  const message = failure.message.split('\n').map((line, index) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    return index === 0 ? line : wrapped(line.trimStart(), columns, indent);
  }).join('\n');
  const advice = failure.advice === null ? '' : `${failure.advice}\n`;
  const stack = failure.stack === null ? '' : `${failure.stack}\n`;
  return `${style.bad('error:')} ${message}\n${advice}${stack}`;
}
