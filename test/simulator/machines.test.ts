// The machines under hostile events: valid shapes in any order, with any numbers, from anybody. Whatever comes, a step does not throw, what it
// is given does not change, and what must always hold still holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterStep } from '../../coordinator/machine/cluster/machine.ts';
import { NO_HISTORY } from '../../coordinator/machine/cluster/history.ts';
import { CLUSTER_RULES, initialCluster, type ClusterEvent } from '../../coordinator/machine/cluster/state.ts';
import type { Event } from '../../coordinator/machine/events.ts';
import { step } from '../../coordinator/machine/machine.ts';
import { FLEET_RULES, type Settings } from '../../coordinator/machine/settings.ts';
import { initialState } from '../../coordinator/machine/state.ts';
import { INITIAL_STATE, PARAMETERS_MAX, type Event as WorkerEvent } from '../../worker/machine/state.ts';
import { step as workerStep } from '../../worker/machine/machine.ts';
import { tinyJob } from '../support/tiny-job.ts';

const RUNS = { seed: 20261124, numRuns: 400 };

const small = fc.integer({ min: 0, max: 12 });
const range = fc.tuple(small, small).map(([from, length]) => ({ from, to: from + length }));
const worker = fc.constantFrom('w-1', 'w-2', 'w-3', 'stranger');
const from = { nowMs: fc.integer({ min: 0, max: 200_000 }), worker, epoch: fc.integer({ min: 0, max: 3 }) };
const at = { nowMs: from.nowMs };
const record = <Shape extends object>(model: { readonly [Key in keyof Shape]: fc.Arbitrary<Shape[Key]> }): fc.Arbitrary<Shape> => fc.record(model) as fc.Arbitrary<Shape>;
const kind = <Kind extends string>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name);

const coordinatorEvent: fc.Arbitrary<Event> = fc.oneof(
  record({ ...at, kind: kind('start') }), record({ ...at, kind: kind('tick') }),
  record({ ...at, kind: kind('join'), worker, fingerprint: fc.constant({ engine: 'x', version: '1', deviceClass: 'x', threads: 1 }) }),
  record({ ...from, kind: kind('request') }), record({ ...from, kind: kind('leave') }), record({ ...at, kind: kind('release'), worker }),
  record({ ...from, kind: kind('renew'), lease: fc.option(small) }),
  record({ ...from, kind: kind('contribution'), lease: small, branch: small, update: small, data: range, chains: range, digest: fc.option(fc.constantFrom('a', 'b')), asks: fc.boolean() }),
  record({ ...from, kind: kind('result'), lease: small, asks: fc.boolean() }),
  record({ ...from, kind: kind('failed'), lease: small, code: fc.constantFrom('engine', 'states-missing', 'parameters-missing', 'nonsense'), message: fc.string(), asks: fc.boolean() }),
  record({ ...at, kind: kind('restored'), update: small, branch: small, rollbacks: small, rateScale: fc.constant(1), measured: fc.boolean() }),
  record({ ...at, kind: kind('applied'), update: small }), record({ ...at, kind: kind('diverged'), update: small, message: fc.string() }),
  record({ ...at, kind: kind('ready') }), record({ ...at, kind: kind('measured') }), record({ ...at, kind: kind('checkpointed'), update: small }),
  record({ ...at, kind: kind('wish'), wish: fc.constantFrom('interrupt', 'pause', 'unpause') }),
);

const shape = record<Pick<Settings, 'job'>>({
  job: fc.record({ staleness: fc.constantFrom(0 as const, 1 as const), batch: fc.integer({ min: 1, max: 9 }), chains: fc.integer({ min: 1, max: 9 }), every: small }).map(({ every, ...train }) => (
    tinyJob({ train: { ...train, updates: 8 }, job: { checkpoint: { every, keep: 2 }, evaluate: { every: 3, logPartition: { kind: 'exact' } } } }))),
});

test('the run\'s machine: any order of events, with any numbers; L1, L4, M1, R3 hold throughout', () => {
  fc.assert(fc.property(shape, fc.array(coordinatorEvent, { maxLength: 80 }), ({ job }, events) => {
    const fleet = { ...FLEET_RULES, leaseMs: 1_000, memberMs: 5_000, twinAfterMs: 100 };
    let state = initialState({ job, until: job.train.updates, figures: [{ figure: { kind: 'exact' }, size: 1, part: 1 }], checkpoints: true, fleet }, 1);
    for (const event of events) {
      const before = JSON.stringify(state);
      const next = step(state, event);
      assert.equal(JSON.stringify(state), before, 'a step changes no state');
      ({ state } = next);
      const holders = state.run.leases.map((lease) => lease.worker);
      assert.equal(new Set(holders).size, holders.length, 'L4');
      for (const holder of holders) assert.ok(state.members.some(({ key }) => key === holder), 'M1');
      for (const { size, outstanding, covered } of state.run.tasks) assert.ok([...outstanding, ...covered].every((part) => part.from >= 0 && part.to <= size && part.from < part.to), 'L1: within the task');
      if (state.run.phase.kind === 'over') assert.equal(state.run.tasks.length + state.run.leases.length, 0, 'R3');
    }
  }), RUNS);
});

const name = record({ branch: fc.integer({ min: 0, max: 2 }), version: small, of: fc.constantFrom('masters' as const, 'average' as const) });
const start = fc.record({ branch: fc.integer({ min: 0, max: 2 }), version: small });
const epoch = fc.integer({ min: 0, max: 3 });
const message = fc.oneof(
  fc.record({ kind: kind('welcome'), epoch, job: fc.constant(tinyJob()), start, heartbeatMs: fc.constant(1) }), fc.record({ kind: kind('fence'), epoch, start }),
  fc.record({ kind: kind('refused'), epoch, code: fc.constantFrom('unknown-worker' as const, 'full' as const), message: fc.string() }),
  fc.record({ kind: kind('cancel'), epoch, lease: small }),
);
const workerEvent: fc.Arbitrary<WorkerEvent> = fc.oneof(
  fc.constantFrom<WorkerEvent>({ kind: 'start' }, { kind: 'tick' }), message.map((one): WorkerEvent => ({ kind: 'message', message: one })),
  record({ kind: kind('lease'), epoch, work: fc.record({
    lease: small, ticket: fc.integer({ min: 1, max: 1_000_000 }), kind: kind('update'), parameters: name,
    chains: fc.option(fc.record({ branch: fc.integer({ min: 0, max: 2 }), update: small, range, sent: fc.boolean() })),
  }) }),
  record({ kind: kind('fetched'), name, epoch }), record({ kind: kind('fetch-failed'), name, gone: fc.boolean() }),
);

test('the worker\'s machine: any order of messages; one unit at a time, epochs only rise, few parameters are kept, and it never stops asking', () => {
  fc.assert(fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: workerEvent }, { weight: 1, arbitrary: kind('engine ends') }), { maxLength: 100 }), (events) => {
    let state = INITIAL_STATE;
    let running: number | null = null;
    for (const given of events) {
      const event: WorkerEvent = given !== 'engine ends' ? given : running === null ? { kind: 'tick' } : { kind: 'computed', ticket: running, keeps: true };
      if (event.kind === 'computed') running = null;
      const next = workerStep(state, event);
      assert.ok(next.state.epoch >= state.epoch, 'epochs only rise');
      for (const command of next.commands) {
        if (command.kind !== 'compute') continue;
        assert.equal(running, null, 'K1');
        running = command.ticket;
      }
      ({ state } = next);
      assert.ok(state.parameters.length <= PARAMETERS_MAX);
      assert.equal(workerStep(state, { kind: 'tick' }).commands.length, 1, 'K5');
    }
  }), RUNS);
});

const job = fc.constantFrom('a-1', 'b-2', 'c-3');
const decision = fc.oneof(
  record({ kind: kind('fence'), leader: fc.string() }),
  record({ kind: kind('submitted'), id: job, number: small, name: fc.string(), priority: fc.integer({ min: -1, max: 1 }), spec: fc.constant({}), key: fc.string() }),
  record({ kind: kind('wished'), id: job, wish: fc.constantFrom('go' as const, 'pause' as const, 'cancel' as const) }),
  record({ kind: kind('saved'), id: job, update: small, updates: fc.option(small) }), record({ kind: kind('ended'), id: job, end: fc.constant({ kind: 'finished' }) }), record({ kind: kind('quarantined'), worker, reason: fc.string() }),
);
const clusterEvent: fc.Arbitrary<ClusterEvent> = fc.oneof(
  record({ ...at, kind: kind('tick') }), record({ ...at, kind: kind('recorded'), decision }), record({ ...at, kind: kind('goodbye'), worker }),
  record({ ...at, kind: kind('hello'), worker, fingerprint: fc.constant({ engine: 'x', deviceClass: 'x', threads: 1 }), computing: fc.option(job) }),
  record({ ...at, kind: kind('lacks'), worker, job, reason: fc.string() }), record({ ...at, kind: kind('drain'), worker }), record({ ...at, kind: kind('misbehaved'), worker, reason: fc.string() }),
  record({ ...at, kind: kind('progress'), job, update: small, updates: fc.option(small) }), record({ ...at, kind: kind('run-ended'), job, end: fc.option(fc.constant({ kind: 'failed' })) }),
);

test('the cluster\'s machine: any order of events; C1 and C2 hold throughout, and an ended job stays ended', () => {
  fc.assert(fc.property(fc.array(clusterEvent, { maxLength: 80 }), (events) => {
    const rules = { ...CLUSTER_RULES, runsMax: 2, workersMax: 3 };
    let state = initialCluster({ ...NO_HISTORY, epoch: 1 }, rules);
    const ended = new Set<string>();
    for (const event of events) {
      ({ state } = clusterStep(state, event));
      assert.ok(state.runs.length <= rules.runsMax && state.workers.length <= rules.workersMax, 'C1');
      for (const one of state.workers) assert.ok(one.job === null || !state.held.some(({ key }) => key === one.key), 'C2');
      for (const one of state.history.jobs) {
        if (one.end !== null) ended.add(`${one.number}`);
        assert.ok(one.end !== null || !ended.has(`${one.number}`), 'H2');
      }
    }
  }), RUNS);
});
