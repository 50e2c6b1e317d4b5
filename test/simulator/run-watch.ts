// Watches one job: what its leaders and workers do is compared, event by event, with what the undisturbed run has. It sees what passes
// between the roles and their ports, and no role's inside.
import type { CompiledJob } from '../../ebm/job.ts';
import type { Parameters, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { chainsOf } from '../../coordinator/machine/settings.ts';
import type { RunEvent } from '../../coordinator/shell/events.ts';
import type { StepSettings, UpdateUnit } from '../../engine/engine.ts';
import { compareInstances, type Instance } from '../../platform/journal/retention.ts';
import type { ContributionMessage, LeaseMessage, Message, Range } from '../../proto/messages.ts';
import type { Invariant } from './invariants.ts';
import type { Life } from './life.ts';
import { figuresText, mastersSum, publishedSum, versionKey, type Oracle } from './oracle.ts';
import type { Reached } from './situations.ts';

export interface Reporting {
  readonly reached: Reached;
  fail(invariant: Invariant, message: string): void;
  /** A run gives work. */
  working(id: string): void;
}

/** One leader's time with the run. */
export interface Term {
  readonly life: Life;
  readonly epoch: number;
  /** Epoch of the leader. */
  readonly leader: number;
  /** The version in place, or null while one is being restored. */
  place: { readonly branch: number; readonly version: number } | null;
  isStepping: boolean;
  /** The step's sums had no lie in them. */
  isStepTrusted: boolean;
  /** No line is on its way that has a lie in it: lines are written later, and cut when the lie is taken back. */
  isLedgerTrusted: boolean;
  isSaving: boolean;
  isMeasuring: boolean;
  hasLeased: boolean;
  rolledBackAt: number | null;
  savedSince: boolean;
  /** Updates of which something was counted and not yet applied. */
  readonly counted: Set<number>;
  readonly quarantined: Set<string>;
  /** Ledger lines since the last checkpoint. */
  unsavedLines: number;
}

interface Granted { readonly worker: string; readonly unit: string; readonly data: Range | null; readonly chains: Range | null; isCounted: boolean }

const text = ({ from, to }: Range): string => `${from}..${to}`;
const sameRange = (a: Range | null, b: Range): boolean => a !== null && a.from === b.from && a.to === b.to;

export class RunWatch {
  readonly id: string;
  readonly job: CompiledJob;
  readonly oracle: Oracle;
  readonly #to: Reporting;
  readonly #owners = new Map<number, Life>();
  readonly #leases = new Map<string, Granted>();
  readonly #lies = new Set<string>();
  readonly #spoiled = new Set<string>();
  readonly terms: Term[] = [];
  #taint: { readonly term: Term; readonly worker: string; isDurable: boolean } | null = null;
  /** Terms with a lie in them that have a successor and do not know it yet: what workers compute for them is void. */
  readonly #haunted: Term[] = [];
  /** A lie was saved and never found out: what it left cannot be told from the truth any more. */
  isScarred = false;
  /** The newest checkpoint that was reported as written. */
  #durable: Instance | null = null;

  constructor(id: string, job: CompiledJob, oracle: Oracle, to: Reporting) {
    this.id = id;
    this.job = job;
    this.oracle = oracle;
    this.#to = to;
  }

  get isTrusted(): boolean { return this.#taint === null && !this.isScarred && !this.#haunted.some(({ life }) => life.isAlive); }

  get isTainted(): boolean { return this.#taint !== null; }

  opens(life: Life, epoch: number, leader: number): Term {
    const before = this.terms.at(-1);
    if (before !== undefined && epoch <= before.epoch) this.#to.fail('I1', `a leader of epoch ${epoch} follows one of epoch ${before.epoch}`);
    const term: Term = {
      life, epoch, leader, place: null, isStepping: false, isStepTrusted: true, isLedgerTrusted: true, isSaving: false, isMeasuring: false, hasLeased: false, rolledBackAt: null, savedSince: false, counted: new Set(), quarantined: new Set(), unsavedLines: 0,
    };
    this.terms.push(term);
    if (before !== undefined) this.#succeeds(before);
    return term;
  }

  #succeeds(before: Term): void {
    const { reached } = this.#to;
    if (before.life.isAlive && before.life.isStopped) reached.add('standby took over while the leader was stopped');
    if (before.counted.size > 0 && before.life.name !== this.terms.at(-1)!.life.name) reached.add('standby took over in mid-update');
    if (this.#taint?.term !== before) return;
    this.#haunted.push(before);
    this.#bury(this.#taint);
  }

  /** A term with a lie in it is over: the lie is saved for good, or gone with its leader. */
  #bury({ isDurable }: { readonly isDurable: boolean }): void {
    this.#to.reached.add('lie escaped');
    this.isScarred ||= isDurable;
    this.#taint = null;
  }

  /** A leader's process has died. */
  died(term: Term): void {
    const { reached } = this.#to;
    if (!term.hasLeased) reached.add('leader died while it opened a run');
    if (term.isStepping) reached.add('leader died in mid-step');
    if (term.isSaving) reached.add('leader died in mid-checkpoint');
    if (term.isMeasuring) reached.add('figures were interrupted');
    if (term.counted.size > 1) reached.add('leader died with two updates open');
    if (this.#durable === null && term.hasLeased) reached.add('leader died before its first checkpoint');
    if (term.rolledBackAt !== null && !term.savedSince) reached.add('leader died after a rollback, before a checkpoint');
  }

  // Messages.

  sent(life: Life, message: Message): void {
    if (message.kind === 'join' || message.kind === 'request' || message.kind === 'renew' || message.kind === 'leave') return;
    if (message.kind === 'contribution') return;
    if (message.kind === 'failed') {
      if (message.code === 'states-missing') this.#to.reached.add('chain states were missing');
      if (message.code === 'parameters-missing') this.#to.reached.add('parameters were gone');
      return;
    }
    if (message.kind === 'result' || message.kind === 'parameters-request') return;
    const owner = this.#owners.get(message.epoch);
    if (owner !== undefined && owner !== life) this.#to.fail('I2', `epoch ${message.epoch} of ${this.id} is ${owner.name}'s life ${owner.number} and ${life.name}'s life ${life.number}`);
    this.#owners.set(message.epoch, life);
  }

  /** A lease on its way from a leader. */
  leased(term: Term, worker: string, { epoch, lease, unit }: LeaseMessage): void {
    term.hasLeased = true;
    term.isMeasuring ||= unit.kind !== 'update';
    this.#to.working(this.id);
    const key = `${epoch}/${lease}`;
    const isUpdate = unit.kind === 'update';
    const what = isUpdate ? `update ${unit.branch}/${unit.update} ${text(unit.data)} ${text(unit.chains)}` : unit.kind;
    const known = this.#leases.get(key);
    if (known !== undefined && (known.worker !== worker || known.unit !== what)) this.#to.fail('I13', `lease ${key} was ${known.unit} of ${known.worker} and is ${what} of ${worker}`);
    if (known === undefined) this.#leases.set(key, { worker, unit: what, data: isUpdate ? unit.data : null, chains: isUpdate ? unit.chains : null, isCounted: false });
    if (term.quarantined.has(worker)) this.#to.fail('I15', `${worker} was quarantined and is given lease ${key}`);
  }

  lied({ epoch, lease, worker }: ContributionMessage): void {
    this.#lies.add(`${epoch}/${lease}/${worker}`);
  }

  /** What a unit read had changed while it was computed. */
  spoiled({ epoch, lease, worker }: ContributionMessage): void {
    this.#spoiled.add(`${epoch}/${lease}/${worker}`);
  }

  /** A contribution comes to a leader, and what becomes of it. */
  judged(term: Term, message: ContributionMessage, isCounted: boolean): void {
    const { reached } = this.#to;
    const granted = this.#leases.get(`${message.epoch}/${message.lease}`);
    if (!isCounted) {
      if (message.epoch < term.epoch) reached.add('fenced result arrived');
      else if (granted?.isCounted === true) reached.add('doubled contribution');
      else reached.add('late contribution');
      if (term.place !== null && message.branch < term.place.branch) reached.add('rollback met a late contribution');
      return;
    }
    const owner = this.#owners.get(message.epoch);
    const what = `a contribution of ${message.worker} to update ${message.update} with epoch ${message.epoch}, lease ${message.lease}`;
    if (owner !== term.life) this.#to.fail('I6', `${what} is counted under epoch ${term.epoch} by another leader than gave the lease`);
    if (granted?.worker !== message.worker) this.#to.fail('I6', `${what} is counted; the lease is ${granted?.worker ?? 'nobody'}'s`);
    else if (granted.isCounted) this.#to.fail('I6', `${what} is counted again`);
    else if (!sameRange(granted.data, message.data) || !sameRange(granted.chains, message.chains)) this.#to.fail('I6', `${what} is counted with other ranges than ${granted.unit}`);
    if (granted !== undefined) granted.isCounted = true;
    if (this.#spoiled.has(`${message.epoch}/${message.lease}/${message.worker}`)) this.#to.fail('I10', `${what} is counted, and what it was computed from had changed`);
    term.counted.add(message.update);
    if (this.#lies.has(`${message.epoch}/${message.lease}/${message.worker}`)) {
      reached.add('lie was counted');
      if (term === this.terms.at(-1)) this.#taint ??= { term, worker: message.worker, isDurable: false };
      else this.#haunted.push(term);
      term.isLedgerTrusted = false;
      term.isStepTrusted = false; // it may have been the update's last, whose step has begun
    }
  }

  // The leader's engine.

  published(term: Term, branch: number, version: number): void {
    term.place = { branch, version };
    term.counted.clear();
  }

  stepBegins(term: Term, sums: UpdateSums, { update, branch }: StepSettings): void {
    if (term.isStepping) this.#to.fail('I11', `a step of update ${update} begins while another is under way`);
    term.isStepping = true;
    term.isStepTrusted = this.isTrusted; // a lie that is found out meanwhile voids the step
    const { place } = term;
    if (place?.version !== update || place.branch !== branch) this.#to.fail('I4', `a step of update ${branch}/${update} at version ${place === null ? 'none' : versionKey(place.branch, place.version)}`);
    const { train } = this.job;
    if (sums.data.count !== train.batch || sums.model.count !== chainsOf(this.job)) {
      this.#to.fail('I3', `update ${update} is stepped with the sums of ${sums.data.count} samples and ${sums.model.count} chains, not of ${train.batch} and ${chainsOf(this.job)}`);
    }
  }

  stepEnds(term: Term, state: TrainingState, step: StepSettings, published: Parameters | null): void {
    term.isStepping = false;
    term.counted.delete(step.update);
    if (published !== null) term.place = { branch: step.branch, version: step.update + 1 };
    if (!term.isStepTrusted) return;
    const key = versionKey(step.branch, step.update + 1);
    const expected = this.oracle.versions.get(key);
    if ((published === null) !== (expected === undefined)) this.#to.fail('I5', published === null ? `version ${key} diverged` : `there is no version ${key} in the undisturbed run`);
    else if (published !== null && (expected?.masters !== mastersSum(state.masters) || expected.published !== publishedSum(published))) this.#to.fail('I5', `version ${key} differs`);
  }

  // A worker's engine.

  unitBegins(life: Life, { branch, update, version, chains }: UpdateUnit, parameters: Parameters, states: Uint8Array): void {
    if (!this.isTrusted) return;
    const what = `${life.name} computes chains ${text(chains)} of update ${branch}/${update}`;
    const named = versionKey(branch, version);
    if (this.oracle.versions.get(named)?.published !== publishedSum(parameters)) this.#to.fail('I9', `${what} with parameters that are not those of version ${named}`);
    const all = this.oracle.versions.get(versionKey(branch, update))?.chains;
    if (this.job.train.objective === 'cd' || all === undefined) return;
    const bytes = bytesOf(this.job.model.hidden);
    const right = all.subarray(chains.from * bytes, chains.to * bytes);
    if (right.length !== states.length || right.some((byte, i) => byte !== states[i])) this.#to.fail('I9', `${what} from other states than the undisturbed run's`);
  }

  // The journal, and what a leader tells.

  restored(found: Instance | null): void {
    const least = this.#durable;
    if (least !== null && (found === null || compareInstances(found, least) < 0)) {
      this.#to.fail('I8', `${this.id} begins from ${found === null ? 'the seed' : `update ${found.update} after ${found.rollbacks} rollbacks`}, though a checkpoint of update ${least.update} after ${least.rollbacks} was written`);
    }
  }

  saving(term: Term): void {
    term.isSaving = true;
    if (this.#taint?.term === term) this.#taint.isDurable = true;
  }

  saved(term: Term, instance: Instance): void {
    term.isSaving = false;
    term.savedSince = true;
    term.unsavedLines = 0;
    if (this.#durable === null || compareInstances(instance, this.#durable) > 0) this.#durable = instance;
  }

  discards(than: Instance): void {
    if (this.#durable !== null && compareInstances(this.#durable, than) > 0) this.#durable = than.update === 0 ? null : than;
  }

  /** `lines` of the ledger with their head, after it was appended to or cut. */
  ledger(term: Term, lines: number, head: string, isCut: boolean): void {
    if (this.#taint?.term === term) this.#taint.isDurable = true;
    if (isCut && this.isTrusted) term.isLedgerTrusted = true;
    if (this.isTrusted && term.isLedgerTrusted && this.oracle.heads[lines] !== head) this.#to.fail('I7', `the ledger of ${this.id} has another line ${lines} than the undisturbed run's`);
  }

  told(term: Term, event: RunEvent): void {
    const { reached } = this.#to;
    switch (event.kind) {
      case 'rollback':
        reached.add('rollback');
        if (this.terms.length > 1) reached.add('rollback after a takeover');
        Object.assign(term, { rolledBackAt: event.to, savedSince: false });
        return;
      case 'returned':
        reached.add('lie was taken back');
        if (event.to === event.from) term.isLedgerTrusted = true; // it had not come into any version
        return;
      case 'quarantined':
        reached.add('liar was found out');
        term.quarantined.add(event.worker);
        if (this.#taint?.term === term && this.#taint.worker === event.worker) this.#taint = null;
        return;
      case 'evaluated': {
        term.isMeasuring = false;
        const key = versionKey(term.place?.branch ?? 0, event.update);
        if (this.isTrusted && this.oracle.figures.get(key) !== figuresText(event)) this.#to.fail('I19', `the figures of version ${key} differ: ${figuresText(event)}`);
        return;
      }
      case 'started': case 'progress': case 'checkpoint': case 'paused': case 'warning': case 'finished': case 'interrupted': case 'cancelled': case 'failed':
    }
  }
}
