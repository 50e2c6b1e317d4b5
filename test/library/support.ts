// What tests of the library share: a job that takes no time, temporary folders, the command beside it, and programs in processes of
// their own. Tests run in the project's folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Job, Run, RunEvent } from '../../index.ts';

/** The folder that index.js is compiled into. */
export const BUILD = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(BUILD, 'cli/main.js');
export const DATA = resolve('examples/bars-and-stripes.csv');

/** PCD on 30 rows of 16 units, 40 updates, figures at 20 and 40, checkpoints at 10, 20, 30 and 40. */
export const JOB = {
  name: 'bars', seed: 5,
  data: { source: DATA, binarise: 'stochastic', validation: 30 },
  model: { kind: 'bernoulli-rbm', hidden: 9 },
  train: { updates: 40, batch: 10, chains: 12, optimiser: { schedule: 'constant' } },
  evaluate: { every: 20, logPartition: { kind: 'exact' } },
  checkpoint: { every: 10 }, ledger: { every: 5 },
} satisfies Job;

/** So many updates that a test has to stop them. */
export const ENDLESS = { ...JOB, train: { ...JOB.train, updates: 4_000_000_000 }, evaluate: 'off', checkpoint: { every: 1_000_000 }, ledger: { every: 1_000_000 } } satisfies Job;

/** A new folder for the tests of a file; it goes when they are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ebm-library-'));
  after(() => { rmSync(folder, { recursive: true, force: true }); });
  return folder;
}

export async function eventsOf(run: Run): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

export const kindsOf = (events: readonly RunEvent[]): string[] => events.filter(({ kind }) => kind !== 'progress').map(({ kind }) => kind);

/** An object that a command printed. */
export type Told = Readonly<Record<string, unknown>>;

/** Runs the command with --json; the objects it printed. */
export function ebm(...words: readonly string[]): readonly Told[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words, '--json'], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  if (status !== 0) throw new Error(`ebm ${words.join(' ')} exited with ${String(status)}: ${stdout}${stderr}`);
  return stdout.trim().split('\n').map((line) => JSON.parse(line) as Told);
}

/** `ebm train` of a job that is a value here. */
export function ebmTrain(folder: string, job: Job, directory: string, ...flags: readonly string[]): readonly Told[] {
  const file = join(folder, `${job.name ?? 'job'}.json`);
  writeFileSync(file, JSON.stringify(job));
  return ebm('train', file, '--out', directory, ...flags);
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that imports the library, in a process of its own that has to end by itself: `code` sees `library` and `job`. */
export function program(code: string, cwd: string, job: Job = JOB): Ended {
  const source = `import * as library from ${JSON.stringify(new URL('../../index.js', import.meta.url).href)};\nconst job = ${JSON.stringify(job)};\n${code}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    cwd, encoding: 'utf8', timeout: 60_000, env: { ...process.env, NODE_OPTIONS: '', TMPDIR: cwd },
  });
  return { status, stdout, stderr };
}
