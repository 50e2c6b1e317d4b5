// `ebm verify`: computes updates of a run again, from the nearest kept checkpoint or else from the seed, and compares the digests of
// parameters and chains with the lines of its ledger. It reads the run directory and changes nothing there.
import type { CompiledJob } from '../../ebm/job.ts';
import { checkUnchanged, loadData } from '../../platform/data/load.ts';
import { LEDGER_START, type AppendOutcome, type Journal, type LedgerEntry, type LedgerPosition, type RestoreOutcome, type Snapshot } from '../../platform/journal/journal.ts';
import { readRunDirectory, type RunReader } from '../../platform/journal/reading.ts';
import type { VerifyOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { stopRequestOf } from '../terminal/signals.ts';
import { openEngine, problemOf } from './engines.ts';
import { jobAt, readLengths } from './lengths.ts';
import { figureDataOf, runEmbedded } from './training.ts';

const keyOf = ({ update, branch, rollbacks }: LedgerEntry): string => `${update}/${branch}/${rollbacks}`;

/** Compares what is computed again with what was recorded; keeps nothing. */
class ComparingJournal implements Journal {
  readonly #recorded: ReadonlyMap<string, LedgerEntry>;
  readonly #from: number;
  #position: LedgerPosition;
  compared = 0;
  firstDifference: LedgerEntry | null = null;

  constructor(recorded: ReadonlyMap<string, LedgerEntry>, from: number, start: Snapshot | null) {
    this.#recorded = recorded;
    this.#from = from;
    this.#position = start?.ledger ?? LEDGER_START;
  }

  appendLedger(entry: LedgerEntry): Promise<AppendOutcome> {
    const was = this.#recorded.get(keyOf(entry));
    if (was !== undefined && entry.update > this.#from) {
      this.compared += 1;
      if (was.parameters !== entry.parameters || was.chains !== entry.chains) this.firstDifference ??= entry;
    }
    this.#position = { ...this.#position, lines: this.#position.lines + 1 };
    return Promise.resolve({ kind: 'appended', position: this.#position });
  }

  cutLedger(to: LedgerPosition): Promise<void> {
    this.#position = to;
    return Promise.resolve();
  }

  ledgerPosition(): LedgerPosition { return this.#position; }
  restore(): Promise<RestoreOutcome> { return Promise.resolve({ kind: 'none', warnings: [] }); }
  restoreScheduled(): Promise<RestoreOutcome> { return Promise.resolve({ kind: 'none', warnings: [] }); }
  checkpoint(): Promise<{ readonly path: string }> { return Promise.reject(new Error('a verification takes no checkpoints')); }
  discardNewer(): Promise<void> { return Promise.resolve(); }
  appendMetrics(): Promise<void> { return Promise.resolve(); }
  writeArtefact(): Promise<void> { return Promise.resolve(); }
  close(): Promise<void> { return Promise.resolve(); }
}

export async function verify(options: VerifyOptions, output: Output): Promise<ExitCode> {
  const run = await readRunDirectory(options.directory);
  const recorded = await recordedLines(run, output);
  const last = Math.max(0, ...[...recorded.values()].map(({ update }) => update));
  const from = options.from ?? 0;
  const restored = await run.restore(from);
  restored.warnings.forEach((warning) => { output.warn(warning); });
  const start = restored.kind === 'restored' ? restored.snapshot : null;
  const begin = start?.update ?? 0;
  const { job, until } = jobAt(run.job, await readLengths(options.directory), begin);
  const to = Math.min(options.to ?? last, last, until ?? last);
  if (until !== null) output.note(`The run was made longer at update ${until}, which changed its schedule: this compares up to there; \`--from ${until}\` compares the rest, if that checkpoint is kept.`);
  checkRange(recorded, { from, to, last, directory: options.directory });
  output.note(`Computing ${to - begin} updates again, from ${start === null ? 'the seed' : `the checkpoint of update ${begin}`} to update ${to}.`);
  const journal = new ComparingJournal(recorded, from, start);
  const code = await recompute({ job, options, output, begin }, journal, { start, to });
  if (code !== 0) return code;
  const { firstDifference, compared } = journal;
  const equal = firstDifference === null && compared > 0;
  output.result({ kind: 'verified', from, to, equal, firstDifference: firstDifference?.update ?? null, compared, recomputed: to - begin },
    equal ? `equal: ${compared} ledger lines from update ${from} to ${to} were computed again, with the same digests`
      : firstDifference === null ? `nothing could be compared: the run took another way from update ${begin} on than its ledger says`
        : `DIFFERENT from update ${firstDifference.update} on (branch ${firstDifference.branch}): the ledger says otherwise`);
  return equal ? 0 : 1;
}

async function recordedLines(run: RunReader, output: Output): Promise<ReadonlyMap<string, LedgerEntry>> {
  const recorded = new Map<string, LedgerEntry>();
  const { problems } = await run.ledger(({ entry }) => { recorded.set(keyOf(entry), entry); });
  for (const { line, why } of problems) output.warn(`ledger.jsonl, line ${line}: ${why}`);
  return recorded;
}

function checkRange(recorded: ReadonlyMap<string, LedgerEntry>, { from, to, last, directory }: { readonly from: number; readonly to: number; readonly last: number; readonly directory: string }): void {
  const updates = [...recorded.values()].map(({ update }) => update).filter((update) => update > from && update <= to);
  if (updates.length > 0) return;
  throw new UsageError('empty-range', `the ledger of ${directory} has no line after update ${from} up to ${to}`,
    last === 0 ? 'The run has not come far enough: its first line is not written yet.' : `Its last line is of update ${last}; choose --from and --to around its lines.`);
}

interface Recomputing { readonly job: CompiledJob; readonly options: VerifyOptions; readonly output: Output; readonly begin: number }

async function recompute({ job, options, output, begin }: Recomputing, journal: Journal, { start, to }: { readonly start: Snapshot | null; readonly to: number }): Promise<ExitCode> {
  const data = await loadData(job.data, '/', job.seed);
  checkUnchanged(job.facts, data);
  const engine = await openEngine(job.resources.engine, options.threads);
  try {
    const session = await engine.load(problemOf(job, data.training));
    const outcome = await runEmbedded({ job, engine, session, figureData: figureDataOf(data) }, {
      workers: 1, journal, start, verifyUntil: to, signal: options.signal,
      onEvent(event) {
        if (event.kind !== 'progress') return;
        output.work({ kind: 'working', what: 'verifying', done: event.update - begin, total: to - begin, unit: 'updates', perSecond: event.updatesPerSecond, secondsLeft: event.secondsLeft });
      },
    });
    if (outcome.kind === 'finished') return 0;
    if (outcome.kind === 'failed') {
      output.fail({ code: outcome.code, message: outcome.message, exitCode: 1, advice: null, details: {}, stack: null });
      return 1;
    }
    return stopRequestOf(options.signal)?.exitCode ?? 1;
  } finally {
    await engine.close();
  }
}
