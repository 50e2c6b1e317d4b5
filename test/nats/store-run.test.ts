// A run kept in a store: trained there, interrupted, taken over and written out, it is to the bit the run of `ebm train`, and the commands
// take it as one. What breaks it, or its writer, is told.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { trainRun } from '../../cli/compose/trainer.ts';
import { loadData } from '../../platform/data/load.ts';
import { LEDGER_START } from '../../platform/journal/journal.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import { createStoreRun, openStoreRun } from '../../platform/journal/store-run.ts';
import { tracesInStore } from '../../platform/journal/traces.ts';
import { memoryObjects, openMemoryStore } from '../../platform/store/memory.ts';
import type { Store } from '../../platform/store/store.ts';
import { materialise } from '../support/materialise.ts';
import { natsStoreBench } from '../support/nats-store.ts';
import { entryOf, modelOf, runOf, snapshotOf } from '../support/run-fixtures.ts';
import { ebm, ebmJson, temporaryFolder, trainSmallRun } from '../support/small-run.ts';

const folder = temporaryFolder();
after(folder.remove);
const bench = natsStoreBench({ messageBytesMax: 9_000 });

test('a run on the NATS store that changes hands ends with the bits of `ebm train`, and verify, inspect and evaluate work on what is fetched', async () => {
  const trained = await trainSmallRun(folder.path);
  const { job, digest } = await readRunDirectory(trained);
  const data = await loadData(job.data, folder.path, job.seed);
  const { open } = await bench();
  const place = { store: await open(), prefix: 'runs/bars-1' };
  const first = await createStoreRun({ ...place, writer: 'first' }, { job, digest });
  const stop = new AbortController();
  const common = { job, data, directory: null, workers: 1, threads: 1, warnings: [] };
  await trainRun({ ...common, journal: first.journal, start: null, signal: stop.signal, onEvent: (event) => { if (event.kind === 'checkpoint' && event.update === 20) stop.abort(); } });
  const second = await openStoreRun({ ...place, writer: 'second' });
  assert.deepEqual(second.warnings, []);
  const restored = await second.journal.restore();
  assert.equal(restored.kind, 'restored');
  assert.deepEqual(restored.warnings, []);
  const outcome = await trainRun({ ...common, journal: second.journal, start: restored.snapshot, onEvent: () => undefined });
  assert.equal(outcome.kind, 'finished');
  await second.journal.writeArtefact('samples/00000060.png', Uint8Array.of(1, 2, 3));
  await second.journal.close();

  const fetched = folder.file('fetched/run');
  assert.deepEqual(await materialise(place, fetched), []);
  const chain = async (path: string): Promise<readonly string[]> => { const lines: string[] = []; await (await readRunDirectory(path)).ledger(({ digest: each }) => lines.push(each)); return lines; };
  assert.deepEqual(await chain(fetched), await chain(trained));
  assert.equal((await ebmJson('verified', 'verify', fetched))['equal'], true);
  assert.deepEqual((await ebmJson('evaluated', 'evaluate', fetched))['logPartition'], (await ebmJson('evaluated', 'evaluate', trained))['logPartition']);
  assert.equal((await ebm('inspect', fetched)).exitCode, 0);
  assert.deepEqual([...readFileSync(join(fetched, 'samples/00000060.png'))], [1, 2, 3]);
  await assert.rejects(materialise({ ...place, prefix: 'runs/none' }, folder.file('none')), { code: 'not-a-run' });
  await assert.rejects(createStoreRun({ ...place, writer: 'third' }, { job, digest }), { code: 'not-empty' });
});

test('a run on a store has samples and a report with its lines, and whoever opens it after its end finds the figures that were measured', async () => {
  mkdirSync(folder.file('reported'));
  const trained = await trainSmallRun(folder.file('reported'));
  const { job, digest } = await readRunDirectory(trained);
  const data = await loadData(job.data, folder.file('reported'), job.seed);
  const { open } = await bench();
  const place = { store: await open(), prefix: 'runs/bars-1' };
  const first = await createStoreRun({ ...place, writer: 'first' }, { job, digest });
  const common = { job, data, directory: null, workers: 1, threads: 1, warnings: [], onEvent: () => undefined };
  const outcome = await trainRun({ ...common, journal: first.journal, traces: tracesInStore(place, 'bars-1', () => first.journal.flush()), start: null });
  const ends: unknown[] = [];
  const second = await openStoreRun({ ...place, writer: 'second' });
  const restored = await second.journal.restore();
  assert.ok(outcome.kind === 'finished' && restored.kind === 'restored' && outcome.testLogLikelihood !== null);
  const again = await trainRun({
    ...common, journal: second.journal, traces: tracesInStore(place, 'bars-1', () => second.journal.flush()), start: restored.snapshot, onEvent: (event) => { if (event.kind === 'finished') ends.push(event.testLogLikelihood); },
  });
  assert.deepEqual([again.kind, ends], ['finished', [outcome.testLogLikelihood]]);
  await second.journal.close();
  await materialise(place, folder.file('stored'));
  const samples = (path: string): readonly string[] => readdirSync(join(path, 'samples')).sort();
  assert.deepEqual(samples(folder.file('stored')), samples(trained));
  for (const name of samples(trained)) assert.deepEqual(readFileSync(folder.file(`stored/samples/${name}`)), readFileSync(join(trained, 'samples', name)), name);
  const report = readFileSync(folder.file('stored/report.html'), 'utf8');
  for (const wanted of [outcome.parameters, outcome.ledger, 'ebm verify bars-1', 'id="samples"', 'log Z = ']) assert.ok(report.includes(wanted), wanted);
});

const run = runOf({ every: 100, keep: 2 });
const at = (store: Store, writer: string) => ({ store, prefix: 'runs/small-1', writer });

test('S2: who was deposed can write nothing more, says so, and removes nothing of its successor', async () => {
  const { open } = await bench();
  const [mine, theirs] = [await open(), await open()];
  const old = (await createStoreRun(at(mine, 'old'), run)).journal;
  for (const update of [100, 200]) await old.checkpoint(snapshotOf({ update }), modelOf(update));
  const next = (await openStoreRun(at(theirs, 'new'))).journal;
  await next.checkpoint(snapshotOf({ update: 300 }), modelOf(300));
  const before = await theirs.list('runs/');
  for (const attempt of [() => old.checkpoint(snapshotOf({ update: 400 }), modelOf(400)), () => old.discardNewer({ rollbacks: 0, update: 0 }), () => old.writeArtefact('x', new Uint8Array(1)), () => old.close()]) {
    await assert.rejects(attempt, { name: 'StorageError', code: 'deposed', message: /another coordinator has taken this run over/ });
  }
  const after = await theirs.list('runs/');
  assert.deepEqual(before.filter((key) => !after.includes(key)), []);
  assert.equal((await next.restore()).kind, 'restored');
  // S3: what it wrote without a record goes with the next opening.
  await openStoreRun(at(theirs, 'third'));
  assert.deepEqual((await theirs.list('runs/')).filter((key) => !before.includes(key)), ['runs/small-1/log/00000006']);
});

test('S1, S4: wherever the store fails or a writer dies, what a checkpoint counted is there, and the same journal can go on', async () => {
  for (let failAt = 1; failAt <= 24; failAt += 1) for (const isDone of [false, true]) {
    const memory = memoryObjects();
    const store = openMemoryStore(memory);
    await createStoreRun(at(store, 'maker'), run);
    let calls = 0;
    const failing = async <Result>(task: () => Promise<Result>): Promise<Result> => {
      calls += 1;
      if (calls !== failAt) return task();
      if (isDone) await task();
      throw new Error('no answer');
    };
    const flaky: Store = { ...store, putIfAbsent: (key, bytes) => failing(() => store.putIfAbsent(key, bytes)), remove: (key) => failing(() => store.remove(key)) };
    const journal = await openStoreRun(at(flaky, 'flaky')).catch(() => openStoreRun(at(flaky, 'flaky'))).then((opened) => opened.journal);
    const again = async (task: () => Promise<unknown>): Promise<void> => { await task().catch(task); };
    let counted = LEDGER_START;
    for (const update of [100, 200, 300, 400]) {
      counted = (await journal.appendLedger(entryOf(update), {})).position;
      await again(() => journal.checkpoint(snapshotOf({ update, ledger: counted }), modelOf(update)));
    }
    // Died without closing.
    const found = await openStoreRun(at(store, 'next'));
    const restored = await found.journal.restore();
    assert.equal(restored.kind, 'restored', `${failAt} ${isDone}`);
    assert.deepEqual([restored.snapshot.update, restored.warnings, found.warnings, found.journal.ledgerPosition()], [400, [], [], counted], `${failAt} ${isDone}`);
    assert.equal((await store.list('runs/small-1/checkpoints/')).length, 4, `${failAt} ${isDone}`);
  }
});

test('a damaged checkpoint is passed over for the one before, a damaged record told, and the ledger goes on after a gap', async () => {
  const memory = memoryObjects();
  const store = openMemoryStore(memory);
  const { journal } = await createStoreRun(at(store, 'maker'), run);
  for (const update of [100, 200, 300]) {
    const { position } = await journal.appendLedger(entryOf(update), {});
    await journal.checkpoint(snapshotOf({ update, ledger: position }), modelOf(update));
  }
  const change = (wanted: (key: string) => boolean): void => { for (const [key, bytes] of memory.objects) if (wanted(key)) memory.objects.set(key, bytes.map((byte, index) => index === bytes.length - 2 ? byte ^ 1 : byte)); };
  change((key) => /checkpoints\/00000300-.*state\.bin$/.test(key));
  const outcome = await journal.restore();
  assert.equal(outcome.kind, 'restored');
  assert.equal(outcome.snapshot.update, 200);
  assert.match(outcome.warnings.join(), /checkpoints\/00000300\/state\.bin was changed: its SHA-256.*passed over/);
  assert.deepEqual(await materialise(at(store, ''), folder.file('left')), ['checkpoints/00000300/state.bin']);

  change((key) => key.endsWith('log/00000003'));
  const opened = await openStoreRun(at(store, 'next'));
  assert.match(opened.warnings.join(), /log\/00000003 was changed: its digest differs/);
  const newest = await opened.journal.restore();
  assert.equal(newest.kind, 'none');
  const other = await opened.journal.restore(300);
  assert.match(other.warnings.join(), /00000300/);
  await opened.journal.cutLedger({ lines: 2, head: (outcome.snapshot.ledger).head });
  assert.equal((await opened.journal.appendLedger(entryOf(250), {})).position.lines, 3);
  await opened.journal.checkpoint(snapshotOf({ update: 250, reason: 'signal', ledger: opened.journal.ledgerPosition() }), modelOf(250));
  await materialise(at(store, ''), folder.file('mended'));
  const { problems, position } = await (await readRunDirectory(folder.file('mended'))).ledger();
  assert.deepEqual([problems.map(({ kind }) => kind), position], [['gap'], opened.journal.ledgerPosition()]);
});

/** A run of so many checkpoints whose log is shortened every 8 records; two lines of the ledger and one of metrics for each. */
async function grown(store: Store, checkpoints: number, compactEvery: number): Promise<{ readonly journal: Awaited<ReturnType<typeof openStoreRun>>['journal']; readonly position: unknown }> {
  const { journal } = await createStoreRun({ ...at(store, 'maker'), compactEvery }, run);
  for (let update = 100; update <= 100 * checkpoints; update += 100) {
    await journal.appendLedger(entryOf(update - 50), {});
    const { position } = await journal.appendLedger(entryOf(update), {});
    await journal.appendMetrics({ kind: 'progress', update });
    await journal.checkpoint(snapshotOf({ update, ledger: position }), modelOf(update));
  }
  return { journal, position: journal.ledgerPosition() };
}

const numbersIn = async (store: Store): Promise<readonly number[]> => (await store.list('runs/small-1/log/')).map((key) => Number(key.slice(-8)));

test('S5: a log that is shortened says the same as one that is not, and stays short', async () => {
  const { open } = await bench();
  const [short, long] = [await open(), openMemoryStore()];
  const { journal, position } = await grown(short, 60, 8);
  assert.deepEqual((await grown(long, 60, 1_000_000)).position, position);
  assert.ok((await numbersIn(short)).length <= 1 + 2 * 9, (await numbersIn(short)).join(' '));
  assert.equal((await numbersIn(long)).length, 61);
  await journal.close();
  for (const [store, name] of [[short, 'short'], [long, 'long']] as const) assert.deepEqual(await materialise(at(store, ''), folder.file(name)), []);
  for (const file of ['ledger.jsonl', 'metrics.jsonl']) assert.equal(readFileSync(folder.file(`short/${file}`), 'utf8'), readFileSync(folder.file(`long/${file}`), 'utf8'));
  const opened = await openStoreRun(at(short, 'next'));
  assert.deepEqual([opened.warnings, opened.journal.ledgerPosition()], [[], position]);
  assert.equal((await opened.journal.restore()).kind, 'restored');
  assert.equal((await short.list('runs/small-1/checkpoints/')).length, 4, 'what no record names is gone, and no more');
});

test('S5: who was deposed, or read the log before it was shortened, writes at no number that was freed', async () => {
  const store = openMemoryStore();
  const old = (await createStoreRun({ ...at(store, 'old'), compactEvery: 4 }, run)).journal;
  for (const update of [100, 200]) await old.checkpoint(snapshotOf({ update }), modelOf(update));
  // It has read the log, and sleeps before it opens the run.
  let wake: () => void = () => undefined;
  const awake = new Promise<void>((resolve) => { wake = resolve; });
  let isAsleep: () => void = () => undefined;
  const asleep = new Promise<void>((resolve) => { isAsleep = resolve; });
  let isFirst = true;
  const sleepy: Store = { ...store, putIfAbsent: async (key, bytes) => {
    if (isFirst) { isFirst = false; isAsleep(); await awake; }
    return store.putIfAbsent(key, bytes);
  } };
  const opening = openStoreRun(at(sleepy, 'sleepy'));
  await asleep;
  await old.checkpoint(snapshotOf({ update: 250 }), modelOf(250));
  const next = (await openStoreRun({ ...at(store, 'new'), compactEvery: 4 })).journal;
  for (let update = 300; update <= 3_000; update += 100) await next.checkpoint(snapshotOf({ update }), modelOf(update));
  const taken = await numbersIn(store);
  assert.ok(taken.includes(1) && taken.includes(6) && !taken.includes(4), `openings stay, the rest goes: ${taken.join(' ')}`);
  await assert.rejects(old.checkpoint(snapshotOf({ update: 300 }), modelOf(300)), { code: 'deposed' });
  wake();
  const { journal } = await opening;
  await assert.rejects(next.checkpoint(snapshotOf({ update: 3_100 }), modelOf(3_100)), { code: 'deposed' });
  const restored = await journal.restore();
  assert.ok(restored.kind === 'restored' && restored.snapshot.update === 3_000);
});

test('S5: a damaged snapshot is passed over for the one before, and a shortening that failed is made up for', async () => {
  const memory = memoryObjects();
  const store = openMemoryStore(memory);
  const { position } = await grown(store, 60, 8);
  const snapshots = [...memory.objects].filter(([key, bytes]) => key.includes('/log/') && Buffer.from(bytes).includes('"kind":"snapshot"')).map(([key]) => key).sort();
  assert.equal(snapshots.length, 2);
  const [, newest] = snapshots;
  memory.objects.set(newest!, Uint8Array.of(1));
  const opened = await openStoreRun(at(store, 'next'));
  assert.equal(opened.warnings.length, 1);
  assert.match(opened.warnings[0]!, new RegExp(newest!));
  const restored = await opened.journal.restore();
  assert.ok(restored.kind === 'restored' && restored.snapshot.update === 6_000);

  for (let failAt = 1; failAt <= 40; failAt += 1) {
    const other = openMemoryStore();
    let calls = 0;
    const failing = async <Result>(task: () => Promise<Result>): Promise<Result> => {
      calls += 1;
      if (calls === failAt) throw new Error('no answer');
      return task();
    };
    await createStoreRun(at(other, 'maker'), run);
    const { journal } = await openStoreRun({ ...at(other, 'flaky'), compactEvery: 4 });
    const flaky = { ...other };
    Object.assign(other, { putIfAbsent: (key: string, bytes: Uint8Array) => failing(() => flaky.putIfAbsent(key, bytes)), remove: (key: string) => failing(() => flaky.remove(key)) });
    for (let update = 100; update <= 1_500; update += 100) {
      const { position: counted } = await journal.appendLedger(entryOf(update), {});
      const save = (): Promise<unknown> => journal.checkpoint(snapshotOf({ update, ledger: counted }), modelOf(update));
      await save().catch(save);
    }
    const found = await openStoreRun(at(flaky, 'next'));
    const end = await found.journal.restore();
    assert.ok(end.kind === 'restored' && end.snapshot.update === 1_500, `${failAt}`);
    assert.deepEqual([found.warnings, found.journal.ledgerPosition().lines], [[], 15], `${failAt}`);
    assert.equal((await flaky.list('runs/small-1/checkpoints/')).length, 4, `${failAt}`);
  }
  assert.ok(position);
});
