// What a cluster remembers: a log of decisions that are no function of a job, folded into jobs and quarantines. Every leader that reads the
// log comes to the same history. How records are kept is the shell's business.
// H1: epochs never go back; a record of a lower epoch than the last fence changes nothing.
// H2: a job ends once, and stays ended.
// H3: numbers of jobs rise by one with each submission.

export type Json = Readonly<Record<string, unknown>>;
export type JobWish = 'go' | 'pause' | 'cancel';

export interface Submission {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly priority: number;
  /** The job as a document, complete but for defaults. */
  readonly spec: Json;
  /** The submitter's own name for it: the same question asked twice makes one job. */
  readonly key: string;
}

/** `at`: when it was written, ISO 8601; whoever writes it adds that. */
export type Decision = { readonly at?: string } & (
  /** A new leader; its epoch is that of the record. */
  | { readonly kind: 'fence'; readonly leader: string }
  | ({ readonly kind: 'submitted' } & Submission)
  | { readonly kind: 'wished'; readonly id: string; readonly wish: JobWish }
  /** The run was laid aside at this update of so many: paused, waiting for others, or until the next leader. */
  | { readonly kind: 'saved'; readonly id: string; readonly update: number; readonly updates: number | null }
  /** `end`: the last event of the run; `updates`: how many it was to do, where that was known. */
  | { readonly kind: 'ended'; readonly id: string; readonly end: Json; readonly updates?: number }
  | { readonly kind: 'quarantined'; readonly worker: string; readonly reason: string }
  /** Everything before it, in one record. */
  | { readonly kind: 'snapshot'; readonly history: History }
);

export interface LogRecord { readonly epoch: number; readonly decision: Decision }

export interface JobRecord extends Omit<Submission, 'spec'> {
  /** Null once the job has ended. */
  readonly spec: Json | null;
  readonly wish: JobWish;
  readonly end: Json | null;
  /** ISO 8601; null where an older program wrote the record. */
  readonly submittedAt: string | null;
  readonly endedAt: string | null;
  /** Where its run stood when it was last laid aside; 0 and null before. */
  readonly update: number;
  readonly updates: number | null;
}

const UNTOLD = { submittedAt: null, endedAt: null, update: 0, updates: null } as const;

export interface Quarantine { readonly worker: string; readonly reason: string; readonly times: number }

export interface History {
  readonly epoch: number;
  /** In order of submission. */
  readonly jobs: readonly JobRecord[];
  readonly lastNumber: number;
  readonly quarantines: readonly Quarantine[];
}

export const NO_HISTORY: History = { epoch: 0, jobs: [], lastNumber: 0, quarantines: [] };

export function fold(history: History, { epoch, decision }: LogRecord): History {
  if (epoch < history.epoch) return history;
  switch (decision.kind) {
    case 'fence': return { ...history, epoch };
    case 'snapshot': return { ...decision.history, epoch, jobs: decision.history.jobs.map((job) => ({ ...UNTOLD, ...job })) };
    case 'submitted': {
      if (decision.number <= history.lastNumber) return history;
      const { id, number, name, priority, spec, key, at = null } = decision;
      return { ...history, lastNumber: number, jobs: [...history.jobs, { ...UNTOLD, id, number, name, priority, spec, key, wish: 'go', end: null, submittedAt: at }] };
    }
    case 'wished': return changed(history, decision.id, { wish: decision.wish });
    case 'saved': return changed(history, decision.id, { update: decision.update, updates: decision.updates });
    case 'ended': return changed(history, decision.id, { end: decision.end, spec: null, endedAt: decision.at ?? null, ...(decision.updates === undefined ? {} : { updates: decision.updates }) });
    case 'quarantined': return { ...history, quarantines: quarantined(history.quarantines, decision) };
  }
}

/** H2. A job that is to be cancelled cannot be taken back. */
function changed(history: History, id: string, change: Partial<JobRecord>): History {
  const jobs = history.jobs.map((job) => {
    if (job.id !== id || job.end !== null) return job;
    return change.wish !== undefined && job.wish === 'cancel' ? job : { ...job, ...change };
  });
  return { ...history, jobs };
}

function quarantined(before: readonly Quarantine[], { worker, reason }: { readonly worker: string; readonly reason: string }): readonly Quarantine[] {
  const times = (before.find((one) => one.worker === worker)?.times ?? 0) + 1;
  return [...before.filter((one) => one.worker !== worker), { worker, reason, times }];
}

/** Without the oldest of the ended jobs and quarantines beyond the limits. */
export function retained(history: History, { endedMax, quarantinesMax }: { readonly endedMax: number; readonly quarantinesMax: number }): History {
  const surplus = history.jobs.filter((job) => job.end !== null).length - endedMax;
  let dropped = 0;
  const jobs = surplus <= 0 ? history.jobs : history.jobs.filter((job) => job.end === null || (dropped += 1) > surplus);
  return { ...history, jobs, quarantines: history.quarantines.slice(-quarantinesMax) };
}

export function jobOf(history: History, id: string): JobRecord | undefined {
  return history.jobs.find((job) => job.id === id);
}
