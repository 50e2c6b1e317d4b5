// A run as the library's users hold it: events to iterate over, a result to wait for, and a way to stop. Owns how these three hang
// together; what is done in between is a function that it is given.
import type { FinishedEvent, InterruptedEvent, RunEvent } from '../terminal/events.ts';
import { failureOf } from '../terminal/failure.ts';
import { EventQueue } from './library-events.ts';
import type { Model } from './library-model.ts';

/** How a run ended that did not fail. */
export interface FinishedRun<Trained extends Model = Model> {
  readonly kind: 'finished';
  /** As the event `finished`: digests, figures, rates, rollbacks. */
  readonly facts: FinishedEvent;
  readonly model: Trained;
  /** The run directory, or null if nothing was written. */
  readonly directory: string | null;
}

/** A run that was stopped: its last update is complete, and `resume` goes on from its directory. */
export interface InterruptedRun<Trained extends Model = Model> {
  readonly kind: 'interrupted';
  /** As the event `interrupted`; `path` is the checkpoint. */
  readonly facts: InterruptedEvent;
  /** As of the last update that was done. */
  readonly model: Trained;
  readonly directory: string | null;
}

export type TrainResult<Trained extends Model = Model> = FinishedRun<Trained> | InterruptedRun<Trained>;

/** Training that failed as such: it diverged, a disk was full, an engine broke. What was saved before is intact. */
export class RunError extends Error {
  /** `diverged`, `storage`, `engine`, `unit-failed`, `checkpoint-missing`, `ledger-differs`, `workers-disagree` or `cancelled`. */
  readonly code: string;
  /** Updates that were done. */
  readonly update: number;

  constructor({ code, message, update, cause }: { readonly code: string; readonly message: string; readonly update: number; readonly cause: unknown }) {
    super(message, cause === null || cause === undefined ? undefined : { cause });
    this.name = 'RunError';
    this.code = code;
    this.update = update;
  }
}

/**
 * A run that is under way: it began when it was made, and goes on whether or not anyone looks.
 *
 * Iterating gives the events of `ebm train --json`, from the first one on, however late the loop begins. Of unread progress only the
 * newest is kept, and of everything else the newest 256. A failure is told by the event `failed` and then thrown. Leaving the
 * loop early (break, return, throw) stops the run softly, and the loop is left when the run has ended. There is one stream of events:
 * what one loop has read, another does not see again.
 */
export interface Run<Trained extends Model = Model> extends AsyncIterable<RunEvent> {
  /** Settles when the run has ended: its threads are gone and its directory is free. Rejects if the run failed. */
  readonly result: Promise<TrainResult<Trained>>;
  [Symbol.asyncIterator](): AsyncIterator<RunEvent, undefined, undefined>;
}

/** What the work of a run is given. */
export interface RunSite {
  readonly tell: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/** What `work` tells comes in order; the result's facts are the last event. */
export function startRun(work: (site: RunSite) => Promise<TrainResult>, signal: AbortSignal | undefined): Run {
  return new LiveRun(work, signal);
}

class LiveRun implements Run {
  readonly result: Promise<TrainResult>;
  readonly #events = new EventQueue();
  readonly #stop = new AbortController();

  constructor(work: (site: RunSite) => Promise<TrainResult>, signal: AbortSignal | undefined) {
    this.result = this.#run(work, signal);
  }

  async #run(work: (site: RunSite) => Promise<TrainResult>, signal: AbortSignal | undefined): Promise<TrainResult> {
    const follow = (): void => { this.#stop.abort(signal?.reason); };
    if (signal?.aborted === true) follow();
    signal?.addEventListener('abort', follow, { once: true });
    try {
      const result = await work({ tell: (event) => { this.#events.push(event); }, signal: this.#stop.signal });
      this.#events.push(result.facts);
      return result;
    } catch (error) {
      const { code, message } = failureOf(error);
      this.#events.push({ kind: 'failed', code, message, update: error instanceof RunError ? error.update : null });
      throw error;
    } finally {
      signal?.removeEventListener('abort', follow);
      this.#events.end();
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<RunEvent, undefined, undefined> {
    // Who iterates hears of a failure there: the result may then be left alone.
    const ended = this.result.then(() => undefined, () => undefined);
    let isOver = false;
    return {
      next: async () => {
        const event = isOver ? null : await this.#events.next();
        if (event !== null) return { done: false, value: event };
        if (!isOver) {
          isOver = true;
          await this.result; // throws what the run failed with
        }
        return { done: true, value: undefined };
      },
      return: async () => {
        isOver = true;
        this.#stop.abort();
        await ended;
        return { done: true, value: undefined };
      },
    };
  }
}
