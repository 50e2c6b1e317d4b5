// `ebm verify`: computes updates of a run again, from the nearest kept checkpoint or else from the seed, and compares the digests of
// parameters and chains with the lines of its ledger and the checkpoints it passes; and those with each other. It changes nothing there.
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import { checkUnchanged, loadAny } from '../../platform/data/load.ts';
import { engineText, isSameEngine, mixesClasses } from '../../coordinator/machine/classes.ts';
import { isContinuous } from '../../ebm/job.ts';
import type { LedgerAside, LedgerEntry, Snapshot } from '../../platform/journal/journal.ts';
import { readRunDirectory, type RunReader } from '../../platform/journal/reading.ts';
import { compareInstances } from '../../platform/journal/retention.ts';
import type { VerifyOptions } from '../commands/actions.ts';
import type { ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { ComparingJournal, type Recorded } from './comparing.ts';
import { letHeapGrow } from './heap.ts';
import { readLengths } from './lengths.ts';
import { computedByLine, requireClass } from './device-class.ts';
import { misfitText, nextLine, nothingToCompare, readRecord, type Range, type RunRecord } from './on-record.ts';
import { openStudio } from './studio.ts';
import { runEmbedded } from './training.ts';
import { StoppedError } from './work.ts';

export async function verify(options: VerifyOptions, output: Output): Promise<ExitCode> {
  letHeapGrow();
  const run = await readRunDirectory(options.directory);
  const record = await readRecord(run);
  record.warnings.forEach((warning) => { output.warn(warning); });
  const asked: Range = { from: options.from ?? 0, to: options.to ?? Infinity };
  const range: Range = { from: asked.from, to: Math.min(asked.to, record.last) };
  const wanted = record.recorded.filter(({ entry: { update } }) => update > range.from && update <= range.to);
  const contradictions = contradictionsOf(run, record, asked);
  if (wanted.length === 0 && contradictions.length === 0) throw await nothingToCompare(run, record, asked);
  sayWhatIsLeftOut(output, { asked, record, compared: wanted.at(-1)?.entry.update ?? range.to });
  const outcome = wanted.length === 0 ? NOTHING : await recompute({ run, options, output, record }, wanted, range);
  const findings = [...outcome.difference === null ? [] : [differenceOf(record, outcome.difference)], ...contradictions].sort((a, b) => a.update - b.update);
  return tell(output, { ...range, ...outcome, engines: enginesText(record, outcome.here) }, findings[0] ?? null);
}

/** Something that is not as it should be from an update on, as the end of a sentence. */
interface Finding { readonly update: number; readonly what: string }

/** What needs no computing: lines behind which the chain is broken, and checkpoints that do not belong to the ledger. */
function contradictionsOf(run: RunReader, { isBroken, lastLine, misfits }: RunRecord, { from, to }: Range): readonly Finding[] {
  const broken = isBroken && to > lastLine ? [{ update: nextLine(run, Math.max(lastLine, from)), what: `: the chain of the ledger is broken after update ${lastLine}` }] : [];
  const strangers = misfits.map((misfit) => ({ update: misfit.manifest.update, what: `: ${misfitText(misfit)}` }));
  // From the start of the range on: the checkpoint that it could begin at counts.
  return [...broken, ...strangers.filter(({ update }) => update >= from && update <= to)];
}

function differenceOf({ recorded }: RunRecord, { kind, entry: { update, branch, rollbacks } }: Recorded): Finding {
  const isOnRecord = recorded.some((each) => each.kind === kind && each.entry.update === update && each.entry.branch === branch && each.entry.rollbacks === rollbacks);
  const says = !isOnRecord ? 'the ledger has no line of it' : kind === 'line' ? 'the ledger says otherwise' : 'the digests in the manifest of its checkpoint say otherwise';
  return { update, what: ` (branch ${branch}): ${says}` };
}

interface Asked { readonly asked: Range; readonly record: RunRecord; readonly compared: number }

function sayWhatIsLeftOut(output: Output, { asked, record, compared }: Asked): void {
  if (asked.to === Infinity) return;
  if (asked.to > record.last) output.warn(`--to ${asked.to} is beyond what there is to compare: the last update in the ledger and checkpoints is ${record.last}`);
  else if (asked.to > compared) output.warn(`nothing is on record of the updates after ${compared} up to ${asked.to}: they are computed again and not compared`);
}

/** That what is on record was computed by others; null if it was computed by the engine that is here, or nothing was computed. */
function enginesText({ besides }: RunRecord, here: LedgerAside | null): string | null {
  const others = here === null ? [] : besides.filter((beside) => !isSameEngine(beside, here));
  return others.length === 0 ? null : `${others.map(engineText).join(' and ')} computed the run, ${engineText(here!)} computed it again`;
}

function tell(output: Output, { from, to, lines, checkpoints, recomputed, engines }: Range & Comparison & { readonly engines: string | null }, first: Finding | null): ExitCode {
  const kinds = [...lines > 0 || checkpoints === 0 ? [plural(lines, 'ledger line')] : [], ...checkpoints > 0 ? [plural(checkpoints, 'checkpoint')] : []];
  const because = first === null || engines === null ? '' : `${engines}: `;
  output.result({
    kind: 'verified', from, to: Math.max(to, first?.update ?? to), equal: first === null, firstDifference: first?.update ?? null, compared: lines, checkpoints, recomputed, ...(because === '' ? {} : { engines }),
  }, first === null ? `equal: ${kinds.join(' and ')} from update ${from} to ${to} were computed again, with the same digests` : `${because}DIFFERENT from update ${first.update} on${first.what}`);
  return first === null ? 0 : 1;
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

interface Verification { readonly run: RunReader; readonly options: VerifyOptions; readonly output: Output; readonly record: RunRecord }
/** `lines`, `checkpoints`: how many were compared; `here`: what computed them, as it would stand beside a line. */
interface Comparison { readonly lines: number; readonly checkpoints: number; readonly recomputed: number; readonly difference: Recorded | null; readonly here: LedgerAside | null }

const NOTHING: Comparison = { lines: 0, checkpoints: 0, recomputed: 0, difference: null, here: null };

async function recompute(verification: Verification, wanted: readonly Recorded[], { from, to }: Range): Promise<Comparison> {
  const { run, options: { signal }, output, record: { hasGap } } = verification;
  const start = await startOf(verification, from, wanted[0]!.entry);
  const begin = start?.update ?? 0;
  // After a rollback the same updates come again: then it is the last of what is wanted that ends it, and not the update.
  const goesBack = wanted.some(({ entry }) => entry.rollbacks > (start?.rollbacks ?? 0));
  output.note(`Computing ${to - begin} updates again, from ${start === null ? 'the seed' : `the checkpoint of update ${begin}`} to update ${to}.`);
  const done = new AbortController();
  const journal = new ComparingJournal({ wanted, from, to, start, hasGap, onDone: () => { done.abort(); } });
  const savedAt = wanted.flatMap(({ kind, entry }) => kind === 'checkpoint' ? [entry.update] : []);
  const { outcome, here } = await runAgain(verification, journal, { start, until: goesBack ? run.job.train.updates : to, to, savedAt, signal: AbortSignal.any([signal, done.signal]) });
  if (signal.aborted && !done.signal.aborted) throw new StoppedError(signal);
  // The run itself may have ended so; then what is on record says whether it did.
  if (outcome.kind === 'failed' && outcome.code !== 'diverged') throw errorOf(outcome);
  return { lines: journal.compared('line'), checkpoints: journal.compared('checkpoint'), recomputed: to - begin, difference: journal.firstDifference, here };
}

/** The nearest checkpoint from which the run came to all that is wanted: one of a later branch did not, nor one of another run. Null: the seed. */
async function startOf({ run, record: { misfits, warnings }, output }: Verification, from: number, before: LedgerEntry): Promise<Snapshot | null> {
  const said = new Set(warnings);
  for (let atMost = from; atMost > 0;) {
    const restored = await run.restore(atMost);
    for (const warning of restored.warnings) if (!said.has(warning)) output.warn(warning);
    restored.warnings.forEach((warning) => said.add(warning));
    if (restored.kind === 'none') return null;
    const { snapshot } = restored;
    if (compareInstances(snapshot, before) < 0 && !misfits.some(({ manifest }) => manifest.update === snapshot.update)) return snapshot;
    atMost = snapshot.update - 1;
  }
  return null;
}

function errorOf({ code, message, cause }: Extract<RunOutcome, { readonly kind: 'failed' }>): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

interface Again { readonly start: Snapshot | null; readonly until: number; readonly to: number; readonly savedAt: readonly number[]; readonly signal: AbortSignal }

async function runAgain({ run, options, output, record }: Verification, journal: ComparingJournal, { start, until, to, savedAt, signal }: Again): Promise<{ readonly outcome: RunOutcome; readonly here: LedgerAside }> {
  const { job } = run;
  const lengths = await readLengths(options.directory);
  const data = await loadAny(job.data, options.directory, job.seed);
  checkUnchanged(job.facts, data);
  const begin = start?.update ?? 0;
  const studio = await openStudio({ job, data, threads: options.threads, isEmbedded: true, isAgain: true });
  try {
    const { version: engine, deviceClass } = studio.fingerprint;
    const here: LedgerAside = isContinuous(job) ? { engine, deviceClass } : { engine };
    requireClass(job, [...start?.computedBy ?? [], ...record.besides.flatMap(computedByLine)], studio.fingerprint, 'Verify it with that version of ebm on a machine of that class.');
    if (mixesClasses(job)) output.warn(`device classes may be mixed in this run (resources.mixedClasses): it has its bits only where ${record.besides.map(engineText).join(' and ')} compute it again`);
    const outcome = await runEmbedded(studio.workshop, {
      workers: 1, journal, start, lengths, verifyUntil: until, verifyAt: savedAt, signal,
      onEvent(event) {
        if (event.kind !== 'progress' || event.update > to) return;
        output.work({ kind: 'working', what: 'verifying', done: event.update - begin, total: to - begin, unit: 'updates', perSecond: event.updatesPerSecond, secondsLeft: event.secondsLeft });
      },
    });
    return { outcome, here };
  } finally {
    await studio.close();
  }
}
