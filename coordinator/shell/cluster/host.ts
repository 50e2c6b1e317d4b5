// What the cluster's shell is handed: how a run is opened and where its files are. Chosen by cli/, or by the simulator.
import type { Clock } from '../../../platform/clock/clock.ts';
import type { Store } from '../../../platform/store/store.ts';
import type { Telemetry } from '../../../platform/telemetry/telemetry.ts';
import type { Transport } from '../../../platform/transport/transport.ts';
import type { JobRecord, Json } from '../../machine/cluster/history.ts';
import type { ClusterRules } from '../../machine/cluster/state.ts';

/** What a run tells, as `ebm train --json` does. */
export type JobEvent = Json & { readonly kind: string };

export interface RunPlace {
  /** Of this opening of the run by this leader. */
  readonly epoch: number;
  readonly onEvent: (event: JobEvent) => void;
  /** Awaited before anything durable is written; rejects once another coordinator leads. */
  readonly assertLeading: () => Promise<void>;
}

/** A run under way. */
export interface OpenRun {
  /** Of its subjects. */
  readonly run: string;
  /** The compiled job as text, for workers; null until the data have been read. */
  readonly compiled: string | null;
  /** The last event, once the run is over; never rejects. */
  readonly ended: Promise<JobEvent>;
  /** Finishes the update, saves, ends as `interrupted`. */
  interrupt(): void;
  /** Ends at once and writes nothing more. */
  abandon(): void;
  /** The worker is to leave the run after its unit. */
  release(worker: string): void;
}

export interface RunHost {
  /** What a submitted document is; throws what its author did wrong. */
  check(spec: Json): { readonly name: string; readonly priority: number };
  /** Begins a job's run, or goes on with it. Must not throw: what goes wrong is how it ends. */
  open(job: JobRecord, place: RunPlace): OpenRun;
  /** Sizes of the files of a run, by name, whose names come after `after`: for `ebm fetch`. */
  files(job: string, after: string): Promise<readonly { readonly file: string; readonly bytes: number }[]>;
  /** A part of one of them; null if there is no such file. */
  read(job: string, file: string, from: number, bytesMax: number): Promise<{ readonly part: Uint8Array; readonly bytes: number } | null>;
}

export interface ClusterOptions {
  readonly store: Store;
  /** For people: who leads. */
  readonly name: string;
  readonly clock: Clock;
  /** Of framed bytes: workers' questions and runs' events. */
  readonly transport: Transport<Uint8Array>;
  readonly host: RunHost;
  readonly telemetry: Telemetry;
  readonly wireVersion: number;
  /** Digest of the golden unit; a worker with another one is quarantined. */
  readonly golden: string;
  readonly rules?: ClusterRules;
  readonly onEvent: (job: string, event: JobEvent) => void;
  readonly onWarning: (message: string) => void;
}
