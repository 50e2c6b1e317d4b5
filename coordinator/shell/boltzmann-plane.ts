// The plane of a Boltzmann machine's run: its arrays (plane.ts) with what is measured of them, and as snapshots.
import { energyGap } from '../../ebm/diagnostics/energy-gap.ts';
import { flipRate, reconstructionError } from '../../ebm/diagnostics/reconstruction.ts';
import { bytesOf, popcount } from '../../ebm/rbm/bits.ts';
import { gridScale } from '../../ebm/rbm/grid.ts';
import type { Parameters, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { StepSettings } from '../../engine/engine.ts';
import type { PublishedModel, Snapshot, SnapshotArray } from '../../platform/journal/journal.ts';
import type { ContributionMessage, ParametersName } from '../../proto/messages.ts';
import type { DataPlane, Stepped, UpdateFigures, VersionAt } from './data-plane.ts';
import { chainsDigest, parametersDigest } from './digest.ts';
import type { PackedRows } from './figures.ts';
import { ChainHealth, drawEvery, type ChainFigures } from './health.ts';
import { Plane, type PlaneOptions } from './plane.ts';
import { loadArrays, modelToExport, takeArrays } from './snapshots.ts';

/** Rows whose reconstruction is looked at: more would hold up the run. */
const RECONSTRUCTED_ROWS = 20;

export interface BoltzmannPlaneOptions extends PlaneOptions {
  readonly test: PackedRows | null;
}

export class BoltzmannPlane extends Plane implements DataPlane {
  readonly sendsStates = false;
  readonly #of: BoltzmannPlaneOptions;
  readonly #health: ChainHealth;

  constructor(options: BoltzmannPlaneOptions) {
    super(options);
    this.#of = options;
    this.#health = new ChainHealth(drawEvery(options.job, 1));
  }

  discard({ content, states }: ContributionMessage): void {
    if (content.kind === 'sums') this.release({ sums: content.sums, chains: states });
  }

  apply(step: StepSettings, staleness: number, measures: ((figures: UpdateFigures) => void) | null): Promise<Stepped> {
    return this.takeStep(step, measures === null ? null : (sums) => { measures(this.#figures(step, staleness, sums)); });
  }

  #figures({ branch, update }: StepSettings, staleness: number, sums: UpdateSums): UpdateFigures {
    const { grid } = this.#of.job.model;
    const parameters = this.find({ branch, version: Math.max(0, update - staleness), of: 'masters' });
    if (parameters === undefined) return { energyGap: null, weightNorm: null, more: {} };
    return { energyGap: finite(energyGap(parameters, grid, sums)), weightNorm: finite(normOf(parameters.weights) / gridScale(grid)), more: {} };
  }

  /** They are the run's by their version. */
  commit(): void { /* nothing to move */ }

  digests(version: number): { readonly parameters: string; readonly chains: string | null } {
    const chains = this.chainsAt(version);
    return { parameters: parametersDigest(this.state.masters), chains: chains.length === 0 ? null : chainsDigest(chains) };
  }

  takeArrays(at: VersionAt): ReadonlyMap<string, SnapshotArray> {
    return takeArrays(this, this.#of.job, at);
  }

  async loadArrays(snapshot: Snapshot, branch: number): Promise<void> {
    const before: Parameters | null = loadArrays(this, snapshot, branch);
    if (before !== null) await this.adopt(before);
  }

  model(at: VersionAt): PublishedModel {
    return modelToExport(this, this.#of.job, at);
  }

  moved(version: number): number | null {
    const chains = this.chainsAt(version);
    return chains.length === 0 ? null : finite(flipRate(this.chainsAt(version - 1), chains, this.#of.job.model.hidden));
  }

  /** Of a chain: how many of its hidden units are on. */
  health(version: number, chains = this.chainsAt(version)): ChainFigures | null {
    const bytes = bytesOf(this.#of.job.model.hidden);
    return this.#health.observe(version, { count: chains.length / bytes, traceOf: (chain) => popcount(chains.subarray(chain * bytes, (chain + 1) * bytes)) });
  }

  restartHealth(): void {
    this.#health.restart();
  }

  reconstruction(name: ParametersName): number | null {
    const { job, test } = this.#of;
    const parameters = this.find(name);
    if (test === null || parameters === undefined) return null;
    const { visible } = job.facts;
    const { hidden, grid } = job.model;
    const rows = test.bits.subarray(0, Math.min(test.rows, RECONSTRUCTED_ROWS) * bytesOf(visible));
    return finite(reconstructionError({ parameters, visible, hidden, grid }, rows).meanSquare);
  }
}

/** Four sums, since each waits for itself; whole numbers below 2^53, so their order does not matter. */
function normOf(values: Int16Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! * values[i]!;
    b += values[i + 1]! * values[i + 1]!;
    c += values[i + 2]! * values[i + 2]!;
    d += values[i + 3]! * values[i + 3]!;
  }
  for (let i = whole; i < values.length; i += 1) a += values[i]! * values[i]!;
  return Math.sqrt(a + b + c + d);
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
