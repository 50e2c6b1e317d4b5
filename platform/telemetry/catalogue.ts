// Every series that the program can measure, with its kind, its labels and what it means: one table, so that a name or a label that is not
// in it is an error of types. Names as FIELD.md has them: prefix ebm_, base units, _total on counters, _info for facts; labels come from
// small closed sets. The one that is not closed is `job`: only gauges of running jobs have it, and they go with the job.

interface Series {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Who measures it; absent: everybody. `run`: whoever leads a run, a coordinator or `ebm train`; `role`: a role of a cluster. */
  readonly of?: 'run' | 'role' | 'coordinator' | 'worker';
  /** Of a histogram, upper bounds in its unit. */
  readonly buckets?: readonly number[];
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;

export const SERIES = {
  ebm_build_info: { kind: 'gauge', labels: ['version', 'node', 'wire', 'role'], help: 'Always 1; what is running, as labels.' },
  ebm_ready: { kind: 'gauge', labels: [], help: '1 while /readyz says that the process is ready, 0 otherwise.' },
  ebm_leader_epoch: { kind: 'gauge', of: 'coordinator', labels: [], help: 'Epoch under which this coordinator leads; 0 while it stands by.' },
  ebm_jobs: { kind: 'gauge', of: 'coordinator', labels: ['state'], help: 'Jobs by state; those in state queued are the length of the queue.' },
  ebm_workers: { kind: 'gauge', of: 'coordinator', labels: ['state'], help: 'Workers of the fleet by state.' },

  ebm_updates_total: { kind: 'counter', of: 'run', labels: [], help: 'Updates whose step was taken, those of every job together.' },
  ebm_units_total: { kind: 'counter', of: 'run', labels: ['outcome'], help: 'Units of work by what became of them.' },
  ebm_unit_seconds: { kind: 'histogram', of: 'run', labels: ['kind'], buckets: SECONDS, help: 'Time from a lease to the result that counted, seen by the coordinator.' },
  ebm_leases_total: { kind: 'counter', of: 'run', labels: [], help: 'Leases given, without those of twins.' },
  ebm_twin_leases_total: { kind: 'counter', of: 'run', labels: [], help: 'Leases of a range that another worker has already.' },
  ebm_contributions_discarded_total: { kind: 'counter', of: 'run', labels: ['reason'], help: 'Contributions that arrived and were not counted, by reason.' },
  ebm_quarantines_total: { kind: 'counter', of: 'run', labels: [], help: 'Workers that were quarantined for wrong results.' },
  ebm_checkpoints_total: { kind: 'counter', of: 'run', labels: [], help: 'Checkpoints written.' },
  ebm_rollbacks_total: { kind: 'counter', of: 'run', labels: [], help: 'Runs that diverged and went back to a checkpoint.' },

  ebm_run_workers: { kind: 'gauge', of: 'run', labels: ['job', 'state'], help: 'Workers that have joined the run of a job, by state.' },
  ebm_job_update: { kind: 'gauge', of: 'run', labels: ['job'], help: 'Updates that a running job has done.' },
  ebm_energy_gap_nats: { kind: 'gauge', of: 'run', labels: ['job'], help: 'Mean free energy of the data minus that of the chains, in nats, at the last look.' },
  ebm_chain_acceptance_ratio: { kind: 'gauge', of: 'run', labels: ['job'], help: 'Share of the proposals of MALA or HMC that were accepted, at the last look.' },
  ebm_chain_rhat: { kind: 'gauge', of: 'run', labels: ['job'], help: 'Rank-normalised split R-hat of the chains over the last window of draws.' },
  ebm_chain_ess: { kind: 'gauge', of: 'run', labels: ['job'], help: 'Effective sample size of the chains over the last window of draws.' },
  ebm_updates_per_second: { kind: 'gauge', of: 'run', labels: ['job'], help: 'Updates a second, smoothed, at the last look.' },

  ebm_worker_units_total: { kind: 'counter', of: 'worker', labels: ['kind', 'outcome'], help: 'Units computed by this process, by outcome.' },
  ebm_worker_unit_seconds: { kind: 'histogram', of: 'worker', labels: ['kind'], buckets: SECONDS, help: 'Time that this process computes a unit.' },

  ebm_requests_total: { kind: 'counter', of: 'coordinator', labels: ['operation', 'outcome'], help: 'Requests to the NATS services of this process, by outcome.' },
  ebm_request_seconds: { kind: 'histogram', of: 'coordinator', labels: ['operation'], buckets: SECONDS, help: 'Time from a request to its answer.' },

  ebm_transport_connected: { kind: 'gauge', of: 'role', labels: [], help: '1 while there is a connection to NATS, 0 otherwise.' },
  ebm_transport_received_bytes_total: { kind: 'counter', of: 'role', labels: [], help: 'Bytes of frames received, headers of ours included.' },
  ebm_transport_sent_bytes_total: { kind: 'counter', of: 'role', labels: [], help: 'Bytes of frames sent, headers of ours included.' },
  ebm_transport_received_frames_total: { kind: 'counter', of: 'role', labels: [], help: 'Frames received.' },
  ebm_transport_sent_frames_total: { kind: 'counter', of: 'role', labels: [], help: 'Frames sent.' },
  ebm_transport_retried_frames_total: { kind: 'counter', of: 'role', labels: [], help: 'Frames that were asked for again.' },
  ebm_transport_dropped_messages_total: { kind: 'counter', of: 'role', labels: [], help: 'Messages published while there was no connection.' },
  ebm_transport_refused_messages_total: { kind: 'counter', of: 'role', labels: ['reason'], help: 'What arrived and was refused by the transport, by reason.' },
  ebm_rejected_messages_total: { kind: 'counter', of: 'role', labels: ['code'], help: 'Messages that arrived whole and could not be read, by code.' },
} as const satisfies Record<string, Series>;

export type SeriesName = keyof typeof SERIES;
type OfKind<Kind extends Series['kind']> = { [Name in SeriesName]: (typeof SERIES)[Name]['kind'] extends Kind ? Name : never }[SeriesName];
export type CounterName = OfKind<'counter'>;
export type GaugeName = OfKind<'gauge'>;
export type HistogramName = OfKind<'histogram'>;
export type LabelsOf<Name extends SeriesName> = { readonly [Label in (typeof SERIES)[Name]['labels'][number]]?: string };

export function seriesOf(name: SeriesName): Series {
  return SERIES[name];
}
