// The ledger's chain, line by line.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { canonicalJson } from '../../../platform/journal/canonical.ts';
import { LEDGER_START } from '../../../platform/journal/journal.ts';
import { gapLine, ledgerLine, lineDigest, parseAlone, readLine } from '../../../platform/journal/ledger.ts';
import { digestOfNumber, entryOf } from '../../support/run-fixtures.ts';

const first = ledgerLine(LEDGER_START, entryOf(10), { engine: 'wasm/1', seconds: 1.5 });
const second = ledgerLine(first.position, { ...entryOf(20), chains: null }, {});

describe('ledger', () => {
  test('a line\'s digest is SHA-256 over the digest before it, a line feed and the canonical entry', () => {
    const entry = `{"branch":0,"chains":"${digestOfNumber(1050)}","parameters":"${digestOfNumber(1000)}","rollbacks":0,"update":10}`;
    const expected = createHash('sha256').update(`sha256:${'0'.repeat(64)}\n${entry}`).digest('hex');
    assert.equal(first.position.head, `sha256:${expected}`);
    assert.equal(lineDigest(LEDGER_START.head, entryOf(10)), first.position.head);
  });

  test('a line has the entry, its place in the chain, and what stands beside it', () => {
    assert.ok(first.text.endsWith('\n'));
    assert.deepEqual(JSON.parse(first.text), { formatVersion: 1, ...entryOf(10), previous: LEDGER_START.head, digest: first.position.head, aside: { engine: 'wasm/1', seconds: 1.5 } });
  });

  test('C1: lines are read where they stand, and nowhere else', () => {
    const reading = readLine(second.text.trimEnd(), first.position);
    assert.equal(reading.kind, 'line');
    assert.deepEqual(reading.line, { line: 2, entry: { ...entryOf(20), chains: null }, aside: {}, previous: first.position.head, digest: second.position.head });
    assert.deepEqual(reading.position, second.position);
    const misplaced = readLine(second.text, LEDGER_START);
    assert.match(misplaced.kind === 'broken' ? misplaced.why : '', /does not follow the line before it: lines are missing, doubled or exchanged/);
  });

  const change = (edit: (line: Record<string, unknown>) => void): string => {
    const line = JSON.parse(first.text) as Record<string, unknown>;
    edit(line);
    return JSON.stringify(line);
  };
  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{"formatVersion":1', /not JSON/],
    ['nothing', '', /not JSON/],
    ['zeros, as some disks leave them', '\0'.repeat(40), /not JSON/],
    ['a number', '7', /lacks a field/],
    ['another parameters digest', change((line) => { line['parameters'] = digestOfNumber(3); }), /was changed: its digest is not that of its entry/],
    ['another update', change((line) => { line['update'] = 11; }), /was changed/],
    ['no chains', change((line) => { line['chains'] = null; }), /was changed/],
    ['another previous', change((line) => { line['previous'] = digestOfNumber(3); }), /was changed/],
    ['a digest of a wrong form', change((line) => { line['digest'] = 'sha256:12'; }), /lacks a field or has one of a wrong kind/],
    ['an update that is text', change((line) => { line['update'] = '10'; }), /wrong kind/],
    ['a newer version', change((line) => { line['formatVersion'] = 2; }), /format version 2, this program reads up to 1/],
  ];
  for (const [what, text, message] of broken) {
    test(`broken, and said how: ${what}`, () => {
      const reading = readLine(text, LEDGER_START);
      assert.match(reading.kind === 'broken' ? reading.why : reading.kind, message);
      assert.equal(parseAlone(text), null);
    });
  }

  test('what stands beside the chain may differ', () => {
    assert.equal(readLine(change((line) => { line['aside'] = { engine: 'reference', place: 'elsewhere' }; }), LEDGER_START).kind, 'line');
  });

  test('C2: after a gap the chain goes on from where it says', () => {
    const reading = readLine(gapLine({ lines: 7, head: digestOfNumber(5) }, 'lost').trimEnd(), first.position);
    assert.deepEqual(reading, { kind: 'gap', position: { lines: 7, head: digestOfNumber(5) }, why: 'lost' });
  });

  test('a line by itself is known by its own digest', () => {
    assert.deepEqual(parseAlone(second.text)?.entry, { ...entryOf(20), chains: null });
  });

  test('canonical JSON has one text for one value', () => {
    assert.equal(canonicalJson({ b: [1, 'x', null, { d: true, c: 0.1 }], a: -0 }), '{"a":0,"b":[1,"x",null,{"c":0.1,"d":true}]}');
    assert.throws(() => canonicalJson({ a: NaN }), RangeError);
  });
});
