// Measuring a trained model: the coordinator's own desk of figures, whose units are computed here one after the other. Owns which figures
// are asked for and in what parts; what a figure is, is coordinator/shell's and ebm/partition's.
import { ENUMERATED_UNITS_MAX } from '../../ebm/partition/enumeration.ts';
import type { CompiledJob, LogPartitionSettings } from '../../ebm/job.ts';
import type { Figures } from '../../coordinator/shell/events.ts';
import { FigureDesk, type FigureData } from '../../coordinator/shell/figures.ts';
import type { Figure, FigurePlan } from '../../coordinator/machine/settings.ts';
import { specOf } from '../../platform/config/compile.ts';
import { isContinuousSpec } from '../../platform/config/config.ts';
import { specFromValue } from '../../platform/config/read.ts';
import { compute } from '../../worker/shell/evaluation.ts';
import type { EvaluateOptions } from '../commands/actions.ts';
import { UsageError } from '../terminal/failure.ts';
import type { LoadedModel } from './trained.ts';
import { partsOf, startWork, type WorkDescription, type Worksite } from './work.ts';

export type FigureFlags = Pick<EvaluateOptions, 'exact' | 'runs' | 'betas' | 'raise' | 'reverse'>;

/** The figures that the job asks for, changed by the flags; those of a job that has none are the defaults. Throws UsageError. */
export function settingsFor(job: CompiledJob, { exact, runs, betas, raise, reverse }: FigureFlags): LogPartitionSettings {
  const isAnnealed = runs !== null || betas !== null || raise || reverse;
  if (exact && isAnnealed) throw new UsageError('conflicting-flags', '--exact visits every state, so --runs, --betas, --raise and --reverse have no meaning with it', 'Leave out one or the other.');
  const own = job.evaluate === 'off' ? null : job.evaluate.logPartition;
  if (exact || (own?.kind === 'exact' && !isAnnealed)) {
    checkEnumerable(job);
    return { kind: 'exact' };
  }
  const asked = {
    ...(own?.kind === 'ais' ? own : { kind: 'ais' }), ...(runs === null ? {} : { runs }), ...(betas === null ? {} : { betas }),
    ...(raise ? { raise } : {}), ...(reverse ? { reverse } : {}),
  };
  const spec = specFromValue({ ...specOf(job), evaluate: { every: 0, logPartition: asked } }, [], `The figures of ${job.name}`);
  if (isContinuousSpec(spec) || spec.evaluate === 'off') throw new Error('figures were asked for');
  return spec.evaluate.logPartition;
}

function checkEnumerable({ facts: { visible }, model: { hidden } }: CompiledJob): void {
  if (Math.min(visible, hidden) <= ENUMERATED_UNITS_MAX) return;
  throw new UsageError('too-many-units', `log Z of ${visible} visible and ${hidden} hidden units cannot be enumerated: exact needs a layer of at most ${ENUMERATED_UNITS_MAX} units`,
    'Leave out --exact: annealed importance sampling estimates it, and --raise adds a conservative figure.');
}

/** Figures of a model by these settings. Throws StoppedError if a signal asks for it. */
export async function measure(job: CompiledJob, model: LoadedModel, data: FigureData, site: Worksite): Promise<Figures> {
  const desk = new FigureDesk(job, data);
  desk.begin();
  for (const plan of desk.plans()) await measureFigure(desk, plan, { job, model, data, site });
  return desk.conclude();
}

interface Measuring { readonly job: CompiledJob; readonly model: LoadedModel; readonly data: FigureData; readonly site: Worksite }

async function measureFigure(desk: FigureDesk, { figure, size, part }: FigurePlan, { job, model, data, site }: Measuring): Promise<void> {
  const bench = { session: model.session, shared: true, visible: job.facts.visible, rows: { test: data.test?.bits ?? null, validation: data.validation?.bits ?? null } };
  const { branch, version } = model.parameters;
  const report = startWork(site, describe(figure, size));
  // A thread computes a run alone, so a few runs a thread leave none idle for long, and the progress is seen.
  const most = figure.kind === 'log-partition' ? Math.min(part, 2 * model.threads) : part;
  for (const range of partsOf(size, most)) {
    const computed = await compute(bench, desk.unit(figure, range, { branch, version, of: 'masters' }), model.parameters, new Uint8Array(0));
    if (computed.kind !== 'values' || computed.values.kind !== 'numbers') throw new TypeError('a figure needs numbers');
    desk.collect(figure, range, computed.values.numbers);
    report(range.to - range.from);
  }
}

const METHODS = { ais: 'AIS', raise: 'RAISE', reverse: 'reverse AIS' } as const;

function describe(figure: Figure, total: number): WorkDescription {
  switch (figure.kind) {
    case 'exact': return { what: 'enumerating', unit: 'models', total, long: false };
    case 'log-partition': return { what: METHODS[figure.method], unit: 'runs', total, long: true };
    case 'rows': return { what: `${figure.set} rows`, unit: 'rows', total, long: false };
  }
}
