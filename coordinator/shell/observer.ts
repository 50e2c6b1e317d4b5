// The observer: turns what happens into events for people and lines of metrics. Nothing reads it back.
// Energy gap, flip rate and norms are taken once a second, when a progress event is due, and have no effect on results.
import { rateAt } from '../../ebm/optimiser/schedule.ts';
import type { LedgerAside } from '../../platform/journal/journal.ts';
import type { ComputedBy, Look } from '../../proto/messages.ts';
import type { Report } from '../machine/events.ts';
import { told } from '../machine/classes.ts';
import { lengthAt } from '../machine/settings.ts';
import type { Outcome } from '../machine/state.ts';
import type { DataPlane, UpdateFigures } from './data-plane.ts';
import type { Figures, RunDigests, RunEvent, RunOutcome } from './events.ts';
import type { Restored } from './keeper.ts';
import { remarksOn } from './observations.ts';
import type { CoordinatorOptions } from './options.ts';
import { epochOf, Pace } from './pace.ts';
import type { StageTotals } from './stages.ts';

const PROGRESS_MS = 1_000;

export type MetricsLine = Readonly<Record<string, unknown>>;
interface Position { readonly update: number; readonly branch: number; readonly rollbacks: number }
interface Step { readonly update: number; readonly branch: number; readonly learningRate: number }

export interface ObserverOptions {
  readonly run: CoordinatorOptions;
  readonly plane: DataPlane;
  readonly until: number;
  /** Writes a line of metrics. */
  readonly record: (line: MetricsLine) => void;
  /** What updates have cost so far by stage; null where there is no wire. */
  readonly stages: () => StageTotals | null;
}

export class Observer {
  readonly #options: ObserverOptions;
  readonly #pace: Pace;
  /** What was measured of an update before its step, when a progress event is due. */
  #sample: { readonly step: Step; readonly figures: UpdateFigures } | null = null;
  #figures: Figures | null = null;
  #measuredFromMs = 0;
  #branch = 0;
  /** Version whose chains were looked at last. */
  #traced: number | null = null;

  constructor(options: ObserverOptions) {
    this.#options = options;
    const { job, clock, progressMs = PROGRESS_MS } = options.run;
    this.#pace = new Pace({ job, clock, progressMs, until: options.until });
  }

  /** What stands beside a ledger line. */
  aside(computedBy: readonly ComputedBy[]): LedgerAside {
    const { engine, clock, aside } = this.#options.run;
    return { engine: engine.version, ...told(computedBy), threads: engine.threads, at: new Date(clock.dateMs()).toISOString(), ...aside };
  }

  warn(message: string): void {
    this.#say({ kind: 'warning', message });
  }

  restored({ update, branch }: Restored, isStart: boolean): void {
    this.#options.plane.restartHealth();
    this.#traced = null;
    if (!isStart) return;
    const { job, jobDigest, engine } = this.#options.run;
    this.#pace.start(update);
    if (update > 0) this.#options.record({ kind: 'resumed', update, branch, at: this.#options.run.clock.dateMs() });
    this.#say({ kind: 'started', job: jobDigest, update, updates: this.#options.until, branch, engine: engine.version, threads: engine.threads });
    for (const message of remarksOn(job)) {
      this.warn(message);
      this.#options.record({ kind: 'warning', update, message, at: this.#options.run.clock.dateMs() });
    }
  }

  /** Before a step is taken: who is to be told of its figures, or null if none are due. */
  due(step: Step): ((figures: UpdateFigures) => void) | null {
    if (!this.#pace.isDue() && step.update + 1 !== this.#options.until) return null;
    return (figures) => { this.#sample = { step, figures }; };
  }

  /** While a step is taken, or before a span: of the version that it leaves. */
  leaving({ update, branch }: Pick<Step, 'update' | 'branch'>): void {
    this.#branch = branch;
    if (update > 0) this.#trace(update);
  }

  /** After a span: of the versions in it that are looked at. */
  advanced(looks: readonly Look[]): void {
    for (const { version, states } of looks) this.#trace(version, states);
  }

  committed(version: number): void {
    if (version === this.#options.until) this.#trace(version);
    const sample = this.#sample;
    if (sample?.step.update !== version - 1) return;
    this.#sample = null;
    const progress = this.#pace.say(version, { energyGap: sample.figures.energyGap, acceptance: sample.figures.more['acceptance'] });
    this.#say(progress);
    const { plane, run: { telemetry } } = this.#options;
    const { update, epoch, energyGap: gap, updatesPerSecond, samplesPerSecond } = progress;
    const { branch, learningRate } = sample.step;
    this.#options.record({
      kind: 'progress', update, branch, epoch, energyGap: gap, flipRate: plane.moved(version), updatesPerSecond, samplesPerSecond, learningRate,
      weightNorm: sample.figures.weightNorm, ...sample.figures.more, at: this.#options.run.clock.dateMs(),
    });
    const totals = this.#options.stages();
    if (totals !== null) this.#options.record({ kind: 'stages', update, branch, totals, at: this.#options.run.clock.dateMs() });
    if (gap !== null) telemetry.gauge('ebm_energy_gap_nats', gap);
    if (progress.acceptance !== undefined) telemetry.gauge('ebm_chain_acceptance_ratio', progress.acceptance);
    if (updatesPerSecond !== null) telemetry.gauge('ebm_updates_per_second', updatesPerSecond);
  }

  #trace(version: number, states?: Uint8Array): void {
    if (version === this.#traced) return;
    this.#traced = version;
    const { plane, record, run: { telemetry } } = this.#options;
    const health = plane.health(version, states);
    if (health === null) return;
    record({ kind: 'health', update: version, branch: this.#branch, ...health });
    if (health.rHat !== null) telemetry.gauge('ebm_chain_rhat', health.rHat);
    if (health.chainEss !== null) telemetry.gauge('ebm_chain_ess', health.chainEss);
  }

  measuring(): void {
    this.#measuredFromMs = this.#options.run.clock.nowMs();
  }

  measured(figures: Figures, { update, branch }: Omit<Position, 'rollbacks'>): void {
    const { plane } = this.#options;
    const durationMs = this.#options.run.clock.nowMs() - this.#measuredFromMs;
    this.#pace.rest(durationMs);
    this.#figures = figures;
    const event = { kind: 'evaluated', update, ...figures, seconds: durationMs / 1000 } as const;
    this.#say(event);
    this.#options.record({ ...event, branch, reconstructionError: plane.reconstruction(plane.measuredName(branch, update)), at: this.#options.run.clock.dateMs() });
  }

  saved(update: number, path: string): void {
    this.#say({ kind: 'checkpoint', update, path });
    this.#options.run.telemetry.count('ebm_checkpoints_total');
  }

  report(what: Report): void {
    switch (what.kind) {
      case 'rollback': {
        const { job, lengths = [] } = this.#options.run;
        const { from, to, branch, rateScale, message } = what;
        const learningRate = rateAt(job.train.optimiser, { update: to, updates: lengthAt({ job, lengths }, to), rateScale });
        this.#say({ kind: 'rollback', from, to, branch, learningRate, reason: message });
        this.#options.record({ kind: 'rollback', update: from, from, to, branch, learningRate, reason: message, at: this.#options.run.clock.dateMs() });
        this.#options.run.telemetry.count('ebm_rollbacks_total');
        return;
      }
      case 'returned': this.#say({ kind: 'returned', from: what.from, to: what.to, worker: what.worker }); return;
      case 'quarantined': this.#say(what); return;
      case 'paused': this.#say(what); return;
    }
  }

  ended(outcome: Outcome, at: Position, more: { readonly digests: RunDigests | null; readonly path: string | null; readonly cause: unknown; readonly computedBy: readonly ComputedBy[] }): RunOutcome {
    const ended = this.#outcome(outcome, { ...at, seconds: this.#pace.seconds() }, more);
    this.#say(ended);
    return ended;
  }

  #outcome(outcome: Outcome, at: Position & { readonly seconds: number }, more: { readonly digests: RunDigests | null; readonly path: string | null; readonly cause: unknown; readonly computedBy: readonly ComputedBy[] }): RunOutcome {
    switch (outcome.kind) {
      case 'cancelled': return { kind: 'cancelled', ...at };
      case 'interrupted': return { kind: 'interrupted', ...at, path: more.path };
      case 'failed': return { kind: 'failed', ...at, code: outcome.code, message: outcome.message, update: outcome.update, cause: more.cause };
      case 'finished': {
        const { job, jobDigest, engine } = this.#options.run;
        if (more.digests === null) throw new Error('a finished run has digests');
        return {
          kind: 'finished', ...at, job: jobDigest, updates: at.update, epochs: epochOf(job, at.update), ...more.digests, engine: told(more.computedBy)?.engine ?? engine.version,
          testLogLikelihood: this.#figures?.testLogLikelihood ?? null, logPartition: this.#figures?.logPartition ?? null,
          samplesPerSecond: this.#pace.samplesPerSecond(at.update),
        };
      }
    }
  }

  #say(event: RunEvent): void {
    this.#options.run.onEvent(event);
  }
}
