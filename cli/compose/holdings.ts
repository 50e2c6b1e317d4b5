// What a run directory holds, gathered without changing it: how far the run is, its checkpoints and their health, whether its ledger's
// chain holds, its last figures, rollbacks, and what is wrong. Text about it is inspect.ts.
import type { AnyJob } from '../../ebm/job.ts';
import type { LogLikelihoodFigure, LogPartitionFigure } from '../../coordinator/shell/events.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import type { LedgerProblem } from '../../platform/journal/ledger-file.ts';
import type { FileLeaseHolder } from '../../platform/lease/file.ts';
import type { RecordedStop } from '../../platform/journal/ended.ts';
import { readRunDirectory, type CheckpointHealth, type Misfit, type RunReader } from '../../platform/journal/reading.ts';
import { misfitText } from './on-record.ts';

export interface HeldFigures {
  readonly update: number;
  readonly testLogLikelihood: LogLikelihoodFigure | null;
  readonly validationLogLikelihood: LogLikelihoodFigure | null;
  readonly logPartition: LogPartitionFigure | null;
}

export interface HeldRollback { readonly from: number; readonly to: number; readonly branch: number; readonly learningRate: number | null; readonly reason: string }

export interface Holdings {
  readonly directory: string;
  readonly job: AnyJob;
  readonly digest: string;
  /** Of the newest good checkpoint; null if there is none. */
  readonly update: number | null;
  /** Newest first, every byte read. */
  readonly checkpoints: readonly CheckpointHealth[];
  readonly ledger: {
    readonly lines: number;
    readonly head: string;
    /** Of the last line on the chain; null if there is none. */
    readonly update: number | null;
    readonly problems: readonly LedgerProblem[];
  };
  readonly figures: HeldFigures | null;
  readonly rollbacks: readonly HeldRollback[];
  /** Good checkpoints that the ledger contradicts. */
  readonly misfits: readonly Misfit[];
  /** The live process that has the directory; null if none has. */
  readonly holder: FileLeaseHolder | null;
  /** How it ended short of its goal; null if it did not. */
  readonly stop: RecordedStop | null;
  /** Updates at which the run was taken up again. */
  readonly resumed: readonly number[];
  readonly warnings: readonly string[];
}

export async function holdingsOf(directory: string): Promise<Holdings> {
  const reader = await readRunDirectory(directory);
  // Before anything else: a process that ends while this looks has told its end by then.
  const holder = await reader.holder();
  const checkpoints = await reader.checkpoints('deep');
  const misfits = await reader.misfits(checkpoints);
  let update: number | null = null;
  const scan = await reader.ledger(({ entry }) => { update = entry.update; });
  const ledger = { lines: scan.position.lines, head: scan.position.head, update, problems: scan.problems };
  const metrics = await metricsOf(reader);
  return {
    directory, job: reader.job, digest: reader.digest, update: checkpoints.find(({ kind }) => kind === 'good')?.update ?? null, checkpoints, misfits, ledger, holder, stop: await reader.stopped(), ...metrics,
    warnings: [...warningsOf(reader, checkpoints), ...misfits.map(misfitText)],
  };
}

type Line = Readonly<Record<string, unknown>>;

async function metricsOf(reader: RunReader): Promise<Pick<Holdings, 'figures' | 'rollbacks' | 'resumed'>> {
  let figures: HeldFigures | null = null;
  const rollbacks: HeldRollback[] = [];
  const resumed: number[] = [];
  await reader.metrics((line) => {
    const update = numberOf(line, 'update');
    if (update === null) return;
    if (line['kind'] === 'evaluated') figures = figuresOf(line, update);
    if (line['kind'] === 'resumed') resumed.push(update);
    if (line['kind'] === 'rollback') {
      const reason = line['reason'];
      rollbacks.push({ from: update, to: numberOf(line, 'to') ?? 0, branch: numberOf(line, 'branch') ?? 0, learningRate: numberOf(line, 'learningRate'), reason: typeof reason === 'string' ? reason : '' });
    }
  });
  return { figures, rollbacks, resumed };
}

function numberOf(line: Line, field: string): number | null {
  const value = line[field];
  return typeof value === 'number' ? value : null;
}

/** As the observer wrote them; what is no object is not measured. */
function figuresOf(line: Line, update: number): HeldFigures {
  const object = (field: string): unknown => (typeof line[field] === 'object' ? line[field] : null);
  const likelihood = (field: string): LogLikelihoodFigure | null => object(field) as LogLikelihoodFigure | null;
  return {
    update, testLogLikelihood: likelihood('testLogLikelihood'), validationLogLikelihood: likelihood('validationLogLikelihood'),
    logPartition: object('logPartition') as LogPartitionFigure | null,
  };
}

function warningsOf({ job, digest, path }: RunReader, checkpoints: readonly CheckpointHealth[]): readonly string[] {
  const damaged = checkpoints.flatMap((checkpoint) => checkpoint.kind === 'damaged' ? [checkpoint.what] : []);
  const computed = jobDigest(job);
  return [
    ...damaged,
    ...(computed === digest ? [] : [`${path}/job.json: it names the job ${digest}, which this program computes as ${computed}: it was written by another version`]),
    ...(checkpoints.length > 0 && damaged.length === checkpoints.length ? ['no checkpoint can be used: put one of them back from a copy, or compute the run again from its seed'] : []),
  ];
}
