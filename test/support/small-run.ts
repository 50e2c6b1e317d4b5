// A run directory made by the real `ebm train` in a moment: 6 x 5 pictures of bars, a few hidden units, the reference engine. What tests
// of the commands that use a trained run read; and those commands, run in this process.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actions } from '../../cli/compose/actions.ts';
import { npzBytes } from '../../cli/export/npz.ts';
import type { ExportArray } from '../../cli/export/array.ts';
import { npyBytes } from '../../cli/export/npy.ts';
import { deriveKey, fillDraws } from '../../ebm/random/address.ts';
import { ran, type Ran } from '../unit/cli/support.ts';

export const HEIGHT = 6;
export const WIDTH = 5;
export const VISIBLE = HEIGHT * WIDTH;
export const HIDDEN = 7;
export const TEST_ROWS = 9;
const TRAINING_ROWS = 40;

/** A folder for the time of a test file. */
export function temporaryFolder(): { readonly path: string; readonly file: (name: string) => string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'ebm-using-'));
  return { path, file: (name) => join(path, name), remove: () => { rmSync(path, { recursive: true, force: true }); } };
}

/** Pictures with whole rows or columns on, and some noise. Purpose 112 is no run's. */
export function bars(rows: number, seed: number): Uint8Array {
  const draws = new Uint16Array(VISIBLE + 12);
  return Uint8Array.from({ length: rows * VISIBLE }, (_, index) => {
    const unit = index % VISIBLE;
    if (unit === 0) fillDraws(deriveKey(seed, 112, 0), { id: index / VISIBLE, halfStep: 0, word3: 0 }, draws);
    const isOn = (bar: number): boolean => draws[VISIBLE + bar]! < 20_000;
    const isBar = isOn(Math.floor(unit / WIDTH)) || isOn(HEIGHT + (unit % WIDTH));
    return draws[unit]! < (isBar ? 62_000 : 2_000) ? 255 : 0;
  });
}

export function pictures(rows: number, seed: number): ExportArray<Uint8Array> {
  return { shape: [rows, HEIGHT, WIDTH], values: bars(rows, seed) };
}

export interface RunChanges {
  readonly withoutTest?: boolean;
  /** Lines of YAML that are added to the job's sections. */
  readonly data?: string;
  readonly train?: string;
  readonly evaluate?: string;
}

/** Writes data and job into the folder, trains, and returns the run directory. */
export async function trainSmallRun(folder: string, changes: RunChanges = {}): Promise<string> {
  const arrays = new Map([['x_train', pictures(TRAINING_ROWS, 1)]]);
  if (changes.withoutTest !== true) arrays.set('x_test', pictures(TEST_ROWS, 2));
  writeFileSync(join(folder, 'bars.npz'), npzBytes(arrays));
  writeFileSync(join(folder, 'job.yaml'), `
name: bars
seed: 3
data: { source: bars.npz${changes.data ?? ''} }
model: { kind: bernoulli-rbm, hidden: ${HIDDEN} }
train: { updates: 60, batch: 10${changes.train ?? ', chains: 12'}, optimiser: { kind: sgd, learningRate: 0.2 } }
evaluate: ${changes.evaluate ?? '{ every: 0, logPartition: { kind: ais, runs: 12, betas: 40 } }'}
checkpoint: { every: 20, keep: 2 }
ledger: { every: 10 }
resources: { engine: reference }
`);
  const out = join(folder, 'run');
  const { exitCode, stderr } = await ebm('train', join(folder, 'job.yaml'), '--out', out);
  assert.equal(exitCode, 0, stderr);
  return out;
}

/** The real command line, in this process. */
export function ebm(...words: string[]): Promise<Ran> {
  return ran(words, actions);
}

/** The JSON record of a kind that a command ended with. */
export async function ebmJson(kind: string, ...words: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await ebm(...words, '--json');
  assert.equal(exitCode, 0, stdout + stderr);
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
  assert.equal(last['kind'], kind);
  return last;
}

/** A mistake of the user's: exit code 2 and a message on stderr, nothing on stdout. */
export async function assertMistake(words: readonly string[], message: RegExp): Promise<void> {
  const { exitCode, stdout, stderr } = await ebm(...words);
  assert.deepEqual([exitCode, stdout], [2, ''], `${words.join(' ')}: ${stderr}`);
  assert.match(stderr, message);
}

export interface ReadArray { readonly type: string; readonly shape: readonly number[]; readonly bytes: Uint8Array }

/** An .npy file, read by rules of its own: the writer's reader must not be the writer's brother. */
export function readNpy(file: Uint8Array): ReadArray {
  const length = new DataView(file.buffer, file.byteOffset).getUint16(8, true);
  const header = Buffer.from(file.subarray(10, 10 + length)).toString('latin1');
  const found = /^\{'descr': '([^']+)', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \} *\n$/.exec(header);
  assert.ok(found !== null, header);
  const shape = found[2]!.split(',').filter((part) => part.trim() !== '').map(Number);
  return { type: found[1]!, shape, bytes: Uint8Array.from(file.subarray(10 + length)) };
}

/** A mask file with the first rows of the picture known. */
export function maskFile(knownRows: number): Uint8Array {
  return npyBytes({ shape: [HEIGHT, WIDTH], values: Uint8Array.from({ length: VISIBLE }, (_, unit) => (unit < knownRows * WIDTH ? 1 : 0)), type: 'bool' });
}
