// The people of a simulated cluster: they submit jobs, pause, continue and cancel them, ask again when no answer comes, and hold the cluster
// to what it acknowledged.
import { CLUSTER_FORMAT_VERSION, CLUSTER_SUBJECTS, JOB_ANSWERS, type JobAnswer, type JobOperation, type JobRow } from '../../platform/cluster/messages.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import type { Life } from './life.ts';
import type { Fault } from './scenario.ts';
import type { World } from './world.ts';

const ANSWER_MS = 2_000;
const AGAIN_MS = 500;
const LOOK_MS = 1_500;

export interface Ordered { readonly job: number; readonly atMs: number; readonly priority: number }

/** What a submitter knows of a job. */
export interface Known { readonly order: Ordered; id: string | null; isCancelled: boolean; end: JobRow['end'] }

interface Refused { readonly refused: string; readonly message: string }

export class Submitter {
  readonly #world: World;
  readonly #life: Life;
  readonly #wire: Transport<Uint8Array>;
  readonly jobs: readonly Known[];
  isContent = false;

  constructor(world: World, life: Life, orders: readonly Ordered[]) {
    this.#world = world;
    this.#life = life;
    this.#wire = life.wire(world.network);
    this.jobs = orders.map((order) => ({ order, id: null, isCancelled: false, end: null }));
  }

  /** Until every job has ended. */
  async run(): Promise<void> {
    const { faults } = this.#world.scenario;
    const wishes = faults.filter((fault): fault is Extract<Fault, { kind: 'pause' | 'cancel' }> => fault.kind === 'pause' || fault.kind === 'cancel');
    await Promise.all([...this.jobs.map((known, index) => this.#submit(known, index)), ...wishes.map((wish) => this.#wish(wish))]);
    while (!await this.#look()) await this.#life.sleep(LOOK_MS);
    this.isContent = true;
  }

  async #submit(known: Known, index: number): Promise<void> {
    const { order } = known;
    await this.#life.sleep(order.atMs);
    for (let times = 1; ; times += 1) {
      const given = await this.#ask('submit', { spec: { job: order.job, priority: order.priority }, key: `order-${index}` });
      if (given !== null && !('refused' in given)) {
        known.id = given.job.id;
        if (times > 1) this.#world.reached.add('submitter asked twice');
        return;
      }
      if (given !== null) this.#world.fail('I22', `an order was refused: ${given.refused}: ${given.message}`);
      await this.#life.sleep(AGAIN_MS);
    }
  }

  async #wish(wish: Extract<Fault, { kind: 'pause' | 'cancel' }>): Promise<void> {
    const known = this.jobs[wish.job];
    if (known === undefined) return;
    await this.#life.sleep(wish.atMs);
    known.isCancelled ||= wish.kind === 'cancel'; // also if it is told only that the job has ended: perhaps of this
    if (await this.#insist(known, wish.kind) !== 'done' || wish.kind === 'cancel') return;
    await this.#life.sleep(wish.forMs);
    if (await this.#insist(known, 'unpause') === 'done') this.#world.reached.add('job was paused and went on');
  }

  /** Until it is acknowledged, or too late. */
  async #insist(known: Known, operation: 'pause' | 'unpause' | 'cancel'): Promise<'done' | 'late'> {
    for (;;) {
      const given = known.id === null ? null : await this.#ask(operation, { id: known.id });
      if (given !== null) {
        if (!('refused' in given)) return 'done';
        if (given.refused !== 'job-ended') this.#world.fail('I22', `${operation} of ${known.id} was refused: ${given.refused}: ${given.message}`);
        return 'late';
      }
      await this.#life.sleep(AGAIN_MS);
    }
  }

  /** Whether all have ended, as far as the cluster says. */
  async #look(): Promise<boolean> {
    const given = await this.#ask('list', {});
    if (given === null || 'refused' in given) return false;
    for (const known of this.jobs) {
      const row = given.jobs.find(({ id }) => id === known.id);
      if (row === undefined) this.#world.fail('I22', `${known.id} was acknowledged and is not in the list`);
      else if (known.end !== null && JSON.stringify(row.end) !== JSON.stringify(known.end)) this.#world.fail('I22', `${known.id} had ended as ${JSON.stringify(known.end)} and is now ${JSON.stringify(row.end)}`);
      else known.end = row.end;
    }
    if (given.jobs.length > this.jobs.length) this.#world.fail('I22', `there are ${given.jobs.length} jobs of ${this.jobs.length} orders`);
    return this.jobs.every(({ end }) => end !== null);
  }

  /** Null without an answer. */
  async #ask<Operation extends JobOperation>(operation: Operation, question: object): Promise<JobAnswer<Operation> | Refused | null> {
    const bytes = new TextEncoder().encode(JSON.stringify({ v: CLUSTER_FORMAT_VERSION, ...question }));
    try {
      const read = JSON.parse(new TextDecoder().decode(await this.#wire.request(CLUSTER_SUBJECTS.jobs(operation), bytes, { deadlineMs: ANSWER_MS }))) as { readonly answer?: unknown } | Refused;
      if ('refused' in read) return read.refused === 'deposed' || this.#isFull(read.refused) ? null : read;
      return JOB_ANSWERS[operation].parse(read.answer) as JobAnswer<Operation>;
    } catch {
      return null;
    }
  }

  /** A full disk refuses what is asked, with the reason, until there is room: it is asked again. */
  #isFull(code: string): boolean {
    return code === 'disk-full' && [...this.#world.nodes.values()].some(({ hadFailedWrites }) => hadFailedWrites);
  }
}
