// `ebm verify`: computes updates of a run again, from the nearest kept checkpoint or else from the seed, and compares the digests of
// parameters and chains with the lines of its ledger. It reads the run directory and changes nothing there.
import type { CompiledJob } from '../../ebm/job.ts';
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import { checkUnchanged, loadData } from '../../platform/data/load.ts';
import type { LedgerEntry, Snapshot } from '../../platform/journal/journal.ts';
import { readRunDirectory, type RunReader } from '../../platform/journal/reading.ts';
import { compareInstances } from '../../platform/journal/retention.ts';
import type { VerifyOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { ComparingJournal } from './comparing.ts';
import { openEngine, problemOf } from './engines.ts';
import { readLengths } from './lengths.ts';
import { figureDataOf, runEmbedded } from './training.ts';
import { StoppedError } from './work.ts';

export async function verify(options: VerifyOptions, output: Output): Promise<ExitCode> {
  const run = await readRunDirectory(options.directory);
  const record = await readRecord(run, output);
  const from = options.from ?? 0;
  const to = Math.min(options.to ?? record.last, record.last);
  // Updates that were asked for and that the ledger cannot vouch for.
  const brokenAt = record.isBroken && (options.to ?? Infinity) > record.last ? nextLine(run, Math.max(record.last, from)) : null;
  const wanted = record.entries.filter(({ update }) => update > from && update <= to);
  if (wanted.length === 0 && brokenAt === null) throw emptyRange(record.last, { from, to, directory: options.directory });
  const outcome = wanted.length === 0 ? { compared: 0, recomputed: 0, firstDifference: null } : await recompute({ run, options, output }, { wanted, from, to, hasGap: record.hasGap });
  const first = outcome.firstDifference?.update ?? brokenAt;
  const equal = first === null;
  output.result({ kind: 'verified', from, to: Math.max(to, brokenAt ?? to), equal, firstDifference: first, compared: outcome.compared, recomputed: outcome.recomputed },
    equal ? `equal: ${outcome.compared} ledger lines from update ${from} to ${to} were computed again, with the same digests`
      : outcome.firstDifference === null ? `DIFFERENT from update ${first} on: the chain of the ledger is broken after update ${record.last}`
        : `DIFFERENT from update ${first} on (branch ${outcome.firstDifference.branch}): the ledger says otherwise`);
  return equal ? 0 : 1;
}

function nextLine({ job: { ledger } }: RunReader, update: number): number {
  return (Math.floor(update / ledger.every) + 1) * ledger.every;
}

interface LedgerRecord {
  /** In the order of the run's history. */
  readonly entries: readonly LedgerEntry[];
  /** The highest update on the chain. */
  readonly last: number;
  readonly isBroken: boolean;
  readonly hasGap: boolean;
}

async function readRecord(run: RunReader, output: Output): Promise<LedgerRecord> {
  const entries: LedgerEntry[] = [];
  const { problems } = await run.ledger(({ entry }) => { entries.push(entry); });
  for (const { line, why } of problems) output.warn(`ledger.jsonl, line ${line}: ${why}`);
  return {
    entries: entries.sort(compareInstances),
    last: entries.reduce((most, { update }) => Math.max(most, update), 0),
    isBroken: problems.some(({ kind }) => kind === 'broken'), hasGap: problems.some(({ kind }) => kind === 'gap'),
  };
}

function emptyRange(last: number, { from, to, directory }: { readonly from: number; readonly to: number; readonly directory: string }): UsageError {
  return new UsageError('empty-range', `the ledger of ${directory} has no line after update ${from}${to > from ? ` up to ${to}` : ''}`,
    last === 0 ? 'The run has not come far enough: its first line is not written yet.' : `Its last line is of update ${last}; choose --from and --to around its lines.`);
}

interface Verification { readonly run: RunReader; readonly options: VerifyOptions; readonly output: Output }
interface Wanted { readonly wanted: readonly LedgerEntry[]; readonly from: number; readonly to: number; readonly hasGap: boolean }
interface Comparison { readonly compared: number; readonly recomputed: number; readonly firstDifference: LedgerEntry | null }

async function recompute(verification: Verification, { wanted, from, to, hasGap }: Wanted): Promise<Comparison> {
  const { run, options: { signal }, output } = verification;
  const start = await startOf(run, from, { before: wanted[0]!, output });
  const begin = start?.update ?? 0;
  // After a rollback the same updates come again: then it is the last line that ends it, and not the update.
  const goesBack = wanted.some(({ rollbacks }) => rollbacks > (start?.rollbacks ?? 0));
  output.note(`Computing ${to - begin} updates again, from ${start === null ? 'the seed' : `the checkpoint of update ${begin}`} to update ${to}.`);
  const done = new AbortController();
  const journal = new ComparingJournal({ wanted, from, to, start, hasGap, onDone: () => { done.abort(); } });
  const outcome = await runAgain(verification, journal, { start, until: goesBack ? run.job.train.updates : to, to, signal: AbortSignal.any([signal, done.signal]) });
  if (signal.aborted && !done.signal.aborted) throw new StoppedError(signal);
  // The run itself may have ended so; then the lines say whether it did.
  if (outcome.kind === 'failed' && outcome.code !== 'diverged') throw errorOf(outcome);
  return { compared: journal.compared, recomputed: to - begin, firstDifference: journal.firstDifference };
}

/** The nearest checkpoint from which the run came to all that is wanted: one of a later branch did not. Null: the seed. */
async function startOf(run: RunReader, from: number, { before, output }: { readonly before: LedgerEntry; readonly output: Output }): Promise<Snapshot | null> {
  const said = new Set<string>();
  for (let atMost = from; atMost > 0;) {
    const restored = await run.restore(atMost);
    for (const warning of restored.warnings) if (!said.has(warning)) output.warn(warning);
    restored.warnings.forEach((warning) => said.add(warning));
    if (restored.kind === 'none') return null;
    if (compareInstances(restored.snapshot, before) < 0) return restored.snapshot;
    atMost = restored.snapshot.update - 1;
  }
  return null;
}

function errorOf({ code, message, cause }: Extract<RunOutcome, { readonly kind: 'failed' }>): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

interface Again { readonly start: Snapshot | null; readonly until: number; readonly to: number; readonly signal: AbortSignal }

async function runAgain({ run, options, output }: Verification, journal: ComparingJournal, { start, until, to, signal }: Again): Promise<RunOutcome> {
  const job: CompiledJob = run.job;
  const lengths = await readLengths(options.directory);
  const data = await loadData(job.data, '/', job.seed);
  checkUnchanged(job.facts, data);
  const begin = start?.update ?? 0;
  const engine = await openEngine(job.resources.engine, options.threads);
  try {
    const session = await engine.load(problemOf(job, data.training));
    return await runEmbedded({ job, engine, session, figureData: figureDataOf(data) }, {
      workers: 1, journal, start, lengths, verifyUntil: until, signal,
      onEvent(event) {
        if (event.kind !== 'progress' || event.update > to) return;
        output.work({ kind: 'working', what: 'verifying', done: event.update - begin, total: to - begin, unit: 'updates', perSecond: event.updatesPerSecond, secondsLeft: event.secondsLeft });
      },
    });
  } finally {
    await engine.close();
  }
}
