// How jobs and workers stand, in the words that people and dashboards see.
import { find } from '../table.ts';
import type { JobRecord } from './history.ts';
import type { ClusterState, FleetWorker } from './state.ts';

/** `pausing`, `cancelling`: that is wished, and the run is still open. `ending`: the run is over, and its end is not on record yet. */
export const JOB_STATES = ['queued', 'running', 'pausing', 'paused', 'cancelling', 'ending', 'finished', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];
export const WORKER_STATES = ['waiting', 'computing', 'leaving', 'quarantined'] as const;
export type WorkerState = (typeof WORKER_STATES)[number];

export function jobState({ runs }: ClusterState, { id, end, wish }: JobRecord): JobState {
  if (end !== null) return end['kind'] === 'finished' || end['kind'] === 'cancelled' ? end['kind'] : 'failed';
  const run = find(runs, id);
  if (run !== undefined && wish === 'cancel') return 'cancelling';
  if (run?.over === true) return 'ending';
  if (run !== undefined) return wish === 'pause' ? 'pausing' : 'running';
  if (wish === 'cancel') return 'cancelled'; // for good: its end is being written
  return wish === 'pause' ? 'paused' : 'queued';
}

export function workerState({ held }: ClusterState, { key, job, leaving }: FleetWorker): WorkerState {
  if (find(held, key) !== undefined) return 'quarantined';
  if (leaving) return 'leaving';
  return job === null ? 'waiting' : 'computing';
}
