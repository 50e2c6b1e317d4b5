// The worker's machine: what it does with every message, and what holds for any order of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ParametersName } from '../../../proto/messages.ts';
import { step } from '../../../worker/machine/machine.ts';
import { INITIAL_STATE, PARAMETERS_MAX, type Command, type Event, type State, type Work } from '../../../worker/machine/state.ts';
import { tinyJob } from '../../support/tiny-job.ts';

function name(version: number, branch = 0): ParametersName {
  return { branch, version, of: 'masters' };
}

/** A unit of update `update`, whose parameters have its number, and whose chains are [0, 4) unless told. */
function work(lease: number, update: number, changes: { sent?: boolean; branch?: number; from?: number; to?: number } = {}): Work {
  const { sent = true, branch = 0, from = 0, to = 4 } = changes;
  return { lease, ticket: lease, kind: 'update', parameters: name(update, branch), chains: { branch, update, range: { from, to }, sent } };
}

/** A machine that is told events and remembers what it said to each. */
class Worker {
  state: State = INITIAL_STATE;
  tell(...events: readonly Event[]): readonly string[] {
    return events.flatMap((event) => {
      const { state, commands } = step(this.state, event);
      this.state = state;
      return commands.map(shown);
    });
  }
}

function shown(command: Command): string {
  switch (command.kind) {
    case 'fetch': return `fetch ${command.name.branch}/${command.name.version}`;
    case 'compute': case 'discard': return `${command.kind} ${command.ticket}`;
    case 'deliver': return `deliver ${command.lease}${command.asks ? ' and ask' : ''}`;
    case 'renew': return `renew ${command.lease}`;
    case 'fail': return `fail ${command.lease} ${command.code}${command.asks ? ' and ask' : ''}`;
    case 'forget': return `forget ${command.names.map(({ branch, version }) => `${branch}/${version}`).join(' ')}`;
    case 'stop': return `stop ${command.reason.kind}`;
    case 'join': case 'request': case 'leave': return command.kind;
  }
}

const START: Event = { kind: 'start' };
const DRAIN: Event = { kind: 'drain' };
const TICK: Event = { kind: 'tick' };
const welcome = (epoch = 1, version = 0): Event => ({ kind: 'message', message: { kind: 'welcome', epoch, job: tinyJob(), start: { branch: 0, version }, heartbeatMs: 1 } });
const fence = (epoch: number, version: number, branch = 0): Event => ({ kind: 'message', message: { kind: 'fence', epoch, start: { branch, version } } });
const cancel = (lease: number, epoch = 1): Event => ({ kind: 'message', message: { kind: 'cancel', epoch, lease } });
const refused = (code: 'unknown-worker' | 'full' | 'quarantined' | 'over'): Event => ({ kind: 'message', message: { kind: 'refused', epoch: 1, code, message: 'no' } });
const lease = (one: Work, epoch = 1): Event => ({ kind: 'lease', epoch, work: one });
const fetched = (version: number, epoch = 1): Event => ({ kind: 'fetched', name: name(version), epoch });
const computed = (number: number, keeps = true): Event => ({ kind: 'computed', ticket: number, keeps });

test('a worker joins, asks, fetches what it lacks, computes, and delivers while asking for more', () => {
  const worker = new Worker();
  assert.deepEqual(worker.tell(START), ['join']);
  assert.deepEqual(worker.tell(welcome()), ['request']);
  assert.deepEqual(worker.tell(lease(work(7, 0))), ['fetch 0/0']);
  assert.deepEqual(worker.tell(fetched(0)), ['compute 7']);
  assert.deepEqual(worker.tell(computed(7)), ['deliver 7 and ask']);
  assert.deepEqual(worker.tell(lease(work(8, 0))), ['compute 8'], 'the parameters are at hand');
});

test('K1: while it computes it takes no other lease', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(7, 0)), fetched(0));
  assert.deepEqual(worker.tell(lease(work(8, 0)), lease(work(7, 0))), []);
  assert.deepEqual(worker.tell(computed(7)), ['deliver 7 and ask']);
});

test('K1: a unit that was given up for a new coordinator is computed to its end before another one is taken', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(7, 0)), fetched(0));
  assert.deepEqual(worker.tell(refused('unknown-worker'), welcome(2)), ['join', 'forget 0/0', 'request']);
  assert.deepEqual(worker.tell(lease(work(8, 0), 2)), []);
  assert.deepEqual(worker.tell(computed(7)), ['discard 7', 'request']);
  assert.deepEqual(worker.tell(lease(work(8, 0), 2), fetched(0, 2)), ['fetch 0/0', 'compute 8']);
});

test('chains that it computed are at hand for the next update; others must be sent', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 0, { to: 2 })), fetched(0), computed(1), lease(work(2, 0, { from: 2, to: 4 })), computed(2));
  assert.deepEqual(worker.tell(lease(work(3, 1, { sent: false, from: 0, to: 4 }))), ['fetch 0/1'], 'two pieces of one version make a whole');
  worker.tell(fetched(1), computed(3, false));
  assert.deepEqual(worker.tell(lease(work(4, 2, { sent: false }))), ['fail 4 states-missing and ask']);
});

test('K2: a message of a lower epoch changes nothing', () => {
  const worker = new Worker();
  worker.tell(START, welcome(3), lease(work(7, 0), 3), fetched(0, 3));
  const before = worker.state;
  assert.deepEqual(worker.tell(fence(2, 0), cancel(7, 2), lease(work(9, 0), 2)), []);
  assert.deepEqual(worker.state, before);
});

test('K3: a new epoch voids the unit at hand, all parameters, and chains above its start', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 4)), fetched(4), computed(1), lease(work(2, 5)), fetched(5));
  assert.deepEqual(worker.tell(fence(2, 4)), ['forget 0/4 0/5']);
  assert.deepEqual(worker.tell(computed(2)), ['discard 2', 'request']);
  assert.deepEqual(worker.tell(lease(work(3, 4, { sent: false }), 2)), ['fail 3 states-missing and ask'], 'chains of version 5 are dead too');
  assert.deepEqual(worker.tell(lease(work(4, 4), 2)), ['fetch 0/4'], 'an engine may have given up its memory by now');
});

test('K3: chains of the version that an epoch starts from live on', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 4)), fetched(4), computed(1));
  worker.tell(fence(2, 5));
  assert.deepEqual(worker.tell(lease(work(2, 5, { sent: false }), 2)), ['fetch 0/5']);
});

test('K3: whoever is welcomed by the next coordinator comes with empty hands', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 4)), fetched(4), computed(1));
  worker.tell(refused('unknown-worker'));
  assert.deepEqual(worker.tell(welcome(2)), ['forget 0/4', 'request']);
});

test('K3: an answer to a question of the epoch before is not taken', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 5)));
  assert.deepEqual(worker.tell(fence(2, 4)), ['request']);
  worker.tell(fetched(5, 1));
  assert.deepEqual(worker.state.parameters, []);
});

test('K3: a lease of a higher epoch, whose fence was lost, is taken with empty hands', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 0)), fetched(0), computed(1));
  assert.deepEqual(worker.tell(lease(work(2, 0), 2)), ['forget 0/0', 'fetch 0/0']);
  assert.equal(worker.state.epoch, 2);
});

test('a cancelled lease: fetching ends at once, computing when it is done; another lease is not touched', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 0)));
  assert.deepEqual(worker.tell(cancel(9)), []);
  assert.deepEqual(worker.tell(cancel(1)), ['request']);
  worker.tell(lease(work(2, 0)), fetched(0));
  assert.deepEqual(worker.tell(cancel(2)), []);
  assert.deepEqual(worker.tell(TICK), ['renew null']);
  assert.deepEqual(worker.tell(computed(2)), ['discard 2', 'request']);
});

test('K4: drained, it finishes its unit, delivers without asking, and leaves', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 0)), fetched(0));
  assert.deepEqual(worker.tell(DRAIN), []);
  assert.deepEqual(worker.tell(computed(1)), ['deliver 1', 'leave', 'stop drained']);
  assert.deepEqual(worker.tell(lease(work(2, 0)), TICK, computed(1)), ['discard 1'], 'what has left does nothing more');
});

test('K4: a unit that was given up is computed to its end before the worker leaves, whatever the reason', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(7, 0)), fetched(0), refused('unknown-worker'));
  assert.deepEqual(worker.tell(DRAIN, TICK, welcome(2), DRAIN), ['leave']);
  assert.deepEqual(worker.tell(computed(7)), ['discard 7', 'stop drained']);
  const other = new Worker();
  other.tell(START, welcome(), lease(work(7, 0)), fetched(0));
  assert.deepEqual(other.tell(refused('quarantined')), []);
  assert.deepEqual(other.tell(computed(7)), ['discard 7', 'stop refused']);
});

test('K4: drained while idle or fetching it hands back what it has by leaving', () => {
  for (const events of [[START], [START, welcome()], [START, welcome(), lease(work(1, 0))]]) {
    const worker = new Worker();
    worker.tell(...events);
    assert.deepEqual(worker.tell(DRAIN), ['leave', 'stop drained']);
  }
});

test('K4: a drain by the coordinator is a drain', () => {
  const worker = new Worker();
  worker.tell(START, welcome());
  assert.deepEqual(worker.tell({ kind: 'message', message: { kind: 'drain', epoch: 1 } }), ['leave', 'stop drained']);
});

test('K5: a tick asks again for whatever may have been lost', () => {
  const worker = new Worker();
  assert.deepEqual(worker.tell(START, TICK), ['join', 'join']);
  assert.deepEqual(worker.tell(welcome(), TICK), ['request', 'request']);
  assert.deepEqual(worker.tell(lease(work(1, 0)), TICK), ['fetch 0/0', 'renew 1']);
  assert.deepEqual(worker.tell(fetched(0), TICK), ['compute 1', 'renew 1']);
});

test('K5: parameters from a leader that was deposed meanwhile are not taken, and are asked for again', () => {
  const worker = new Worker();
  worker.tell(START, welcome(2), lease(work(1, 0), 2));
  assert.deepEqual(worker.tell(fetched(0, 1)), ['fetch 0/0']);
  assert.deepEqual(worker.tell(fetched(3, 1)), []);
  assert.deepEqual(worker.tell(fetched(0, 2)), ['compute 1']);
});

test('K5: parameters that did not come are asked for again; those that are gone give the unit back', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 0)));
  assert.deepEqual(worker.tell({ kind: 'fetch-failed', name: name(0), gone: false }), ['fetch 0/0']);
  assert.deepEqual(worker.tell({ kind: 'fetch-failed', name: name(0), gone: true }), ['fail 1 parameters-missing and ask']);
  assert.deepEqual(worker.tell({ kind: 'fetch-failed', name: name(0), gone: true }), [], 'once');
});

test('who is unknown joins again; who is quarantined or late to a run that is over stops, with the reason', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 0)), fetched(0));
  assert.deepEqual(worker.tell(refused('unknown-worker'), refused('unknown-worker')), ['join']);
  assert.deepEqual(worker.tell(computed(1)), ['discard 1']);
  assert.deepEqual(worker.tell(refused('full')), [], 'it asks again at the next tick');
  assert.deepEqual(worker.tell(refused('quarantined')), ['stop refused']);
  assert.deepEqual(worker.state.phase, { kind: 'left', reason: { kind: 'refused', code: 'quarantined', message: 'no' } });
});

test('a unit that fails is reported with its reason, once', () => {
  const worker = new Worker();
  worker.tell(START, welcome(), lease(work(1, 0)), fetched(0));
  assert.deepEqual(worker.tell({ kind: 'failed', ticket: 1, message: 'broken' }, { kind: 'failed', ticket: 1, message: 'broken' }), ['fail 1 engine and ask']);
});

test(`no more than ${PARAMETERS_MAX} versions are kept, the oldest goes`, () => {
  const worker = new Worker();
  worker.tell(START, welcome());
  for (let update = 0; update < 3; update += 1) worker.tell(lease(work(update, update)), fetched(update), computed(update));
  assert.deepEqual(worker.tell(lease(work(3, 3)), fetched(3)), ['fetch 0/3', 'forget 0/0', 'compute 3']);
});

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.constantFrom<Event>(TICK, refused('unknown-worker'), refused('full'), welcome(), welcome(2)),
  fc.tuple(fc.nat(5), fc.nat(3), fc.boolean(), fc.integer({ min: 1, max: 3 })).map(([number, update, sent, epoch]) => lease(work(number, update, { sent }), epoch)),
  fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 3 })).map(([version, epoch]) => fetched(version, epoch)),
  fc.tuple(fc.nat(3), fc.boolean()).map(([version, gone]): Event => ({ kind: 'fetch-failed', name: name(version), gone })),
  fc.tuple(fc.nat(5), fc.boolean()).map(([number, keeps]) => computed(number, keeps)),
  fc.nat(5).map((number): Event => ({ kind: 'failed', ticket: number, message: 'broken' })),
  fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 3 })).map(([number, epoch]) => cancel(number, epoch)),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(3)).map(([epoch, version]) => fence(epoch, version)),
);

test('K1, K2, K3: for any order of events it computes only leased work with parameters at hand, and its epoch never falls', () => {
  fc.assert(fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
    let state = step(INITIAL_STATE, START).state;
    const held = new Set<string>();
    for (const event of events) {
      const before = state;
      const next = step(state, event);
      state = next.state;
      assert.ok(state.epoch >= before.epoch, 'K2');
      if (event.kind === 'fetched' && event.epoch >= before.epoch) held.add(JSON.stringify(event.name));
      for (const command of next.commands) {
        if (command.kind === 'compute') {
          assert.ok(state.phase.kind === 'computing' && state.phase.work.ticket === command.ticket && before.phase.kind !== 'computing', 'K1');
          assert.ok(held.has(JSON.stringify(state.phase.work.parameters)));
        }
        if (command.kind === 'deliver') assert.ok(before.phase.kind === 'computing' && !before.phase.isVoid && before.phase.work.ticket === command.ticket);
      }
      assert.ok(state.parameters.length <= PARAMETERS_MAX);
    }
    const { state: drained, commands } = step(state, DRAIN);
    assert.ok(drained.phase.kind === 'left' || (drained.draining && commands.length === 0), 'K4');
  }), { seed: 20261123, numRuns: 500 });
});
