// What a leader tells operators of its fleet: its epoch, workers and jobs by state. States without anybody are zeros, so that a graph falls
// instead of ending. Called now and then, not at every event: fleets are large.
import type { Telemetry } from '../../../platform/telemetry/telemetry.ts';
import { JOB_STATES, jobState, WORKER_STATES, workerState, type JobState, type WorkerState } from '../../machine/cluster/standing.ts';
import type { ClusterState } from '../../machine/cluster/state.ts';

export function projectFleet(telemetry: Telemetry, state: ClusterState): void {
  telemetry.gauge('ebm_leader_epoch', state.epoch);
  const workers = new Map<WorkerState, number>();
  for (const worker of state.workers) add(workers, workerState(state, worker));
  // Who is held and has gone away, or was never let in, is quarantined all the same.
  for (const { key } of state.held) if (!state.workers.some((worker) => worker.key === key)) add(workers, 'quarantined');
  for (const each of WORKER_STATES) telemetry.gauge('ebm_workers', workers.get(each) ?? 0, { state: each });
  const jobs = new Map<JobState, number>();
  for (const job of state.history.jobs) add(jobs, jobState(state, job));
  for (const each of JOB_STATES) telemetry.gauge('ebm_jobs', jobs.get(each) ?? 0, { state: each });
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
