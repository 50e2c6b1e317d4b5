// The keeper of the run's memory: ledger lines, checkpoints and restores through the Journal port, one after the other, beside the training.
// What is taken is copied at once; what is written waits its turn. Failures go to the one who asked.
import { LEDGER_START, type AppendOutcome, type Journal, type LedgerAside, type LedgerPosition, type Snapshot } from '../../platform/journal/journal.ts';
import type { ComputedBy } from '../../proto/messages.ts';
import type { Command, RunMarks } from '../machine/events.ts';
import { engineText, isSameEngine } from '../machine/classes.ts';
import type { DataPlane } from './data-plane.ts';

type Of<Kind extends Command['kind']> = Extract<Command, { readonly kind: Kind }>;

export interface KeeperOptions {
  readonly journal: Journal;
  readonly plane: DataPlane;
  /** What the run starts from: a snapshot, or null for the seed. */
  readonly start: Snapshot | null;
  /** What stands beside a ledger line. */
  readonly aside: () => LedgerAside;
  /** Whose contributions the run is made of; empty where it does not matter. */
  readonly computedBy: () => readonly ComputedBy[];
  /** Resolves when the workers have got what they are to do. */
  readonly later: () => Promise<void>;
  /** A recomputed ledger line differs from the one that was cut: how, in words. */
  readonly onDiffers: (message: string) => void;
  readonly onWarning: (message: string) => void;
}

export interface Restored extends RunMarks { readonly update: number; readonly figure: number | null }

interface Digests { readonly parameters: string; readonly chains: string | null }

/** An engine that changed meanwhile comes first: it explains the rest. */
function differenceText({ line, was, beside }: Extract<AppendOutcome, { readonly kind: 'differs' }>, now: LedgerAside): string {
  const engines = isSameEngine(beside, now) ? '' : `${engineText(beside)} computed it before, ${engineText(now)} does now, and they differ: go on with the ebm that began the run, or start a new one; `;
  return `${engines}line ${line} of the ledger was computed again and differs from what was recorded: ${was}`;
}

export class Keeper {
  readonly #options: KeeperOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #unfinished = 0;
  /** Takes digests that are owed of the version that the plane holds. */
  #owed: (() => void) | null = null;
  /** Taken last, and not of another history: a ledger line and a checkpoint are often of one version. */
  #known: { readonly version: number; readonly digests: Digests } | null = null;
  /** After a return lines are meant to differ: what was cut had a wrong contribution in it. */
  #returned: LedgerAside | null = null;

  constructor(options: KeeperOptions) { this.#options = options; }

  /** Whether something is being written, or waits to be. */
  get isBusy(): boolean { return this.#unfinished > 0; }

  /** When everything asked for so far is written. */
  idle(): Promise<unknown> { return this.#turn; }

  ledgerPosition(): LedgerPosition { return this.#options.journal.ledgerPosition(); }

  digests(version: number): Digests {
    if (this.#known?.version !== version) this.#known = { version, digests: this.#options.plane.digests(version) };
    return this.#known.digests;
  }

  /** Digests take as long as an update's step or more: they are taken while workers compute, and at the latest by `settle`. */
  ledger({ update, branch, rollbacks }: Of<'ledger'>): Promise<void> {
    const digests = this.#owe(update);
    const aside = { ...this.#options.aside(), ...this.#returned };
    return this.#queue(async () => {
      const outcome = await this.#options.journal.appendLedger({ update, branch, rollbacks, ...await digests }, aside);
      if (outcome.kind === 'differs' && this.#returned === null) this.#options.onDiffers(differenceText(outcome, aside));
    });
  }

  /** Before the plane goes on to another version. */
  settle(): void { this.#owed?.(); }

  #owe(version: number): Promise<Digests> {
    this.settle();
    return new Promise((resolve) => {
      this.#owed = () => {
        this.#owed = null;
        resolve(this.digests(version));
      };
      void this.#options.later().then(() => { this.settle(); });
    });
  }

  checkpoint({ update, branch, rollbacks, rateScale, reason }: Of<'checkpoint'>, figure: number | null): Promise<{ readonly path: string }> {
    const { plane, journal } = this.#options;
    const at = { branch, version: update };
    const arrays = plane.takeArrays(at);
    const model = plane.model(at);
    const digests = this.digests(update);
    const computedBy = this.#options.computedBy();
    return this.#queue(() => {
      const { lines, head } = journal.ledgerPosition();
      return journal.checkpoint({ formatVersion: 1, update, branch, rollbacks, rateScale, reason, arrays, ledger: { lines, head }, figure, digests, ...(computedBy.length === 0 ? {} : { computedBy }) }, model);
    });
  }

  metrics(line: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#queue(() => this.#options.journal.appendMetrics(line));
  }

  /** Brings back a version, and publishes it. The ledger is cut to it, except for a rollback: there the past stays on record. */
  restore({ from }: Of<'restore'>): Promise<Restored> {
    this.settle();
    this.#known = null;
    return this.#queue(async () => {
      const { journal, plane, start } = this.#options;
      await plane.still();
      if (from.kind === 'start') {
        await journal.cutLedger(start?.ledger ?? LEDGER_START);
        return this.#load(start, null);
      }
      const found = await journal.restoreScheduled(from.update);
      found.warnings.forEach(this.#options.onWarning);
      const snapshot = found.kind === 'restored' ? found.snapshot : null;
      const update = snapshot?.update ?? 0;
      const isExact = update === from.update;
      // A return to before the branch began goes back to the branch before, which diverges again as it did: its lines are in the ledger.
      const isThisBranch = from.returned === null || (snapshot?.branch ?? 0) === from.as.branch;
      const restored = await this.#load(snapshot, isExact && isThisBranch ? from.as : null);
      if (from.returned !== null) this.#returned = { returned: `recomputed from update ${update}: worker ${from.returned} had computed wrongly` };
      if (from.returned !== null || !isExact) {
        await journal.discardNewer({ rollbacks: snapshot?.rollbacks ?? 0, update });
        await journal.cutLedger(snapshot?.ledger ?? LEDGER_START);
      }
      return restored;
    });
  }

  async #load(snapshot: Snapshot | null, as: RunMarks | null): Promise<Restored> {
    const { plane } = this.#options;
    plane.clearPublished();
    const marks: RunMarks = as ?? { branch: snapshot?.branch ?? 0, rollbacks: snapshot?.rollbacks ?? 0, rateScale: snapshot?.rateScale ?? 1 };
    const update = snapshot?.update ?? 0;
    if (snapshot === null) plane.start();
    else await plane.loadArrays(snapshot, marks.branch);
    const outcome = await plane.publish(marks.branch, update);
    if (outcome.kind === 'diverged') throw new Error(`version ${update} cannot be published: ${outcome.reason} at ${outcome.where}`);
    return { update, branch: marks.branch, rollbacks: marks.rollbacks, rateScale: marks.rateScale, figure: snapshot?.figure ?? null };
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    this.#unfinished += 1;
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined).then(() => { this.#unfinished -= 1; });
    return done;
  }
}
