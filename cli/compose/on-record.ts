// What a run directory has on record that `ebm verify` can compare with: lines of the ledger and digests in manifests of checkpoints,
// how far they go, which of them contradict each other, and why there is nothing, where there is nothing.
import { engineText } from '../../coordinator/machine/classes.ts';
import type { LedgerAside } from '../../platform/journal/journal.ts';
import type { CheckpointHealth, Misfit, RunReader } from '../../platform/journal/reading.ts';
import { UsageError } from '../terminal/failure.ts';
import { compareRecorded, type Recorded } from './comparing.ts';

export interface RunRecord {
  /** In the order of the run's history. */
  readonly recorded: readonly Recorded[];
  /** The highest update of what is recorded. */
  readonly last: number;
  /** The highest update on the ledger's chain. */
  readonly lastLine: number;
  readonly isBroken: boolean;
  readonly hasGap: boolean;
  /** Good checkpoints that do not belong to the ledger, by ascending update. */
  readonly misfits: readonly Misfit[];
  /** What stands beside its lines, one for each engine. */
  readonly besides: readonly LedgerAside[];
  readonly warnings: readonly string[];
}

export async function readRecord(run: RunReader): Promise<RunRecord> {
  const checkpoints = await run.checkpoints('deep');
  const misfits = [...await run.misfits(checkpoints)].sort((a, b) => a.manifest.update - b.manifest.update);
  const recorded: Recorded[] = checkpoints.flatMap((checkpoint) => recordedOf(run, checkpoint));
  let lastLine = 0;
  const besides = new Map<string, LedgerAside>();
  const { problems } = await run.ledger(({ entry, aside }) => {
    besides.set(engineText(aside), aside);
    recorded.push({ kind: 'line', entry });
    lastLine = Math.max(lastLine, entry.update);
  });
  return {
    recorded: recorded.sort(compareRecorded), lastLine, misfits, besides: [...besides.values()],
    last: recorded.reduce((most, { entry }) => Math.max(most, entry.update), 0),
    isBroken: problems.some(({ kind }) => kind === 'broken'), hasGap: problems.some(({ kind }) => kind === 'gap'),
    warnings: [
      ...problems.map(({ line, why }) => `ledger.jsonl, line ${line}: ${why}`),
      ...checkpoints.flatMap((checkpoint) => checkpoint.kind === 'damaged' ? [`${checkpoint.what}; this checkpoint was passed over`] : []),
      ...misfits.map(misfitText),
    ],
  };
}

function recordedOf({ job }: RunReader, checkpoint: CheckpointHealth): readonly Recorded[] {
  if (checkpoint.kind === 'damaged') return [];
  const { update, branch, rollbacks, digests } = checkpoint.manifest;
  return digests === null || update === 0 || update > job.train.updates ? [] : [{ kind: 'checkpoint', entry: { update, branch, rollbacks, ...digests } }];
}

export function misfitText({ path, what }: Misfit): string {
  return `${path} does not belong to the ledger beside it: ${what}`;
}

/** The update of the line that comes after an update. */
export function nextLine({ job: { ledger: { every } } }: RunReader, update: number): number {
  return every === 0 ? update + 1 : (Math.floor(update / every) + 1) * every;
}

export interface Range { readonly from: number; readonly to: number }

/** That nothing on record is after `from` and not after `to`. */
export async function nothingToCompare(run: RunReader, { last, recorded }: RunRecord, { from, to }: Range): Promise<UsageError> {
  if (last === 0) return nothingYet(run);
  if (from >= last) return new UsageError('empty-range', `nothing of ${run.path} after update ${from} can be compared: its ledger and checkpoints go to update ${last}`, `Choose --from below ${last}.`);
  const { entry } = recorded.find(({ entry: { update } }) => update > to)!;
  return new UsageError('empty-range', `nothing of ${run.path} from update ${from} to ${to} can be compared: no line of its ledger and no checkpoint is of these updates`, `The next is of update ${entry.update}: choose --to so that it is in the range.`);
}

async function nothingYet(run: RunReader): Promise<UsageError> {
  const { path, job: { ledger, train, checkpoint } } = run;
  const holder = await run.holder();
  const line = ledger.every === 0 ? 'It writes no ledger (ledger.every is 0)'
    : ledger.every > train.updates ? `Its ledger has no line, for ledger.every is ${ledger.every} and the run has ${train.updates} updates`
      : `The first line of its ledger comes with update ${ledger.every} (ledger.every)`;
  const first = checkpoint.every > 0 ? Math.min(checkpoint.every, train.updates) : train.updates;
  const next = holder === null ? `\`ebm resume ${path}\` goes on.` : `It is in use by ${holder.name} since ${holder.since}: try again later.`;
  return new UsageError('empty-range', `nothing of ${path} can be compared yet: it has no line in its ledger and no good checkpoint`,
    `${line}; its first checkpoint comes with update ${first}. ${next}`);
}
