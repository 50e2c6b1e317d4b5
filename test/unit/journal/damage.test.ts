// Run directories that something else than a crash has harmed: each kind of damage is named with its file, and the run goes on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LEDGER_START } from '../../../platform/journal/journal.ts';
import { readRunDirectory } from '../../../platform/journal/reading.ts';
import { createRunDirectory, openRunDirectory, realRunSystem, type OpenRun, type RunSystem } from '../../../platform/journal/run-directory.ts';
import { removeTree } from '../../../platform/store/durable.ts';
import type { Files } from '../../../platform/store/files.ts';
import { SimulatedDisk } from '../../support/disk.ts';
import { digestOfNumber, entryOf, modelOf, runOf, snapshotOf } from '../../support/run-fixtures.ts';

interface Bench { readonly disk: SimulatedDisk; readonly files: Files; readonly system: RunSystem }

async function overwrite(files: Files, path: string, text: string | Uint8Array): Promise<void> {
  if (await files.describe(path) !== null) await files.unlink(path);
  const file = await files.create(path);
  await file.write(typeof text === 'string' ? new TextEncoder().encode(text) : text);
}

async function readText(files: Files, path: string): Promise<string> {
  const bytes = new Uint8Array((await files.describe(path))?.bytes ?? 0);
  await (await files.open(path)).read(bytes, 0);
  return new TextDecoder().decode(bytes);
}

/** A closed run with checkpoints of updates 100, 200 and 300 (each after 2, 4 and 6 ledger lines) and one more line. */
async function bench(): Promise<Bench> {
  const disk = new SimulatedDisk();
  const system = { ...realRunSystem(), files: disk.files() };
  const { journal } = await createRunDirectory('runs/one', runOf(), system);
  for (let update = 50; update <= 350; update += 50) {
    await journal.appendLedger(entryOf(update), {});
    if (update % 100 === 0) await journal.checkpoint(snapshotOf({ update, ledger: journal.ledgerPosition() }), modelOf(update));
  }
  await journal.close();
  return { disk, files: system.files, system };
}

const folder = 'runs/one/checkpoints/00000300';
const state = `${folder}/state.bin`;
const model = `${folder}/parameters.safetensors`;
const manifest = `${folder}/manifest.json`;

const flip = (disk: SimulatedDisk, path: string, at: number): Promise<void> => {
  const bytes = disk.bytes(path);
  bytes[(at + bytes.byteLength) % bytes.byteLength]! ^= 1;
  return Promise.resolve();
};

const DAMAGES: readonly (readonly [string, (bench: Bench) => Promise<void>, RegExp])[] = [
  ['state.bin is missing', ({ files }) => files.unlink(state), /00000300\/state\.bin is missing/],
  ['parameters.safetensors is missing', ({ files }) => files.unlink(model), /parameters\.safetensors is missing/],
  ['manifest.json is missing', ({ files }) => files.unlink(manifest), /manifest\.json is missing/],
  ['state.bin is truncated', async ({ files }) => (await files.append(state)).truncate(100), /state\.bin is truncated: it has 100 bytes, its manifest says \d+/],
  ['state.bin is empty', async ({ files }) => (await files.append(state)).truncate(0), /state\.bin is truncated: it has 0 bytes/],
  ['state.bin is too long', async ({ files }) => (await files.append(state)).write(Uint8Array.of(0)), /state\.bin is too long/],
  ['one bit of the arrays is flipped', ({ disk }) => flip(disk, state, -1), /state\.bin was changed: its SHA-256 is not the one in its manifest/],
  ['one bit of the header is flipped', ({ disk }) => flip(disk, state, 20), /state\.bin was changed/],
  ['one bit of the model is flipped', ({ disk }) => flip(disk, model, -1), /parameters\.safetensors was changed/],
  ['one bit of the manifest is flipped', ({ disk }) => flip(disk, manifest, 60), /manifest\.json (was changed|is not JSON|is not a manifest)/],
  ['the manifest is empty', ({ files }) => overwrite(files, manifest, ''), /manifest\.json is not JSON/],
  ['the manifest is null', ({ files }) => overwrite(files, manifest, 'null'), /manifest\.json is not a manifest/],
  ['the manifest is huge', ({ files }) => overwrite(files, manifest, new Uint8Array(100_000)), /manifest\.json has more than 65536 bytes/],
  ['the manifest is that of a newer program', async ({ files }) => overwrite(files, manifest, (await readText(files, manifest)).replace('"formatVersion": 1', '"formatVersion": 2')), /manifest\.json has format version 2, this program reads up to 1: use a newer ebm-fleet/],
  ['the manifest is that of another update', async ({ files }) => overwrite(files, manifest, await readText(files, 'runs/one/checkpoints/00000200/manifest.json')), /00000300\/manifest\.json/],
  ['the state is that of another update', async ({ files, disk }) => overwrite(files, state, disk.bytes('runs/one/checkpoints/00000200/state.bin')), /state\.bin (was changed|is too long|is truncated)/],
  ['the figure was improved by hand', async ({ files }) => overwrite(files, manifest, (await readText(files, manifest)).replace('"figure": null', '"figure": -1')), /manifest\.json was changed: its own digest differs/],
  ['state.bin is a directory', async ({ files }) => { await files.unlink(state); await files.makeDirectory(state); }, /state\.bin is missing/],
  ['the checkpoint is empty', async ({ files }) => { await removeTree(files, folder); await files.makeDirectory(folder); }, /manifest\.json is missing/],
  ['the checkpoint is a file', async ({ files }) => { await removeTree(files, folder); await overwrite(files, folder, 'x'); }, /00000300\/manifest\.json is missing/],
];

describe('a damaged checkpoint', () => {
  for (const [what, harm, message] of DAMAGES) {
    test(`is passed over with a warning that names it: ${what}`, async () => {
      const run = await bench();
      await harm(run);
      const { journal } = await openRunDirectory('runs/one', run.system);
      for (const outcome of [await journal.restore(), await journal.restoreScheduled(300), await (await readRunDirectory('runs/one', run.files)).restore()]) {
        assert.equal(outcome.kind, 'restored');
        assert.equal(outcome.snapshot.update, 200);
        assert.equal(outcome.warnings.length, 1);
        assert.match(outcome.warnings[0]!, message);
        assert.match(outcome.warnings[0]!, /^runs\/one\/checkpoints\/00000300.*; this checkpoint was passed over$/);
      }
      // Asked for by its update it is refused, and not replaced by another.
      const exact = await journal.restore(300);
      assert.equal(exact.kind, 'none');
      assert.match(exact.warnings.join(), message);
      await journal.close();
    });

    test(`is replaced when the run comes to its update again: ${what}`, async () => {
      const run = await bench();
      await harm(run);
      const { journal } = await openRunDirectory('runs/one', run.system);
      const found = await journal.restore();
      assert.equal(found.kind, 'restored');
      await journal.cutLedger(found.snapshot.ledger);
      for (const update of [250, 300]) assert.equal((await journal.appendLedger(entryOf(update), {})).kind, 'appended');
      await journal.checkpoint(snapshotOf({ update: 300, ledger: journal.ledgerPosition() }), modelOf(300));
      const again = await journal.restore();
      assert.deepEqual([again.kind === 'restored' ? again.snapshot.update : 0, again.warnings], [300, []]);
      await journal.close();
    });
  }

  test('two damaged ones are both named; when all are, there is none, and all are named', async () => {
    const { files, system } = await bench();
    await files.unlink(state);
    await files.unlink('runs/one/checkpoints/00000200/parameters.safetensors');
    const { journal } = await openRunDirectory('runs/one', system);
    const second = await journal.restore();
    assert.deepEqual([second.kind === 'restored' ? second.snapshot.update : 0, second.warnings.length], [100, 2]);
    await files.unlink('runs/one/checkpoints/00000100/manifest.json');
    const none = await journal.restore();
    assert.deepEqual([none.kind, none.warnings.length], ['none', 3]);
  });

  test('what does not look like a checkpoint is left alone', async () => {
    const { files, system } = await bench();
    await files.makeDirectory('runs/one/checkpoints/notes');
    await overwrite(files, 'runs/one/checkpoints/00000300.bak', 'x');
    const { journal } = await openRunDirectory('runs/one', system);
    assert.deepEqual((await journal.restore()).warnings, []);
    assert.deepEqual(await files.list('runs/one/checkpoints'), ['00000100', '00000200', '00000300', '00000300.bak', 'notes']);
  });
});

async function ledgerLines(files: Files): Promise<string[]> {
  return (await readText(files, 'runs/one/ledger.jsonl')).split('\n').slice(0, -1);
}

async function resumed(run: OpenRun): Promise<{ readonly warnings: readonly string[]; readonly head: string }> {
  const found = await run.journal.restore();
  assert.equal(found.kind, 'restored');
  await run.journal.cutLedger(found.snapshot.ledger);
  assert.equal((await run.journal.appendLedger(entryOf(350), {})).kind, 'appended');
  const { head } = run.journal.ledgerPosition();
  await run.journal.close();
  return { warnings: [...run.warnings, ...found.warnings], head };
}

describe('a damaged ledger', () => {
  test('a torn last line is cut off with a warning, and computed again', async () => {
    const { files, system } = await bench();
    const whole = await ledgerLines(files);
    await (await files.append('runs/one/ledger.jsonl')).write(new TextEncoder().encode('{"formatVersion":1,"upd'));
    const { warnings } = await resumed(await openRunDirectory('runs/one', system));
    assert.deepEqual(warnings, ['runs/one/ledger.jsonl: line 8: it has no end: its writer was interrupted; it was cut off']);
    assert.deepEqual(await ledgerLines(files), whole);
  });

  test('damage after the checkpoint is warned of and computed again', async () => {
    const { files, system } = await bench();
    const whole = await ledgerLines(files);
    await overwrite(files, 'runs/one/ledger.jsonl', `${[...whole.slice(0, 6), '\0'.repeat(50), whole[6]!].join('\n')}\n`);
    const { warnings } = await resumed(await openRunDirectory('runs/one', system));
    assert.deepEqual(warnings, ['runs/one/ledger.jsonl: line 7: it is not JSON; lines from there on are not used']);
    assert.deepEqual(await ledgerLines(files), whole);
  });

  test('appending without cutting first cuts to where the chain holds', async () => {
    const { files, system } = await bench();
    const whole = await ledgerLines(files);
    await overwrite(files, 'runs/one/ledger.jsonl', `${[...whole.slice(0, 6), 'garbage'].join('\n')}\n`);
    const { journal } = await openRunDirectory('runs/one', system);
    await journal.appendLedger(entryOf(350), {});
    assert.deepEqual(await ledgerLines(files), whole);
    await journal.close();
  });

  const harms: readonly (readonly [string, (lines: string[]) => string[], kept: number])[] = [
    ['a changed line', (lines) => lines.map((line, i) => i === 2 ? line.replace('"rollbacks":0', '"rollbacks":1') : line), 2],
    ['a missing line', (lines) => lines.filter((_, i) => i !== 3), 3],
    ['missing last lines', (lines) => lines.slice(0, 4), 4],
    ['two lines exchanged', (lines) => [lines[1]!, lines[0]!, ...lines.slice(2)], 0],
    ['nothing left', () => [], 0],
  ];
  for (const [what, harm, kept] of harms) {
    test(`before the checkpoint is warned of; the chain goes on after a gap that every reader reports: ${what}`, async () => {
      const { files, system } = await bench();
      const whole = await ledgerLines(files);
      const harmed = harm([...whole]).map((line) => `${line}\n`).join('');
      await overwrite(files, 'runs/one/ledger.jsonl', harmed);
      const { warnings, head } = await resumed(await openRunDirectory('runs/one', system));
      assert.match(warnings.at(-1)!, /^runs\/one\/ledger\.jsonl: it does not hold line 6, up to which the checkpoint of update 300 counts: it was changed or lost/);
      // The chain's head is that of an undisturbed run: equal runs stay equal.
      assert.equal(head, (JSON.parse(whole[6]!) as { readonly digest: string }).digest);
      const lines = await ledgerLines(files);
      assert.deepEqual(lines.filter((_, i) => i !== kept), [...whole.slice(0, kept), whole[6]!]);
      if (harmed !== '') assert.equal(await readText(files, 'runs/one/ledger.damaged-1.jsonl'), harmed);
      // A second resume finds nothing new to complain about, and the gap is on record.
      const again = await openRunDirectory('runs/one', system);
      assert.equal(again.journal.ledgerPosition().lines, 7);
      assert.match(again.warnings.join(), new RegExp(`^runs/one/ledger\\.jsonl: line ${kept + 1}: the chain was broken here and went on as line 7: .*line 6`));
      assert.deepEqual((await again.journal.restore()).warnings, []);
      await again.journal.close();
    });
  }

  test('lines that were cut are compared even by the process after the next', async () => {
    const { files, system } = await bench();
    const first = await openRunDirectory('runs/one', system);
    await first.journal.cutLedger(LEDGER_START);
    await first.journal.appendLedger(entryOf(50), {});
    await first.journal.close();
    assert.ok(await files.describe('runs/one/ledger.cut.jsonl'));
    const second = await openRunDirectory('runs/one', system);
    const outcome = await second.journal.appendLedger({ ...entryOf(100), parameters: digestOfNumber(1) }, {});
    assert.deepEqual([outcome.kind, outcome.kind === 'differs' && outcome.line, outcome.kind === 'differs' && outcome.was], ['differs', 2, JSON.stringify(entryOf(100))]);
    // A checkpoint past all of them ends the comparison.
    await second.journal.checkpoint(snapshotOf({ update: 400, ledger: second.journal.ledgerPosition() }), modelOf(400));
    assert.equal(await files.describe('runs/one/ledger.cut.jsonl'), null);
    await second.journal.close();
  });

  test('lines that were dropped are compared by no process', async () => {
    const { files, system } = await bench();
    const first = await openRunDirectory('runs/one', system);
    await first.journal.dropLedger(LEDGER_START);
    assert.deepEqual(first.journal.ledgerPosition(), LEDGER_START);
    assert.equal((await first.journal.appendLedger({ ...entryOf(50), parameters: digestOfNumber(1) }, {})).kind, 'appended');
    await first.journal.close();
    assert.equal(await files.describe('runs/one/ledger.cut.jsonl'), null);
    const second = await openRunDirectory('runs/one', system);
    assert.equal((await second.journal.appendLedger({ ...entryOf(100), parameters: digestOfNumber(1) }, {})).kind, 'appended');
    await second.journal.close();
  });

  test('metrics with a torn last line are cut there, and go on', async () => {
    const { files, system } = await bench();
    await overwrite(files, 'runs/one/metrics.jsonl', '{"formatVersion":1,"update":10}\n{"formatVer');
    const { journal, warnings } = await openRunDirectory('runs/one', system);
    assert.deepEqual(warnings, ['runs/one/metrics.jsonl: its last line has no end; it was cut off']);
    await journal.appendMetrics({ update: 20, gap: 1 });
    await journal.close();
    const seen: unknown[] = [];
    await (await readRunDirectory('runs/one', files)).metrics((line) => seen.push(line));
    assert.deepEqual(seen, [{ formatVersion: 1, update: 10 }, { formatVersion: 1, update: 20, gap: 1 }]);
  });
});
