// The worker's shell over a wire of its own: what it asks for, and what it keeps, when leases end before their units.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeRowBytes } from '../../../ebm/rbm/difference.ts';
import { packSums } from '../../../ebm/rbm/packed.ts';
import { startChains } from '../../../ebm/rbm/initial.ts';
import type { Parameters, UpdateSums } from '../../../ebm/rbm/parameters.ts';
import type { Session, UpdateUnit } from '../../../engine/engine.ts';
import { openReferenceEngine } from '../../../engine/reference/engine.ts';
import { virtualClock } from '../../../platform/clock/virtual.ts';
import { inProcessTransport } from '../../../platform/transport/in-process.ts';
import { SUBJECTS, type ContributionMessage, type Message, type ToWorker } from '../../../proto/messages.ts';
import { WorkerShell } from '../../../worker/shell/shell.ts';
import { startRun } from '../../support/engine-run.ts';
import { tinyJob, tinyProblem } from '../../support/tiny-job.ts';
import { promises } from '../../support/virtual-time.ts';

const JOB = tinyJob();
const PROBLEM = tinyProblem(JOB);
const ALL = { from: 0, to: 8 };

/** A gate that work waits at until it is opened. */
function gate(): { readonly wait: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const wait = new Promise<void>((resolve) => { open = resolve; });
  return { wait, open };
}

/**
 * A worker with a stand-in for its coordinator: answers requests after `answering`, computes after `computing`, takes differences after `adopting`.
 * `places`: its engine has a queue, and tells of a version while it is being made.
 */
async function setUp(answering: () => Promise<void>, computing: () => Promise<void>, adopting: () => Promise<void> = () => Promise.resolve(), places = false) {
  const engine = openReferenceEngine();
  const { session, parameters } = await startRun(engine, PROBLEM);
  const transport = inProcessTransport<Message>(virtualClock());
  const heard: Message[] = [];
  const asked: string[] = [];
  let adopted = 0;
  let differences = 0;
  let factors = 0;
  transport.subscribe(SUBJECTS.coordinator('r'), (message) => { heard.push(message); });
  transport.serve(SUBJECTS.parameters('r'), async (message) => {
    assert.ok(message.kind === 'parameters-request');
    asked.push(`${message.name.branch}/${message.name.version}`);
    await answering();
    return { kind: 'parameters', epoch: message.epoch, name: message.name, parameters: named(parameters, message.name.version) };
  });
  const own: Session = {
    ...session,
    adopt(given) { adopted += 1; return session.adopt(given); },
    async adoptDifference(base, difference, next, onPlaced) {
      differences += 1;
      const adopted = await session.adoptDifference(base, difference, next);
      if (places) onPlaced?.(adopted ?? named(parameters, next.version));
      await adopting();
      return adopted;
    },
    evaluateFactors(...given) { factors += 1; return session.evaluateFactors(...given); },
    async evaluate(...given) { await computing(); return session.evaluate(...given); },
  };
  const worker = new WorkerShell({
    run: 'r', id: 'w', session: own, engine: engine.fingerprint(), clock: virtualClock(), transport, shared: false,
    visible: PROBLEM.visible, hidden: PROBLEM.hidden, rows: {},
  });
  const left = worker.run();
  const tell = async (message: ToWorker): Promise<void> => {
    transport.publish(SUBJECTS.worker('r', 'w'), message);
    await promises();
  };
  const announce = async (message: Message): Promise<void> => {
    transport.publish(SUBJECTS.published('r'), message);
    await promises();
  };
  await tell({ kind: 'welcome', epoch: 1, job: JOB, start: { branch: 0, version: 0 }, heartbeatMs: 1_000 });
  return { tell, announce, heard, asked, adopted: () => adopted, differences: () => differences, factors: () => factors, left, session, parameters };
}

function named(parameters: Parameters, version: number): Parameters {
  return { ...parameters, version };
}

function leaseOf(lease: number, update: number, states: Uint8Array | null, epoch = 1): ToWorker {
  const parameters = { branch: 0, version: update, of: 'masters' } as const;
  return { kind: 'lease', epoch, lease, termMs: 1_000, unit: { kind: 'update', branch: 0, update, parameters, data: ALL, chains: ALL, states, form: 'sums' } };
}

/** As a contribution carries sums: packed where that is fewer bytes. */
function contentOf(sums: UpdateSums): ContributionMessage['content'] {
  const packed = packSums(sums);
  return packed === null ? { kind: 'sums', sums } : { kind: 'packed', sums: packed };
}

const contributionsIn = (heard: readonly Message[]): readonly ContributionMessage[] => heard.filter((message) => message.kind === 'contribution');

test('parameters that are on their way serve the next lease: they are asked for and adopted once', async () => {
  const { wait, open } = gate();
  const { tell, heard, asked, adopted } = await setUp(() => wait, () => Promise.resolve());
  const chains = startChains(JOB.seed, ALL, PROBLEM.hidden);
  await tell(leaseOf(1, 0, chains));
  await tell({ kind: 'cancel', epoch: 1, lease: 1 });
  await tell(leaseOf(2, 0, chains));
  await tell({ kind: 'cancel', epoch: 1, lease: 2 });
  await tell(leaseOf(3, 0, chains));
  open();
  await promises();
  assert.deepEqual(asked, ['0/0']);
  assert.equal(adopted(), 1);
  assert.deepEqual(contributionsIn(heard).map(({ lease }) => lease), [3]);
});

test('a unit that outlived its lease leaves the chains that are kept where they were', async () => {
  let passing = Promise.resolve();
  const { tell, heard, session, parameters } = await setUp(() => Promise.resolve(), () => passing);
  const chains = startChains(JOB.seed, ALL, PROBLEM.hidden);
  await tell(leaseOf(1, 0, chains));
  const slow = gate();
  passing = slow.wait;
  await tell(leaseOf(2, 1, null)); // its chains are kept from the unit before
  await tell({ kind: 'cancel', epoch: 1, lease: 2 });
  slow.open();
  await promises();
  await tell(leaseOf(3, 1, null));
  const [first, second] = contributionsIn(heard);
  assert.deepEqual([first?.lease, second?.lease], [1, 3]);
  const unit: UpdateUnit = { branch: 0, update: 1, version: 1, data: ALL, chains: ALL };
  const expected = await session.evaluate(unit, named(parameters, 1), first!.states);
  assert.deepEqual(second!.states, expected.chains);
  assert.deepEqual(second!.content, contentOf(expected.sums));
});

test('a lease of the next coordinator that has the number of the unit at hand is a lease of its own, and is taken when that unit is done', async () => {
  const slow = gate();
  let passing = slow.wait;
  const { tell, heard } = await setUp(() => Promise.resolve(), () => passing);
  const chains = startChains(JOB.seed, ALL, PROBLEM.hidden);
  await tell(leaseOf(1, 3, chains));
  passing = Promise.resolve();
  await tell({ kind: 'refused', epoch: 2, code: 'unknown-worker', message: 'who are you?' });
  await tell({ kind: 'welcome', epoch: 2, job: JOB, start: { branch: 0, version: 2 }, heartbeatMs: 1_000 });
  await tell(leaseOf(1, 2, chains, 2)); // it computes one unit at a time: when that is done, it asks
  slow.open();
  await promises();
  assert.deepEqual([heard.at(-1)?.kind, contributionsIn(heard)], ['request', []]);
  await tell(leaseOf(1, 2, chains, 2));
  assert.deepEqual(contributionsIn(heard).map(({ epoch, lease, update }) => [epoch, lease, update]), [[2, 1, 2]]);
});

/** The version after another as what has changed: every weight by a step, or one beyond the end of the escapes. */
function announced(parameters: Parameters, version: number, change: { readonly epoch?: number; readonly escapes?: Int16Array } = {}): Message {
  const { visible, hidden } = PROBLEM;
  return {
    kind: 'parameters-difference', epoch: change.epoch ?? 1, name: { branch: 0, version, of: 'masters' }, base: version - 1,
    weights: { bits: 2, codes: new Uint8Array(visible * codeRowBytes(hidden, 2)).fill(0b01_01_01_01), escapes: change.escapes ?? new Int16Array(0) },
    visibleBias: parameters.visibleBias, hiddenBias: parameters.hiddenBias,
  };
}

test('a version that is announced is there for its lease: nothing is asked for, and the unit has its bits', async () => {
  const { tell, announce, heard, asked, session, parameters } = await setUp(() => Promise.resolve(), () => Promise.resolve());
  const chains = startChains(JOB.seed, ALL, PROBLEM.hidden);
  await tell(leaseOf(1, 0, chains));
  await announce(announced(parameters, 1));
  await announce(announced(parameters, 1));
  await tell(leaseOf(2, 1, chains));
  assert.deepEqual(asked, ['0/0']);
  const moved = { ...named(parameters, 1), weights: parameters.weights.map((weight) => weight + 1) };
  const expected = await session.evaluate({ branch: 0, update: 1, version: 1, data: ALL, chains: ALL }, moved, chains);
  assert.deepEqual(contributionsIn(heard).at(-1)?.content, contentOf(expected.sums));
});

test('an announced version without its base, of another epoch, or that does not fit, is asked for when it is needed', async () => {
  const { tell, announce, heard, asked, parameters } = await setUp(() => Promise.resolve(), () => Promise.resolve());
  const chains = startChains(JOB.seed, ALL, PROBLEM.hidden);
  await announce(announced(parameters, 1));
  await tell(leaseOf(1, 1, chains));
  await announce(announced(parameters, 2, { epoch: 2 }));
  await tell(leaseOf(2, 2, chains));
  await announce(announced(parameters, 3, { escapes: Int16Array.of(1) }));
  await tell(leaseOf(3, 3, chains));
  assert.deepEqual(asked, ['0/1', '0/2', '0/3']);
  assert.deepEqual(contributionsIn(heard).map(({ lease }) => lease), [1, 2, 3]);
});

test('a worker that leaves takes no more versions: the one on its way is there when its run ends, and what waits behind it is dropped', async () => {
  const slow = gate();
  const { tell, announce, left, differences, parameters } = await setUp(() => Promise.resolve(), () => Promise.resolve(), () => slow.wait);
  let isOver = false;
  void left.then(() => { isOver = true; });
  await tell(leaseOf(1, 0, startChains(JOB.seed, ALL, PROBLEM.hidden)));
  for (const version of [1, 2, 3]) await announce(announced(parameters, version));
  await tell({ kind: 'drain', epoch: 1 });
  assert.deepEqual([differences(), isOver], [1, false]);
  slow.open();
  await promises();
  assert.deepEqual([differences(), isOver], [1, true]);
});

test('a unit whose factors are wanted sends them', async () => {
  const { tell, heard, session, parameters } = await setUp(() => Promise.resolve(), () => Promise.resolve());
  const chains = startChains(JOB.seed, ALL, PROBLEM.hidden);
  const lease = leaseOf(1, 0, chains);
  assert.ok(lease.kind === 'lease' && lease.unit.kind === 'update');
  await tell({ ...lease, unit: { ...lease.unit, form: 'factors' } });
  const { factors, chains: after } = await session.evaluateFactors({ branch: 0, update: 0, version: 0, data: ALL, chains: ALL }, parameters, chains);
  assert.deepEqual(contributionsIn(heard).map(({ content, states }) => ({ content, states })), [{ content: { kind: 'factors', factors }, states: after }]);
});

/** A lease of an update whose factors are wanted, after another; its parameters are announced, and held up on their way into the engine. */
async function heldUp(change: { readonly escapes?: Int16Array }) {
  const slow = gate();
  const place = await setUp(() => Promise.resolve(), () => Promise.resolve(), () => slow.wait, true);
  const wanting = (lease: number, update: number): ToWorker => {
    const given = leaseOf(lease, update, startChains(JOB.seed, ALL, PROBLEM.hidden));
    assert.ok(given.kind === 'lease' && given.unit.kind === 'update');
    return { ...given, unit: { ...given.unit, form: 'factors' } };
  };
  await place.tell(wanting(1, 0));
  await place.announce(announced(place.parameters, 1, change));
  await place.tell(wanting(2, 1));
  return { ...place, slow, wanting };
}

test('a short unit is begun while its parameters are being made, once, and told when they are there', async () => {
  const { heard, asked, factors, slow, session, parameters } = await heldUp({});
  assert.deepEqual([factors(), contributionsIn(heard).length], [2, 1], 'begun, and not told');
  slow.open();
  await promises();
  assert.deepEqual([factors(), asked], [2, ['0/0']]);
  const moved = { ...named(parameters, 1), weights: parameters.weights.map((weight) => weight + 1) };
  const expected = await session.evaluateFactors({ branch: 0, update: 1, version: 1, data: ALL, chains: ALL }, moved, startChains(JOB.seed, ALL, PROBLEM.hidden));
  assert.deepEqual(contributionsIn(heard).at(-1)?.content, { kind: 'factors', factors: expected.factors });
});

test('what was begun with parameters that come to nothing is computed again with those that are asked for', async () => {
  const { heard, asked, factors, slow, session, parameters } = await heldUp({ escapes: Int16Array.of(1) });
  assert.deepEqual([factors(), contributionsIn(heard).length], [2, 1]);
  slow.open();
  await promises();
  assert.deepEqual([factors(), asked], [3, ['0/0', '0/1']]);
  const expected = await session.evaluateFactors({ branch: 0, update: 1, version: 1, data: ALL, chains: ALL }, named(parameters, 1), startChains(JOB.seed, ALL, PROBLEM.hidden));
  assert.deepEqual(contributionsIn(heard).at(-1)?.content, { kind: 'factors', factors: expected.factors });
});

test('a lease that is cancelled while its unit is ahead leaves nothing to the next one', async () => {
  const { tell, heard, factors, slow, wanting } = await heldUp({});
  await tell({ kind: 'cancel', epoch: 1, lease: 2 });
  await tell(wanting(3, 1));
  slow.open();
  await promises();
  assert.equal(factors(), 3);
  assert.deepEqual(contributionsIn(heard).map(({ lease }) => lease), [1, 3]);
});
