// The journal in memory beside the one in a directory: the same lines. And a ledger that goes on where another journal's checkpoint was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryJournal } from '../../../platform/journal/memory.ts';
import { createRunDirectory, realRunSystem } from '../../../platform/journal/run-directory.ts';
import { SimulatedDisk } from '../../support/disk.ts';
import { entryOf, modelOf, runOf, snapshotOf } from '../../support/run-fixtures.ts';

const SETTINGS = { every: 100, keep: 2, grid: 10 };

test('its ledger has the text that ledger.jsonl has', async () => {
  const disk = new SimulatedDisk();
  const memory = new MemoryJournal(SETTINGS);
  const { journal } = await createRunDirectory('run', runOf(), { ...realRunSystem(), files: disk.files() });
  for (const update of [10, 20, 30]) for (const one of [memory, journal]) await one.appendLedger(entryOf(update), { engine: 'wasm/1', seconds: 0.5 });
  await journal.close();
  assert.equal(new TextDecoder().decode(disk.bytes('run/ledger.jsonl')), memory.ledgerText);
});

test('it goes on from the position of a checkpoint, and can be cut back to it but not before', async () => {
  const whole = new MemoryJournal(SETTINGS);
  for (const update of [10, 20]) await whole.appendLedger(entryOf(update), {});
  const start = whole.ledgerPosition();
  await whole.appendLedger(entryOf(30), {});
  const rest = new MemoryJournal(SETTINGS, start);
  await rest.appendLedger(entryOf(30), {});
  assert.deepEqual(rest.ledgerPosition(), whole.ledgerPosition());
  await rest.cutLedger(start);
  assert.deepEqual(rest.ledgerPosition(), start);
  await assert.rejects(rest.cutLedger({ lines: 1, head: start.head }), RangeError);
});

test('what it keeps is its own: the arrays that were given may change', async () => {
  const memory = new MemoryJournal(SETTINGS);
  const snapshot = snapshotOf({ update: 1 });
  await memory.checkpoint(snapshot, modelOf(1));
  snapshot.arrays.get('chains')!.fill(0);
  const found = await memory.restore();
  assert.deepEqual(found.kind === 'restored' && found.snapshot.arrays.get('chains'), snapshotOf({ update: 1 }).arrays.get('chains'));
});
