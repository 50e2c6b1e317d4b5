// Progress of long work: one line redrawn in place on a terminal, a plain line now and then elsewhere. Owns the line and how often it
// is shown; the clock is the caller's, the numbers are the events'.
import type { ProgressEvent } from './events.ts';
import { clockTime, compact, count, duration, nats } from './format.ts';
import type { Sink, Style } from './style.ts';

/** Long work other than training: annealing, sampling, recomputing, reading. */
export interface WorkProgress {
  readonly kind: 'working';
  /** In words, for example `log-partition`. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** What is counted, for example `runs`. */
  readonly unit: string;
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface ProgressDisplay {
  training(event: ProgressEvent, logLikelihood: number | null): void;
  working(progress: WorkProgress): void;
  /** Writes a line of its own; a bar that stands below it stays below it. */
  line(text: string): void;
  /** Takes the bar away. */
  clear(): void;
}

export const REDRAW_MS = 100;
export const PLAIN_LINE_MS = 10_000;
const COLUMNS_DEFAULT = 80;
const COLUMNS_MIN = 20;
const BAR_CELLS_MIN = 4;
const BAR_CELLS_MAX = 30;

export interface ProgressSettings {
  readonly sink: Sink;
  readonly style: Style;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** Whether to redraw in place. */
  readonly terminal: boolean;
}

export function createProgress(settings: ProgressSettings): ProgressDisplay {
  const { sink, style, nowMs, terminal } = settings;
  let shownAtMs = -Infinity;
  let shownPhase = '';
  let bar = '';
  const columns = (): number => Math.max(COLUMNS_MIN, sink.columns ?? COLUMNS_DEFAULT);
  const erase = (): void => { if (bar !== '') sink.write('\r\u001b[2K'); };
  const show = (phase: string, fraction: number, parts: readonly string[]): void => {
    // The first and the last of a phase are always shown.
    const due = phase !== shownPhase || fraction >= 1 || nowMs() - shownAtMs >= (terminal ? REDRAW_MS : PLAIN_LINE_MS);
    if (!due) return;
    shownAtMs = nowMs();
    shownPhase = fraction >= 1 ? '' : phase;
    if (!terminal) {
      sink.write(`${[phase, percent(fraction).trim(), ...parts].join('  ')}\n`);
      return;
    }
    erase();
    bar = barLine(fraction, parts, columns() - 1, style);
    sink.write(bar);
  };
  return {
    training(event, logLikelihood) {
      show('training', fractionOf(event.update, event.updates), trainingParts(event, logLikelihood, terminal));
    },
    working(progress) {
      const total = `${count(progress.done)} of ${count(progress.total)} ${progress.unit}`;
      const rate = progress.perSecond === null ? [] : [`${compact(progress.perSecond)} ${progress.unit}/s`];
      show(progress.what, fractionOf(progress.done, progress.total), [...(terminal ? [progress.what] : []), total, ...rate, ...(terminal ? shortLeft : left)(progress.secondsLeft)]);
    },
    line(text) {
      erase();
      sink.write(`${text}\n${bar}`);
    },
    clear() {
      erase();
      bar = '';
    },
  };
}

function fractionOf(done: number, total: number): number {
  return total <= 0 ? 1 : Math.min(1, Math.max(0, done / total));
}

/** Never 100 before the end. */
function percent(fraction: number): string {
  return `${String(fraction >= 1 ? 100 : Math.min(99, Math.floor(fraction * 100))).padStart(3)}%`;
}

function left(seconds: number | null): readonly string[] {
  return seconds === null ? [] : [`${duration(seconds)} left`];
}

/** A bar has no room for words: everything fits 80 columns so. */
function shortLeft(seconds: number | null): readonly string[] {
  return seconds === null ? [] : [`${clockTime(seconds)} left`];
}

/** Most wanted first: what does not fit is dropped from the end. */
function trainingParts(event: ProgressEvent, logLikelihood: number | null, terminal: boolean): readonly string[] {
  const measured = [
    ...(terminal ? shortLeft(event.secondsLeft) : left(event.secondsLeft)),
    ...(event.updatesPerSecond === null ? [] : [`${compact(event.updatesPerSecond)} updates/s`]),
    ...(event.samplesPerSecond === null ? [] : [`${compact(event.samplesPerSecond)} samples/s`]),
    ...(event.energyGap === null ? [] : [`gap ${compact(event.energyGap)}`]),
    ...(event.acceptance === undefined ? [] : [`accepted ${percent(event.acceptance).trim()}`]),
    ...(logLikelihood === null ? [] : [`ll ${nats(logLikelihood)}`]),
  ];
  return terminal ? measured : [`update ${count(event.update)} of ${count(event.updates)}`, `epoch ${compact(event.epoch)}`, ...measured];
}

/** One line of at most `width` cells: percentage, bar, and as many parts as fit beside the smallest bar. */
export function barLine(fraction: number, parts: readonly string[], width: number, style: Style): string {
  let fitting = [...parts];
  const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + 2 + text.length, 4);
  while (fitting.length > 0 && lengthOf(fitting) + 1 + BAR_CELLS_MIN > width) fitting = fitting.slice(0, -1);
  const cells = Math.min(BAR_CELLS_MAX, Math.max(0, width - lengthOf(fitting) - 1));
  const full = Math.floor(fraction * cells);
  const [done, rest] = style.unicode ? ['━', '─'] : ['#', '-'];
  const bar = cells === 0 ? '' : ` ${style.good(done.repeat(full))}${style.faint(rest.repeat(cells - full))}`;
  return `${percent(fraction)}${bar}${fitting.map((text) => `  ${text}`).join('')}`;
}
