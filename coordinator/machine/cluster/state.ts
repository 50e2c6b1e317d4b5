// The state of the cluster's machine: what is remembered (history), which runs are under way, and who computes for whom. Immutable values.
import type { Table } from '../table.ts';
import type { Decision, History } from './history.ts';

export interface ClusterRules {
  readonly workersMax: number;
  /** Runs that are open at a time: each has parameters, chains and data in memory. */
  readonly runsMax: number;
  /** Jobs that have not ended. */
  readonly jobsMax: number;
  /** How often a worker says what it does. */
  readonly helloMs: number;
  /** A worker that was not heard of for so long is gone. */
  readonly goneMs: number;
  /** With fewer workers than jobs: how long a job keeps one while others of its priority wait. */
  readonly turnMs: number;
  /** A quarantine's first length; it doubles with each further one. */
  readonly quarantineMs: number;
  readonly quarantineMaxMs: number;
  /** How long a worker that cannot compute for a job is not asked again. */
  readonly lackMs: number;
}

export const CLUSTER_RULES: ClusterRules = {
  workersMax: 4_096, runsMax: 8, jobsMax: 1_000, helloMs: 2_000, goneMs: 7_000, turnMs: 10_000, quarantineMs: 30_000, quarantineMaxMs: 3_600_000, lackMs: 60_000,
};

/** Epochs that a leader's runs may use, and of them those of one opening of a run: a run raises its own when it takes a lie back. */
const EPOCHS_A_LEADER = 4_096;
const EPOCHS_AN_OPENING = 16;

/** The epoch under which a run is opened by a leader for the n-th time, from 0: no two openings, and no two leaders, share one. */
export function runEpochOf(leader: number, opening: number): number {
  return EPOCHS_A_LEADER * leader + EPOCHS_AN_OPENING * (opening % (EPOCHS_A_LEADER / EPOCHS_AN_OPENING));
}

export interface FleetWorker {
  readonly key: string;
  readonly fingerprint: Fingerprint;
  readonly heardMs: number;
  /** The job it should compute for, or null: it waits. */
  readonly job: string | null;
  /** The job that it said it computes for. */
  readonly computing: string | null;
  /** Since when it has its job: who came last is taken first. */
  readonly sinceMs: number;
  /** It is to leave the cluster. */
  readonly leaving: boolean;
  /** Jobs that it cannot compute for, each until a time, and why. */
  readonly lacks: readonly Lack[];
}

export interface Lack { readonly job: string; readonly reason: string; readonly untilMs: number }

export interface Fingerprint { readonly engine: string; readonly deviceClass: string; readonly threads: number }

export interface RunSlot {
  readonly key: string;
  readonly stopping: boolean;
  /** It has ended; the place is kept until that is on record. */
  readonly over: boolean;
  readonly update: number;
  readonly updates: number | null;
  /** Worker time that the job has had under this leader, in milliseconds. */
  readonly servedMs: number;
}

/** A job that may run and has none: `servedMs` is what it had when its run was closed, or where a new one begins. It stands still while it waits. */
export interface Queued { readonly key: string; readonly servedMs: number }

export interface Held { readonly key: string; readonly reason: string; readonly untilMs: number }

export interface ClusterState {
  readonly rules: ClusterRules;
  readonly epoch: number;
  readonly nowMs: number;
  /** Up to when worker time is in `servedMs`: nothing has moved since. */
  readonly servedToMs: number;
  readonly history: History;
  readonly runs: Table<RunSlot>;
  readonly queued: Table<Queued>;
  readonly workers: Table<FleetWorker>;
  /** Quarantines that last. */
  readonly held: Table<Held>;
  /** The leader saves its runs and goes. */
  readonly closing: boolean;
}

export function initialCluster(history: History, rules: ClusterRules = CLUSTER_RULES): ClusterState {
  return { rules, epoch: history.epoch, nowMs: 0, servedToMs: 0, history, runs: [], queued: [], workers: [], held: [], closing: false };
}

export type ClusterEvent = { readonly nowMs: number } & (
  | { readonly kind: 'tick' }
  /** A record has been written to the log, or read from it at the start. */
  | { readonly kind: 'recorded'; readonly decision: Decision }
  | { readonly kind: 'hello'; readonly worker: string; readonly fingerprint: Fingerprint; readonly computing: string | null }
  | { readonly kind: 'goodbye'; readonly worker: string }
  /** The worker cannot compute for the job. */
  | { readonly kind: 'lacks'; readonly worker: string; readonly job: string; readonly reason: string }
  | { readonly kind: 'drain'; readonly worker: string }
  | { readonly kind: 'progress'; readonly job: string; readonly update: number; readonly updates: number | null }
  /** `end` is null for a run that was saved and may go on. */
  | { readonly kind: 'run-ended'; readonly job: string; readonly end: Readonly<Record<string, unknown>> | null }
  | { readonly kind: 'misbehaved'; readonly worker: string; readonly reason: string }
  | { readonly kind: 'close' }
);

export type Answer =
  | { readonly kind: 'work'; readonly job: string }
  | { readonly kind: 'wait' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'quarantined'; readonly reason: string; readonly forMs: number }
  | { readonly kind: 'full' };

export type ClusterCommand =
  | { readonly kind: 'start'; readonly job: string }
  /** Save the run and let it end. */
  | { readonly kind: 'interrupt'; readonly job: string }
  /** The worker is wanted elsewhere after its unit. */
  | { readonly kind: 'release'; readonly job: string; readonly worker: string }
  | { readonly kind: 'record'; readonly decision: Decision }
  /** To the hello at hand. */
  | { readonly kind: 'answer'; readonly answer: Answer };
