// More jobs than workers: each job of the highest priority gets its turns, also one that has no run yet, or no more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold, NO_HISTORY } from '../../../coordinator/machine/cluster/history.ts';
import { clusterStep } from '../../../coordinator/machine/cluster/machine.ts';
import { CLUSTER_RULES, initialCluster, type Answer, type ClusterEvent, type ClusterState } from '../../../coordinator/machine/cluster/state.ts';

type Untimed<Event> = Event extends unknown ? Omit<Event, 'nowMs'> : never;
const RULES = { ...CLUSTER_RULES, runsMax: 3 };

/** A machine whose runs are saved as soon as they are to make room. */
class Cluster {
  state: ClusterState = initialCluster(fold(NO_HISTORY, { epoch: 1, decision: { kind: 'fence', leader: 'x' } }), RULES);
  nowMs = 0;
  /** How often a run was opened, or a worker went from one job to another. */
  moves = 0;

  post(event: Untimed<ClusterEvent>): Answer | null {
    const { state, commands } = clusterStep(this.state, { ...event, nowMs: this.nowMs });
    this.state = state;
    let answer: Answer | null = null;
    for (const command of commands) {
      if (command.kind === 'start' || command.kind === 'release') this.moves += 1;
      if (command.kind === 'answer') answer = command.answer;
      if (command.kind === 'record') this.post({ kind: 'recorded', decision: command.decision });
      if (command.kind === 'interrupt') this.post({ kind: 'run-ended', job: command.job, end: null });
    }
    return answer;
  }

  submit(priority = 0): string {
    const number = this.state.history.lastNumber + 1;
    this.post({ kind: 'recorded', decision: { kind: 'submitted', id: `job-${number}`, number, name: 'job', priority, spec: {}, key: `key-${number}` } });
    return `job-${number}`;
  }

  /** Seconds of worker time that each job gets. */
  serve(workers: number, seconds: number, served: Map<string, number>): void {
    for (let second = 0; second < seconds; second += 1) {
      this.nowMs += 1_000;
      for (let worker = 0; worker < workers; worker += 1) {
        const answer = this.post({ kind: 'hello', worker: `w-${worker}`, fingerprint: { engine: 'e', deviceClass: 'd', threads: 1 }, computing: null });
        if (answer?.kind === 'work') served.set(answer.job, (served.get(answer.job) ?? 0) + 1);
      }
    }
  }
}

for (const [jobs, workers] of [[2, 1], [3, 1], [3, 2], [5, 2], [7, 1]] as const) {
  test(`${jobs} jobs of one priority on ${workers}, ${RULES.runsMax} runs at most: equal turns from the beginning, and none for a lower priority`, () => {
    const cluster = new Cluster();
    const ids = Array.from({ length: jobs }, () => cluster.submit());
    const low = cluster.submit(-1);
    const served = new Map<string, number>();
    cluster.serve(workers, 420, served);
    assert.equal(served.get(low), undefined);
    for (const id of ids) assert.ok(Math.abs((served.get(id) ?? 0) - 420 * workers / jobs) <= RULES.turnMs / 1_000 + 3, JSON.stringify([...served]));
    const turns = 420 * workers / (RULES.turnMs / 1_000);
    assert.ok(cluster.moves <= 2 * turns, `${cluster.moves} moves in ${turns} turns`);
  });
}

test('a job that is new begins where the least served of its priority is: it gets its part, and not the whole fleet for what the others had before', () => {
  const cluster = new Cluster();
  const low = cluster.submit(-1);
  const old = cluster.submit();
  cluster.serve(1, 200, new Map());
  const young = cluster.submit();
  const served = new Map<string, number>();
  cluster.serve(1, 100, served);
  assert.equal(served.get(low), undefined);
  for (const id of [old, young]) assert.ok(Math.abs((served.get(id) ?? 0) - 50) <= RULES.turnMs / 1_000 + 3, JSON.stringify([...served]));
});
