// The built `ebm` as a real process on tiny data of the test's own: a folder with data and a job, processes with their lines, and what
// a run directory holds. Refusals, of which there are many, may also be asked for in this process, to save the starting of one.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { actions } from '../../cli/compose/actions.ts';
import { seeded } from '../support/seeded.ts';
import { ran } from '../unit/cli/support.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
const AT_LINE = new URL('./fixtures/at-line.js', import.meta.url).href;

/** When the process has written its `count`-th line of a kind (with --json), it gets a signal, or its disk is filled with a file. */
export interface AtLine {
  readonly kind: string;
  readonly count: number;
  readonly signal?: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGSTOP';
  readonly fill?: string;
}

export type Line = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface Ended {
  /** Exit code, or the name of the signal that ended it. */
  readonly status: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of stdout, with --json. */
  readonly lines: readonly Line[];
}

export interface Place {
  /** The folder that it is started in. */
  readonly cwd: string;
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly at?: AtLine;
}

/** Starts `ebm`; its output is collected by `ended`. */
export function started(words: readonly string[], { cwd, at, env }: Place): ChildProcess {
  return spawn(process.execPath, [...(at === undefined ? [] : ['--import', AT_LINE]), MAIN, ...words], {
    cwd, stdio: ['ignore', 'pipe', 'pipe'],
    env: { EBM_CACHE: join(cwd, 'cache'), ...process.env, NO_COLOR: '1', NODE_OPTIONS: '', ...env, ...(at === undefined ? {} : { EBM_AT_LINE: JSON.stringify(at) }) },
  });
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const streams = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name]?.setEncoding('utf8').on('data', (text: string) => { streams[name] += text; });
  const status = await new Promise<number | string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => { resolve(code ?? signal); });
  });
  const lines = child.spawnargs.includes('--json') ? streams.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line) : [];
  return { status, ...streams, lines };
}

/** Runs `ebm` to its end. */
export function ebm(words: readonly string[], place: Place): Promise<Ended> {
  return ended(started(words, place));
}

/** When one of its streams has said the words. */
export async function said(child: ChildProcess, stream: 'stdout' | 'stderr', words: RegExp): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child[stream]?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (words.test(text)) resolve();
    });
    child.on('close', () => { reject(new Error(`it ended and had not said ${words.source} but ${text}`)); });
  });
}

export const VISIBLE = 12;
export const ROWS = 50;
export const HELD_OUT = 10;

/** 60 rows of 12 bits: one of three blocks is on, with noise. */
export function blocks(seed = 1): readonly (readonly number[])[] {
  const random = seeded(seed);
  return Array.from({ length: ROWS + HELD_OUT }, (_, row) => (
    Array.from({ length: VISIBLE }, (_each, unit) => Number((Math.floor(unit / 4) === row % 3) !== (random() < 0.1)))));
}

export function csv(rows: readonly (readonly (number | string)[])[]): string {
  return `${rows.map((row) => row.join(',')).join('\n')}\n`;
}

/** Trains in a moment: 60 updates, checkpoints at 20, 40 and 60, figures with each, a ledger line every 5 updates. */
export const JOB = `name: tiny
seed: 7
data: { source: data.csv, validation: ${HELD_OUT} }
model: { kind: bernoulli-rbm, hidden: 6 }
train: { chains: 8, batch: 10, updates: 60, optimiser: { learningRate: 0.1 } }
evaluate: { every: 20, logPartition: { kind: exact } }
checkpoint: { every: 20, keep: 3 }
ledger: { every: 5 }
`;

export interface Folder {
  readonly path: string;
  readonly file: (...names: string[]) => string;
  /** A copy of a directory in it. */
  readonly copy: (from: string, to: string) => void;
  readonly remove: () => void;
  /** Runs `ebm` here with --json, and with one thread unless the words say otherwise. */
  readonly run: (words: readonly string[], at?: AtLine) => Promise<Ended>;
  /** The same without --json. */
  readonly text: (words: readonly string[]) => Promise<Ended>;
}

const COMPUTING = ['train', 'resume', 'verify'];

/** A folder with data.csv and job.yaml, on a disk in memory where there is one: many small files are synced. */
export function folder(): Folder {
  const path = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ebm-process-'));
  const file = (...names: string[]): string => join(path, ...names);
  writeFileSync(file('data.csv'), csv(blocks()));
  writeFileSync(file('job.yaml'), JOB);
  const threads = (words: readonly string[]): readonly string[] => !COMPUTING.includes(words[0] ?? '') || words.includes('--threads') ? words : [...words, '--threads', '1'];
  return {
    path, file,
    copy: (from, to) => { cpSync(file(from), file(to), { recursive: true }); },
    remove: () => { rmSync(path, { recursive: true, force: true }); },
    run: (words, at) => ebm([...threads(words), '--json'], { cwd: path, ...(at === undefined ? {} : { at }) }),
    text: (words) => ebm(threads(words), { cwd: path }),
  };
}

/**
 * The real command line with the real actions and --json, in this process, where paths must be absolute: a mistake of the user's, with
 * exit code 2 (or another), this code and such a message as its only line.
 */
export async function assertRefused(words: readonly string[], code: string, message: RegExp, exitCode = 2): Promise<void> {
  const { exitCode: found, stdout, stderr } = await ran([...words, '--json'], actions);
  const lines = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line);
  const failed = lines.at(-1);
  assert.deepEqual([found, stderr, lines.length, failed?.kind, failed?.['code']], [exitCode, '', 1, 'failed', code], stdout);
  assert.match(String(failed?.['message']), message);
}

/** The words of --set for each of the changes. */
export function set(...changes: readonly string[]): readonly string[] {
  return changes.flatMap((change) => ['--set', change]);
}

export function kinds({ lines }: Ended): readonly string[] {
  return lines.map(({ kind }) => kind);
}

export function ofKind({ lines }: Ended, kind: string): readonly Line[] {
  return lines.filter((line) => line.kind === kind);
}

export function messages(end: Ended, kind: 'warning' | 'failed' = 'warning'): readonly string[] {
  return ofKind(end, kind).map(({ message }) => String(message));
}

/** The last line, which must be of this kind. */
export function last(end: Ended, kind: string): Line {
  const line = end.lines.at(-1);
  assert.equal(line?.kind, kind, `${end.stdout}${end.stderr}`);
  return line;
}

/** What two runs must have in common to be the same run. */
export function bits(end: Ended): { readonly updates: unknown; readonly parameters: unknown; readonly chains: unknown; readonly ledger: unknown } {
  const { updates, parameters, chains, ledger } = last(end, 'finished');
  return { updates, parameters, chains, ledger };
}

/** Of the checkpoints that stand in a run directory, ascending. */
export function checkpointsIn(run: string): readonly number[] {
  const path = join(run, 'checkpoints');
  return existsSync(path) ? readdirSync(path).filter((name) => /^\d{8}$/.test(name)).map(Number).sort((a, b) => a - b) : [];
}

export function checkpoint(update: number): string {
  return join('checkpoints', String(update).padStart(8, '0'));
}

export function jsonLines(path: string): readonly Readonly<Record<string, unknown>>[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

/** Every file of a directory by its path, with a digest of its content; locks are left out. */
export function contentOf(directory: string): ReadonlyMap<string, string> {
  const content = new Map<string, string>();
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(directory, name);
    if (statSync(path).isFile() && !name.startsWith('.lock.')) content.set(relative(directory, path), createHash('sha256').update(readFileSync(path)).digest('hex'));
  }
  return content;
}
