// How jobs and workers stand, in the words that people and dashboards see.
import { find } from '../table.ts';
import type { JobRecord } from './history.ts';
import type { ClusterState, FleetWorker } from './state.ts';

export const JOB_STATES = ['queued', 'running', 'paused', 'finished', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];
export const WORKER_STATES = ['waiting', 'computing', 'leaving', 'quarantined'] as const;
export type WorkerState = (typeof WORKER_STATES)[number];

export function jobState({ runs }: ClusterState, { id, end, wish }: JobRecord): JobState {
  if (end !== null) return end['kind'] === 'finished' || end['kind'] === 'cancelled' ? end['kind'] : 'failed';
  if (find(runs, id) !== undefined) return 'running';
  if (wish === 'cancel') return 'cancelled'; // for good: its end is being written
  return wish === 'pause' ? 'paused' : 'queued';
}

export function workerState({ held }: ClusterState, { key, job, leaving }: FleetWorker): WorkerState {
  if (find(held, key) !== undefined) return 'quarantined';
  if (leaving) return 'leaving';
  return job === null ? 'waiting' : 'computing';
}
