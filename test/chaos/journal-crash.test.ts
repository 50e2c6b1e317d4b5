// A run's journal killed, or its power lost, after each of its operations on the disk (write, fsync, link, rename, ...): what is there when
// it is opened again is the state before or after the step that was under way, never a mixture, and the run goes on from it to the end
// that an undisturbed run has. What was not synced is lost, kept, or torn in seeded ways.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Journal, Snapshot } from '../../platform/journal/journal.ts';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import { createRunDirectory, openRunDirectory, type OpenRun, type RunSystem } from '../../platform/journal/run-directory.ts';
import type { Processes } from '../../platform/lease/processes.ts';
import type { Files } from '../../platform/store/files.ts';
import { SimulatedDisk, type Survival } from '../support/disk.ts';
import { Crash, Faults, withFaults } from '../support/faults.ts';
import { entryOf, modelOf, runOf, snapshotOf } from '../support/run-fixtures.ts';
import { seeded } from '../support/seeded.ts';

const RUN = runOf({ every: 100, keep: 2 });
const SETTINGS = { every: 100, keep: 2, grid: 10 };

/** Each process of the test is another one, and those before it are dead. */
function systemOf(files: Files, pid: number): RunSystem {
  const processes: Processes = {
    self: () => ({ pid, host: 'anna', startTicks: pid, bootId: null, machineId: null, pidNamespace: null }),
    stateOf: (other) => other.pid === pid ? 'alive' : 'dead',
  };
  return { files, processes, nowMs: () => 0 };
}

type Step = (journal: Journal) => Promise<unknown>;

const line = (update: number, branch = 0): Step => async (journal) => {
  const outcome = await journal.appendLedger(entryOf(update, branch), { place: 'here', seconds: update / 3 });
  assert.equal(outcome.kind, 'appended');
};
const metrics = (update: number): Step => (journal) => journal.appendMetrics({ update });
const checkpoint = (at: Partial<Snapshot> & { readonly update: number }): Step => (journal) =>
  journal.checkpoint(snapshotOf({ ...at, rollbacks: at.branch ?? 0, ledger: journal.ledgerPosition() }), modelOf(at.update));

// A run with figures, an interruption, a rollback to 200 that is interrupted at once (so that branch 1 replaces 200), and a return.
const SCRIPT: readonly Step[] = [
  checkpoint({ update: 0 }), line(50), metrics(50), line(100), checkpoint({ update: 100, figure: -90 }),
  line(150), checkpoint({ update: 170, reason: 'signal' }), line(200), metrics(200), checkpoint({ update: 200, figure: -95 }), line(250),
  checkpoint({ update: 200, branch: 1, reason: 'signal' }), line(250, 1), line(300, 1), checkpoint({ update: 300, branch: 1, figure: -96 }),
  (journal) => journal.writeArtefact('samples/00000300.png', new Uint8Array(300)),
  (journal) => journal.writeArtefact('samples/00000300.png', new Uint8Array(200)),
  line(350, 1), checkpoint({ update: 350, branch: 1, reason: 'pause' }), line(400, 1), checkpoint({ update: 400, branch: 1, figure: -80 }), line(450, 1),
];

// The last step replaces a checkpoint.
const REPLACEMENT: readonly Step[] = [
  checkpoint({ update: 200 }), (journal) => journal.writeArtefact('samples/00000300.png', new Uint8Array(200)), checkpoint({ update: 200, branch: 1, reason: 'signal' }),
];

/** What a journal holds, by the one in memory. */
interface Model { readonly checkpoints: readonly Snapshot[]; readonly lines: number; readonly head: string }

/** A script and what the steps before each of its steps leave. */
interface Plan { readonly script: readonly Step[]; readonly states: readonly Model[] }

async function planOf(script: readonly Step[]): Promise<Plan> {
  const memory = new MemoryJournal(SETTINGS);
  const look = (): Model => ({ checkpoints: memory.checkpoints.map(({ snapshot }) => snapshot), ...memory.ledgerPosition() });
  const states = [look()];
  for (const step of script) {
    await step(memory);
    states.push(look());
  }
  return { script, states };
}

function identity({ arrays, ...rest }: Snapshot): string {
  return JSON.stringify([Object.entries(rest).sort(), [...arrays].map(([name, data]) => [name, [...data]]).sort()]);
}

/** Runs the script from a step on; the number of steps that were done, and what stopped it (null: nothing). */
async function perform(journal: Journal, script: readonly Step[], from = 0): Promise<{ readonly done: number; readonly stopped: unknown }> {
  let done = from;
  try {
    for (const step of script.slice(from)) {
      await step(journal);
      done += 1;
    }
    await journal.close();
    return { done, stopped: null };
  } catch (stopped) {
    return { done, stopped };
  }
}

/** One process: makes the run and performs the script. `done` is -1 if the run was not made. */
async function firstLife(files: Files, script: readonly Step[]): Promise<{ readonly done: number; readonly stopped: unknown }> {
  let run: OpenRun;
  try {
    run = await createRunDirectory('runs/one', RUN, systemOf(files, 1));
  } catch (stopped) {
    return { done: -1, stopped };
  }
  return perform(run.journal, script);
}

async function checkRun(run: OpenRun, before: Model, after: Model): Promise<Snapshot | null> {
  for (const warning of run.warnings) assert.match(warning, /^runs\/one\/(ledger\.jsonl: line \d+: .*; (it was cut off|lines from there on are not used)|metrics\.jsonl: its last line has no end; it was cut off)$/);
  const outcome = await run.journal.restore();
  assert.deepEqual(outcome.warnings, []);
  const newest = [before, after].map(({ checkpoints }) => checkpoints[0] === undefined ? 'none' : identity(checkpoints[0]));
  assert.ok(newest.includes(outcome.kind === 'none' ? 'none' : identity(outcome.snapshot)), 'the newest is neither the one before nor the one after');
  // All the others: each as before or as after, and what both have is there.
  const wanted = new Map([...before.checkpoints, ...after.checkpoints].map((snapshot) => [identity(snapshot), snapshot.update]));
  const present = new Set<string>();
  for (const update of new Set(wanted.values())) {
    const found = await run.journal.restore(update);
    if (found.kind === 'none') continue;
    assert.ok(wanted.has(identity(found.snapshot)), `the checkpoint of update ${update} is neither the one before nor the one after`);
    present.add(identity(found.snapshot));
  }
  const both = before.checkpoints.map(identity).filter((one) => after.checkpoints.map(identity).includes(one));
  for (const one of both) assert.ok(present.has(one), `the checkpoint of update ${wanted.get(one)!} was to be kept`);
  return outcome.kind === 'none' ? null : outcome.snapshot;
}

/** From the state that was found, on to the end: the same chain and checkpoints as if nothing had happened. */
async function goOn(run: OpenRun, from: Snapshot | null, { script, states }: Plan): Promise<void> {
  const position = from?.ledger ?? { lines: 0, head: states[0]!.head };
  await run.journal.cutLedger(position);
  assert.deepEqual(run.journal.ledgerPosition(), { lines: position.lines, head: position.head });
  const step = from === null ? 0 : 1 + states.slice(0, -1).findIndex((_, i) => states[i + 1]!.checkpoints[0] !== undefined && identity(states[i + 1]!.checkpoints[0]!) === identity(from));
  assert.equal((await perform(run.journal, script, step)).stopped, null);
}

/** `extra`: the crash came between the last checkpoint and the removal of older ones, which then waits for the next checkpoint. */
async function checkEnd(files: Files, end: Model, extra: boolean): Promise<void> {
  const reader = await readRunDirectory('runs/one', files);
  const scan = await reader.ledger();
  assert.deepEqual(scan.problems, []);
  assert.deepEqual(scan.position, { lines: end.lines, head: end.head });
  const health = await reader.checkpoints('deep');
  assert.deepEqual(health.map(({ kind, update }) => [kind, update]).slice(0, extra ? end.checkpoints.length : undefined), end.checkpoints.map(({ update }) => ['good', update]));
  assert.ok(health.every(({ kind }) => kind === 'good'));
  assert.deepEqual((await files.list('runs/one')).filter((name) => !name.startsWith('.lock.')), ['checkpoints', 'job.json', 'ledger.jsonl', 'metrics.jsonl', 'samples']);
  assert.deepEqual(await files.list('runs/one/checkpoints'), health.map(({ update }) => String(update).padStart(8, '0')).sort());
  const [picture] = await files.list('runs/one/samples');
  assert.equal(picture, '00000300.png');
  assert.equal((await files.describe('runs/one/samples/00000300.png'))?.bytes, 200);
}

async function reopen(files: Files, pid: number): Promise<OpenRun> {
  const isRun = await files.describe('runs/one/job.json').catch(() => null) !== null;
  return isRun ? openRunDirectory('runs/one', systemOf(files, pid)) : createRunDirectory('runs/one', RUN, systemOf(files, pid));
}

/** What happens to the disk when a process ends: nothing if it was killed (nothing becomes durable by that either), else the power is lost. */
type End = 'killed' | Survival;

function endOf(disk: SimulatedDisk, end: End): void {
  if (end !== 'killed') disk.powerLoss(end);
}

interface Crashes {
  readonly end: End;
  /** The process that cleans up ends too, after its operation `at`. */
  readonly again?: { readonly at: number; readonly end: End };
  /** Whether the run then goes on to its end, beside being looked at. */
  readonly goesOn: boolean;
}

/** The first process ends after its operation `at`. */
async function crashAt(plan: Plan, at: number, { end, again, goesOn }: Crashes): Promise<'crashed' | 'ended'> {
  const { script, states } = plan;
  const disk = new SimulatedDisk();
  const { done, stopped } = await firstLife(withFaults(disk.files(), new Faults({ at, effect: { kind: 'crash' } })), script);
  if (stopped === null) return 'ended';
  if (!(stopped instanceof Crash)) throw stopped as Error;
  const [before, after] = [states[Math.max(0, done)]!, states[Math.min(Math.max(0, done) + 1, states.length - 1)]!];
  endOf(disk, end);
  if (again !== undefined) {
    const files = withFaults(disk.files(), new Faults({ at: again.at, effect: { kind: 'crash' } }));
    const second = await reopen(files, 2).then((run) => run.journal.close()).then(() => null, (error: unknown) => error);
    if (second !== null && !(second instanceof Crash)) throw second as Error;
    endOf(disk, again.end);
  }
  const run = await reopen(disk.files(), 3);
  const found = await checkRun(run, before, after);
  if (!goesOn) {
    await run.journal.close();
    return 'crashed';
  }
  await goOn(run, found, plan);
  const extra = found?.update === states.at(-1)!.checkpoints[0]?.update;
  await checkEnd(disk.files(), states.at(-1)!, extra);
  if (end !== 'killed') return 'crashed';
  // What was closed is durable, what the killed process had left unsynced included.
  disk.powerLoss('lost');
  await (await reopen(disk.files(), 4)).journal.close();
  await checkEnd(disk.files(), states.at(-1)!, extra);
  return 'crashed';
}

describe('the journal after a crash', () => {
  const everyInstant = async (check: (at: number) => Promise<'crashed' | 'ended'>): Promise<void> => {
    let at = 1;
    while (await check(at).catch((error: unknown) => { throw new Error(`crash after operation ${at}: ${error instanceof Error ? error.message : String(error)}`, { cause: error }); }) === 'crashed') at += 1;
    assert.ok(at > 250, `only ${at} operations`);
  };

  test('undisturbed, the directory holds what the journal in memory holds', async () => {
    const { script, states } = await planOf(SCRIPT);
    const disk = new SimulatedDisk();
    assert.equal((await firstLife(disk.files(), script)).stopped, null);
    await checkEnd(disk.files(), states.at(-1)!, false);
    // Of what was closed nothing is lost.
    disk.powerLoss('lost');
    await (await reopen(disk.files(), 2)).journal.close();
    await checkEnd(disk.files(), states.at(-1)!, false);
  });

  test('killed after any operation (nothing of the disk lost), it is as before or as after the step', async () => {
    // Going on to the end takes most of the time: each of three tests does so at every third instant.
    const plan = await planOf(SCRIPT);
    await everyInstant((at) => crashAt(plan, at, { end: 'killed', goesOn: at % 3 === 0 }));
  });

  test('with power lost after any operation and all that was not synced gone, it is as before or as after the step', async () => {
    const plan = await planOf(SCRIPT);
    await everyInstant((at) => crashAt(plan, at, { end: 'lost', goesOn: at % 3 === 1 }));
  });

  test('with power lost after any operation and what was not synced torn in seeded ways, it is as before or as after the step', async () => {
    const plan = await planOf(SCRIPT);
    await everyInstant((at) => crashAt(plan, at, { end: seeded(at), goesOn: at % 3 === 2 }));
  });

  test('killed while one checkpoint replaces another, and power lost at any instant of the cleaning up, it is as before or as after', async () => {
    const plan = await planOf(REPLACEMENT);
    const faults = new Faults();
    await firstLife(withFaults(new SimulatedDisk().files(), faults), REPLACEMENT);
    const moved = faults.log.findIndex((operation) => operation.includes('.old-')) + 1;
    assert.ok(moved > 50);
    for (const end of ['killed', 'torn'] as const) {
      for (let at = moved - 2; at <= moved + 6; at += 1) {
        for (let again = 1; again <= 24; again += 1) {
          const first = end === 'killed' ? end : seeded(at * 100 + again);
          assert.equal(await crashAt(plan, at, { end: first, again: { at: again, end: seeded(again * 1000 + at) }, goesOn: again % 4 === 0 }), 'crashed', `${at}, then ${again}`);
        }
      }
    }
  });
});
