// A coordinator's process: waits for the lease, leads with the real cluster's shell over the simulated store, opens runs in run directories
// behind the leader's fence, answers questions. What cli/ composes for real ones, with watched ports.
import type { RunEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import type { JobRecord } from '../../coordinator/machine/cluster/history.ts';
import { CLUSTER_RULES } from '../../coordinator/machine/cluster/state.ts';
import { guidedCut, type Cut, type FleetRules } from '../../coordinator/machine/settings.ts';
import { answer } from '../../coordinator/shell/cluster/answers.ts';
import { ClusterShell } from '../../coordinator/shell/cluster/cluster.ts';
import type { JobEvent, OpenRun, RunHost, RunPlace } from '../../coordinator/shell/cluster/host.ts';
import { CLUSTER_RULES as FLEET_RULES } from '../../coordinator/shell/options.ts';
import { CoordinatorShell } from '../../coordinator/shell/shell.ts';
import { CLUSTER_SUBJECTS, JOB_QUESTIONS, type JobOperation } from '../../platform/cluster/messages.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { createRunDirectory, openRunDirectory, type RunSystem } from '../../platform/journal/run-directory.ts';
import { fencedFiles } from '../../platform/store/fenced-files.ts';
import { StorageError } from '../../platform/store/errors.ts';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import { SUBJECTS, WIRE_FORMAT_VERSION, type Message } from '../../proto/messages.ts';
import { JOBS } from './jobs.ts';
import { watchedJournal } from './journal.ts';
import type { Life } from './life.ts';
import { Random } from './random.ts';
import type { RunWatch, Term } from './run-watch.ts';
import { simulatedSession } from './session.ts';
import { dataOf, FINGERPRINT, sessionOf, type World } from './world.ts';

export const GOLDEN = `sha256:${'5'.repeat(64)}`;
export const RUNS = '/store/runs';
export const RECORDS = '/store/records';

const STANDBY_MS = 400;
const RENEW_MS = 800;

export function systemOf(world: World, life: Life): RunSystem {
  const pid = 1 + [...world.nodes.keys()].indexOf(life.name) + 1_000 * life.number;
  return {
    files: life.files(world.disk.files(), world.scenario.syncMs), nowMs: () => life.clock.dateMs(), isFenced: true,
    processes: {
      self: () => ({ pid, host: life.name, startTicks: pid, bootId: null, machineId: life.name, pidNamespace: null }),
      stateOf: (other) => other.host !== life.name ? 'unknown' : other.pid === pid ? 'alive' : 'dead',
    },
  };
}

/** Leads when the lease allows, until it is told to stop or another one leads. */
export async function coordinate(world: World, life: Life): Promise<void> {
  const wire = life.wire(world.network);
  const stop = new AbortController();
  life.terminate = () => { stop.abort(); };
  while (await world.lease(life, wire, 'take') !== 'taken') {
    await life.sleep(STANDBY_MS);
    if (stop.signal.aborted) return;
  }
  const system = systemOf(world, life);
  const store = await openDirectoryStore(system.files, RECORDS);
  const host = new SimulatedHost(world, life, { wire, system });
  const shell = await ClusterShell.lead({
    store, name: life.name, clock: life.clock, transport: wire, host, telemetry: telemetryOf(() => undefined),
    wireVersion: WIRE_FORMAT_VERSION, golden: GOLDEN, rules: { ...CLUSTER_RULES, turnMs: 3_000 },
    onEvent: () => undefined, onWarning: (message) => { world.note(life.name, `warns: ${message}`); },
  });
  if (shell.epoch <= world.fenced) world.fail('I1', `${life.name} leads under epoch ${shell.epoch}, and ${world.fenced} was taken before`);
  world.fenced = shell.epoch;
  world.note(life.name, `leads under epoch ${shell.epoch}`);
  const desks = (Object.keys(JOB_QUESTIONS) as JobOperation[]).map((operation) => wire.serve(CLUSTER_SUBJECTS.jobs(operation), async (question) => answered({ shell, host }, operation, question)));
  const renewing = life.clock.every(RENEW_MS, () => {
    void world.lease(life, wire, 'renew').then((outcome) => { if (outcome === 'lost' && !world.scenario.isStubborn) stop.abort(); });
  });
  const outcome = await shell.run(stop.signal);
  world.note(life.name, `leads no more: ${outcome.kind}`);
  if (outcome.kind === 'deposed') world.reached.add('deposed leader woke up');
  renewing.stop();
  for (const desk of desks) desk.close();
  await store.close();
  await world.lease(life, wire, 'give-up');
}

async function answered(desk: { readonly shell: ClusterShell; readonly host: RunHost }, operation: JobOperation, question: Uint8Array): Promise<Uint8Array> {
  try {
    const given = await answer(desk, operation, JSON.parse(new TextDecoder().decode(question)));
    return new TextEncoder().encode(JSON.stringify({ answer: given }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    return new TextEncoder().encode(JSON.stringify({ refused: code, message: error instanceof Error ? error.message : String(error) }));
  }
}

/** Telemetry that tells of each count, with its outcome if it has one. */
function telemetryOf(told: (name: string, outcome: string | undefined) => void): Telemetry {
  return {
    count: (name, _by, labels) => { told(name, (labels as { readonly outcome?: string } | undefined)?.outcome); },
    gauge: () => undefined, observe: () => undefined, forget: () => undefined,
  };
}

interface Means { readonly wire: Transport<Uint8Array>; readonly system: RunSystem }

function cutOf({ scenario }: World): Cut {
  switch (scenario.cuts) {
    case 'guided': return guidedCut;
    case 'whole': return ({ remaining }) => remaining;
    case 'random': return ({ remaining, from, task }) => 1 + Math.floor(new Random(scenario.seed, `cut ${task} ${from}`).next() * remaining);
  }
}

function rulesOf(world: World): Partial<FleetRules> {
  return { ...FLEET_RULES, leaseMs: 2_500, disputeMs: 60_000, twinAfterMs: world.scenario.twinAfterMs, cut: cutOf(world) };
}

class SimulatedHost implements RunHost {
  readonly #world: World;
  readonly #life: Life;
  readonly #means: Means;

  constructor(world: World, life: Life, means: Means) {
    this.#world = world;
    this.#life = life;
    this.#means = means;
  }

  check(spec: Readonly<Record<string, unknown>>): { readonly name: string; readonly priority: number } {
    return { name: `job${String(spec['job'])}`, priority: Number(spec['priority']) };
  }

  open(record: JobRecord, place: RunPlace): OpenRun {
    const number = Number(record.spec?.['job']);
    const run = new HostedRun({ world: this.#world, life: this.#life, means: this.#means, watch: this.#world.runOf(record.id, number), number, place });
    return run.handle(record.id);
  }

  files(): Promise<readonly []> { return Promise.resolve([]); }

  read(): Promise<null> { return Promise.resolve(null); }
}

interface HostedOptions { readonly world: World; readonly life: Life; readonly means: Means; readonly watch: RunWatch; readonly number: number; readonly place: RunPlace }

/** A run under one leader. */
class HostedRun {
  readonly #options: HostedOptions;
  readonly #stop = new AbortController();
  #opened: Term | null = null;
  #shell: CoordinatorShell | null = null;
  #isAbandoned = false;
  /** The message at hand, and whether what it brought was counted. */
  #wasCounted = false;

  constructor(options: HostedOptions) {
    this.#options = options;
  }

  handle(id: string): OpenRun {
    const ended = this.#train().then(eventOf, (error: unknown): JobEvent => ({ kind: 'failed', code: error instanceof StorageError ? error.code : 'simulated', message: error instanceof Error ? error.stack ?? error.message : String(error), update: 0 }));
    return {
      run: id, compiled: JSON.stringify({ id, job: this.#options.number }), ended: this.#options.life.gate(ended),
      interrupt: () => { this.#stop.abort(); },
      abandon: () => { this.#isAbandoned = true; this.#stop.abort(); this.#shell?.wish('cancel'); },
      release: (worker) => { this.#shell?.release(worker); this.#options.world.reached.add('worker went to another job'); },
    };
  }

  async #train(): Promise<RunOutcome> {
    const { world, life, means: { wire, system: unfenced }, watch, number, place } = this.#options;
    const { job } = JOBS[number]!;
    const path = `${RUNS}/${watch.id}`;
    await this.#assertLeading(); // one who slept, and was deposed, opens nothing
    this.#opened = watch.opens(life, place.epoch, world.fenced);
    const system: RunSystem = { ...unfenced, files: fencedFiles(unfenced.files, () => this.#assertLeading()) };
    const isThere = await system.files.describe(`${path}/job.json`) !== null;
    const opened = isThere ? await openRunDirectory(path, system) : await createRunDirectory(path, { job, digest: jobDigest(job) }, system);
    const restored = await opened.journal.restore();
    const durableLines = restored.kind === 'restored' ? restored.snapshot.ledger.lines : 0;
    const warnings = [...opened.warnings, ...restored.warnings].filter((warning) => !isLoss(warning, durableLines));
    if (warnings.length > 0) world.fail('I8', warnings.join('; '));
    const start = restored.kind === 'restored' ? restored.snapshot : null;
    watch.restored(start);
    if (start !== null && opened.journal.ledgerPosition().lines > start.ledger.lines) world.reached.add('ledger was cut on takeover');
    const inner = await sessionOf(number);
    const shell = new CoordinatorShell({
      run: watch.id, job, jobDigest: jobDigest(job), engine: FINGERPRINT, clock: life.clock, shared: false, data: dataOf(number), start, epoch: place.epoch, signal: this.#stop.signal,
      session: this.#session(inner), journal: watchedJournal(opened.journal, { world, watch, term: this.#term }),
      telemetry: telemetryOf((name, outcome) => { this.#count(name, outcome); }),
      transport: world.messages(life, wire, { sent: (subject, message) => { this.#sent(subject, message); }, received: (_, message, handle) => { this.#received(message, handle); } }),
      fleet: rulesOf(world), onEvent: (event) => { this.#told(event); },
    });
    this.#shell = shell;
    if (this.#isAbandoned) shell.wish('cancel');
    const outcome = await shell.run();
    await opened.journal.close();
    return outcome;
  }

  get #term(): Term {
    if (this.#opened === null) throw new Error('the run has not been opened');
    return this.#opened;
  }

  async #assertLeading(): Promise<void> {
    if (this.#isAbandoned) throw new Error('this coordinator leads no more');
    await this.#options.place.assertLeading();
  }

  #session(inner: Awaited<ReturnType<typeof sessionOf>>): ReturnType<typeof simulatedSession> {
    const { world, life, watch } = this.#options;
    const term = this.#term;
    return simulatedSession(life, inner, { perPlaceMs: 0, applyMs: world.scenario.applyMs, liesAt: null, failsNow: () => false }, {
      published: (branch, version) => { watch.published(term, branch, version); },
      stepBegins: (_, sums, step) => { watch.stepBegins(term, sums, step); },
      stepEnds: (state, step, published) => { watch.stepEnds(term, state, step, published); },
      unitBegins: () => { world.fail('I11', 'a coordinator computes a unit'); },
      unitEnds: () => undefined, lent: () => undefined,
      broken: (what, message) => { world.fail(what === 'changed' ? 'I10' : 'I12', message); },
    });
  }

  #count(name: string, outcome: string | undefined): void {
    const { reached } = this.#options.world;
    if (outcome === 'accepted') this.#wasCounted = true;
    if (outcome === 'expired') reached.add('lease expired');
    if (name === 'ebm_twin_leases_total') reached.add('twin');
  }

  #sent(subject: string, message: Message): void {
    const { life, watch } = this.#options;
    watch.sent(life, message);
    if (message.kind === 'lease') watch.leased(this.#term, subject.slice(SUBJECTS.worker(watch.id, '').length), message);
  }

  #received(message: Message, handle: () => void): void {
    const { watch, world } = this.#options;
    if (message.kind === 'join' && this.#term.counted.size > 0) world.reached.add('worker joined in mid-update');
    this.#wasCounted = false;
    handle();
    if (message.kind === 'contribution') watch.judged(this.#term, message, this.#wasCounted);
  }

  #told(event: RunEvent): void {
    const { watch, place } = this.#options;
    this.#options.world.note(this.#options.life.name, `tells ${event.kind}`);
    watch.told(this.#term, event);
    if (event.kind !== 'finished' && event.kind !== 'failed' && event.kind !== 'cancelled' && event.kind !== 'interrupted') place.onEvent({ ...event });
  }
}

function eventOf(outcome: RunOutcome): JobEvent {
  return outcome.kind === 'failed' ? { ...outcome, cause: null } : { ...outcome };
}

/** Lines after the newest checkpoint may be lost with the power, or be torn anywhere: they are computed again. */
function isLoss(warning: string, durableLines: number): boolean {
  if (warning.includes('its last line') || warning.includes('it has no end')) return true;
  const line = /ledger\.jsonl: line (\d+):/.exec(warning)?.[1];
  return line !== undefined && Number(line) > durableLines;
}
