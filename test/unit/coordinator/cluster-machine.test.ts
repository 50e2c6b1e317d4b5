// The cluster's machine: jobs, shares, quarantine, draining; and whatever happens in whatever order, its invariants hold.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fold, jobOf, NO_HISTORY, type History } from '../../../coordinator/machine/cluster/history.ts';
import { clusterStep } from '../../../coordinator/machine/cluster/machine.ts';
import { sharesOf, type Claim } from '../../../coordinator/machine/cluster/shares.ts';
import { CLUSTER_RULES, initialCluster, type Answer, type ClusterCommand, type ClusterEvent, type ClusterState } from '../../../coordinator/machine/cluster/state.ts';

type Untimed<Event> = Event extends unknown ? Omit<Event, 'nowMs'> : never;
const FINGERPRINT = { engine: 'e', deviceClass: 'd', threads: 1 };
const RULES = { ...CLUSTER_RULES, runsMax: 3, workersMax: 5 };

/** A machine with a shell that does at once what it is told, but for runs: those end when the test says so. */
class Cluster {
  state: ClusterState;
  nowMs = 0;
  readonly open = new Set<string>();
  readonly interrupted = new Set<string>();
  readonly released: string[] = [];
  #numbers = 0;

  constructor(history: History = fold(NO_HISTORY, { epoch: 1, decision: { kind: 'fence', leader: 'x' } })) { this.state = initialCluster(history, RULES); }

  post(event: Untimed<ClusterEvent>): Answer | null {
    const before = this.state;
    const { state, commands } = clusterStep(before, { ...event, nowMs: this.nowMs });
    assert.equal(this.state, before);
    this.state = state;
    let answer: Answer | null = null;
    for (const command of commands) answer = this.#perform(command) ?? answer;
    this.check();
    return answer;
  }

  #perform(command: ClusterCommand): Answer | null {
    switch (command.kind) {
      case 'start': assert.ok(!this.open.has(command.job), 'a run is opened once'); this.open.add(command.job); return null;
      case 'interrupt': assert.ok(this.open.has(command.job)); this.interrupted.add(command.job); return null;
      case 'release': this.released.push(`${command.worker} from ${command.job}`); return null;
      case 'record': this.post({ kind: 'recorded', decision: command.decision }); return null;
      case 'answer': return command.answer;
    }
  }

  submit(priority = 0): string {
    const number = this.state.history.lastNumber + 1;
    const id = `job-${number}`;
    this.#numbers += 1;
    this.post({ kind: 'recorded', decision: { kind: 'submitted', id, number, name: 'job', priority, spec: {}, key: `key-${this.#numbers}` } });
    return id;
  }

  hello(worker: string): Answer | null {
    const computing = this.state.workers.find(({ key }) => key === worker)?.job ?? null;
    return this.post({ kind: 'hello', worker, fingerprint: FINGERPRINT, computing });
  }

  wish(id: string, wish: 'go' | 'pause' | 'cancel'): void { this.post({ kind: 'recorded', decision: { kind: 'wished', id, wish } }); }

  end(id: string, end: Record<string, unknown> | null): void {
    assert.ok(this.open.delete(id));
    this.interrupted.delete(id);
    this.post({ kind: 'run-ended', job: id, end });
  }

  workersOf(id: string): number { return this.state.workers.filter(({ job }) => job === id).length; }

  check(): void {
    const { runs, workers, history, held } = this.state;
    assert.ok(runs.length <= RULES.runsMax && workers.length <= RULES.workersMax);
    for (const run of runs) {
      const job = jobOf(history, run.key);
      assert.ok(job !== undefined && (job.end === null), 'C1: no run of a job that has ended');
      assert.ok(run.stopping || job.wish === 'go', 'C1: no run goes on against a wish');
    }
    for (const worker of workers) {
      if (worker.job === null) continue;
      assert.ok(runs.some(({ key }) => key === worker.job), 'C2: a job that is told is open');
      assert.ok(!held.some(({ key }) => key === worker.key), 'C2: a worker that is held has no job');
    }
    for (const job of history.jobs) assert.ok(job.wish !== 'cancel' || job.end !== null || runs.some(({ key }) => key === job.id), 'C3: a cancelled job has ended, or has a run that is ending');
  }
}

describe('shares', () => {
  const claims = (...priorities: readonly number[]): Claim[] => priorities.map((priority, i) => ({ job: `j${i}`, priority, number: i, servedMs: 0 }));

  test('the highest priority gets the whole fleet', () => {
    assert.deepEqual([...sharesOf(claims(1, 2, 1), 4, 1_000)], [['j1', 4]]);
  });

  test('equal priorities get equal numbers; what is left over goes to the oldest', () => {
    assert.deepEqual([...sharesOf(claims(0, 0, 0), 8, 1_000)], [['j0', 3], ['j1', 3], ['j2', 2]]);
  });

  test('too few workers go round by the time that jobs have had', () => {
    const three = claims(0, 0, 0).map((claim, i) => ({ ...claim, servedMs: [2_500, 900, 1_600][i]! }));
    assert.deepEqual([...sharesOf(three, 1, 1_000)], [['j1', 1]]);
    assert.deepEqual([...sharesOf(three, 2, 1_000)], [['j1', 1], ['j2', 1]]);
    assert.deepEqual([...sharesOf([], 3, 1_000)], []);
  });
});

describe('the cluster machine', () => {
  test('a job runs, ends and is remembered; its workers go to the next', () => {
    const cluster = new Cluster();
    const first = cluster.submit();
    assert.deepEqual(cluster.hello('a'), { kind: 'work', job: first });
    const second = cluster.submit();
    cluster.end(first, { kind: 'finished', updates: 5 });
    assert.deepEqual(jobOf(cluster.state.history, first)?.end, { kind: 'finished', updates: 5 });
    assert.deepEqual(cluster.hello('a'), { kind: 'work', job: second });
  });

  test('two jobs of priorities 1 and 2: the higher one has the fleet, then the other', () => {
    const cluster = new Cluster();
    const low = cluster.submit(1);
    for (const worker of ['a', 'b', 'c']) cluster.hello(worker);
    assert.equal(cluster.workersOf(low), 3);
    const high = cluster.submit(2);
    assert.deepEqual([cluster.workersOf(low), cluster.workersOf(high)], [0, 3]);
    assert.equal(cluster.released.length, 3);
    cluster.end(high, { kind: 'finished' });
    assert.equal(cluster.workersOf(low), 3);
  });

  test('three jobs of equal priority share four workers, and one worker takes turns', () => {
    const cluster = new Cluster();
    const jobs = [cluster.submit(), cluster.submit(), cluster.submit()];
    for (const worker of ['a', 'b', 'c', 'd']) cluster.hello(worker);
    assert.deepEqual(jobs.map((job) => cluster.workersOf(job)), [2, 1, 1]);
    for (const worker of ['a', 'b', 'c']) cluster.post({ kind: 'goodbye', worker });
    const turns = new Map<string, number>();
    for (let second = 0; second < 300; second += 1) {
      cluster.nowMs += 1_000;
      const answer = cluster.hello('d');
      if (answer?.kind === 'work') turns.set(answer.job, (turns.get(answer.job) ?? 0) + 1);
    }
    for (const job of jobs) assert.ok(Math.abs(turns.get(job)! - 100) <= 2 * RULES.turnMs / 1_000 + 1, JSON.stringify([...turns]));
  });

  test('pause saves the run and frees its workers; unpause begins it again; cancel ends it, with a run or without', () => {
    const cluster = new Cluster();
    const [one, two] = [cluster.submit(), cluster.submit()];
    cluster.hello('a');
    cluster.wish(one, 'pause');
    assert.ok(cluster.interrupted.has(one));
    cluster.wish(one, 'go');
    assert.ok(!cluster.state.runs.some((run) => run.key === one && !run.stopping), 'a run that is ending is not begun a second time');
    cluster.end(one, null);
    assert.ok(cluster.open.has(one), 'it goes on');
    cluster.wish(one, 'cancel');
    cluster.end(one, null);
    assert.equal(jobOf(cluster.state.history, one)?.end?.['kind'], 'cancelled');
    cluster.wish(two, 'pause');
    if (cluster.open.has(two)) cluster.end(two, null);
    assert.deepEqual(cluster.hello('a'), { kind: 'wait' });
    cluster.wish(two, 'cancel');
    assert.equal(jobOf(cluster.state.history, two)?.end?.['kind'], 'cancelled');
    cluster.wish(two, 'go');
    assert.equal(cluster.open.size, 0, 'what has ended stays ended');
  });

  test('a job that is cancelled while it is paused ends at the update where it stood, under the next leader too; one that never ran at 0', () => {
    const cluster = new Cluster();
    const [one, two, three] = [cluster.submit(), cluster.submit(), cluster.submit()];
    for (const [job, update] of [[one, 120], [two, 80]] as const) {
      cluster.post({ kind: 'progress', job, update, updates: 240 });
      cluster.wish(job, 'pause');
      cluster.end(job, null);
    }
    cluster.wish(one, 'cancel');
    assert.deepEqual(jobOf(cluster.state.history, one)?.end, { kind: 'cancelled', update: 120 });
    const heir = new Cluster(fold(cluster.state.history, { epoch: 2, decision: { kind: 'fence', leader: 'heir' } }));
    heir.wish(two, 'go');
    assert.equal(heir.state.runs.find(({ key }) => key === two)?.update, 80, 'where it goes on from, before it has told anything');
    heir.end(two, null); // nothing was told: nothing is on record but what was
    heir.wish(two, 'cancel');
    heir.end(two, null);
    heir.end(three, null);
    heir.wish(three, 'cancel');
    heir.end(three, null);
    assert.deepEqual([two, three].map((job) => jobOf(heir.state.history, job)?.end), [{ kind: 'cancelled', update: 80 }, { kind: 'cancelled', update: 0 }]);
  });

  test('a quarantine holds a worker: 30 s, a minute, doubling to an hour', () => {
    const cluster = new Cluster();
    const job = cluster.submit();
    const lengths: number[] = [];
    for (let times = 0; times < 9; times += 1) {
      assert.deepEqual(cluster.hello('a'), { kind: 'work', job });
      cluster.post({ kind: 'misbehaved', worker: 'a', reason: 'it lies' });
      const answer = cluster.hello('a');
      assert.ok(answer?.kind === 'quarantined' && answer.reason === 'it lies');
      lengths.push(answer.forMs);
      cluster.nowMs += answer.forMs;
      cluster.post({ kind: 'tick' });
    }
    assert.deepEqual(lengths.map((ms) => ms / 1_000), [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
  });

  test('a worker that cannot compute for a job takes other work, of a lower priority if need be, and is asked again later', () => {
    const cluster = new Cluster();
    const [big, small] = [cluster.submit(5), cluster.submit()];
    cluster.hello('a');
    cluster.hello('b');
    assert.equal(cluster.workersOf(big), 2);
    cluster.post({ kind: 'lacks', worker: 'a', job: big, reason: 'no room' });
    assert.deepEqual([cluster.hello('a'), cluster.hello('b')], [{ kind: 'work', job: small }, { kind: 'work', job: big }]);
    assert.deepEqual([cluster.workersOf(big), cluster.workersOf(small)], [1, 1]);
    cluster.nowMs += RULES.lackMs;
    for (const worker of ['a', 'b']) cluster.hello(worker);
    assert.equal(cluster.workersOf(big), 2);
  });

  test('a drained worker leaves its job and is told to leave; a silent one is gone', () => {
    const cluster = new Cluster();
    const job = cluster.submit();
    cluster.hello('a');
    cluster.hello('b');
    cluster.post({ kind: 'drain', worker: 'a' });
    assert.deepEqual([cluster.hello('a'), cluster.released], [{ kind: 'leave' }, [`a from ${job}`]]);
    cluster.nowMs += RULES.goneMs;
    cluster.post({ kind: 'tick' });
    assert.deepEqual(cluster.state.workers, []);
  });

  test('a new leader learns from its workers who computes what; a fleet has its limit', () => {
    const cluster = new Cluster();
    const [one, two] = [cluster.submit(), cluster.submit()];
    cluster.post({ kind: 'tick' });
    cluster.hello('a');
    assert.deepEqual(cluster.post({ kind: 'hello', worker: 'b', fingerprint: FINGERPRINT, computing: two }), { kind: 'work', job: two });
    assert.equal(cluster.workersOf(one), 1);
    for (const worker of ['c', 'd', 'e']) cluster.hello(worker);
    assert.deepEqual(cluster.hello('f'), { kind: 'full' });
  });

  test('a job that was to be cancelled when its leader died is ended by the next one', () => {
    const cluster = new Cluster();
    const job = cluster.submit();
    const history = fold(cluster.state.history, { epoch: 1, decision: { kind: 'wished', id: job, wish: 'cancel' } });
    const heir = new Cluster(fold(history, { epoch: 2, decision: { kind: 'fence', leader: 'heir' } }));
    heir.post({ kind: 'tick' });
    assert.deepEqual([jobOf(heir.state.history, job)?.end, heir.open.size], [{ kind: 'cancelled', update: 0 }, 0]);
  });

  test('closing saves every run and begins none', () => {
    const cluster = new Cluster();
    const job = cluster.submit();
    cluster.post({ kind: 'close' });
    assert.ok(cluster.interrupted.has(job));
    cluster.end(job, null);
    assert.equal(cluster.open.size, 0);
    assert.equal(jobOf(cluster.state.history, job)?.end, null);
  });

  test('the invariants hold whatever happens in whatever order, and every job can still end', () => {
    const pick = fc.nat(50);
    const action = fc.oneof(
      fc.record({ kind: fc.constantFrom('submit', 'hello', 'goodbye', 'end', 'save', 'drain', 'misbehave', 'lack', 'cancel', 'pause', 'unpause'), at: pick, by: fc.nat(3) }),
      fc.record({ kind: fc.constant('tick'), at: fc.nat(40_000), by: fc.nat(3) }),
    );
    fc.assert(fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const cluster = new Cluster();
      for (const each of actions) act(cluster, each);
      for (const job of cluster.state.history.jobs) if (job.end === null) cluster.wish(job.id, 'cancel');
      for (const id of [...cluster.open]) cluster.end(id, null);
      assert.ok(cluster.state.history.jobs.every(({ end }) => end !== null));
      assert.deepEqual(cluster.state.runs, []);
    }), { seed: 4, numRuns: 500 });
  });
});

function act(cluster: Cluster, { kind, at, by }: { readonly kind: string; readonly at: number; readonly by: number }): void {
  const worker = `w${at % 7}`;
  const jobs = cluster.state.history.jobs;
  const id = jobs[at % Math.max(1, jobs.length)]?.id ?? 'none';
  const open = [...cluster.open][at % Math.max(1, cluster.open.size)];
  switch (kind) {
    case 'submit': cluster.submit(by); return;
    case 'hello': cluster.post({ kind: 'hello', worker, fingerprint: FINGERPRINT, computing: by === 0 ? null : id }); return;
    case 'goodbye': cluster.post({ kind: 'goodbye', worker }); return;
    case 'end': if (open !== undefined) cluster.end(open, { kind: by === 0 ? 'failed' : 'finished' }); return;
    case 'save': if (open !== undefined && cluster.interrupted.has(open)) cluster.end(open, null); return;
    case 'drain': cluster.post({ kind: 'drain', worker }); return;
    case 'misbehave': cluster.post({ kind: 'misbehaved', worker, reason: 'r' }); return;
    case 'lack': cluster.post({ kind: 'lacks', worker, job: id, reason: 'no room' }); return;
    case 'cancel': case 'pause': cluster.wish(id, kind); return;
    case 'unpause': cluster.wish(id, 'go'); return;
    case 'tick': cluster.nowMs += at; cluster.post({ kind: 'tick' }); return;
  }
}
