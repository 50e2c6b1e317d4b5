// Whether a checkpoint belongs to a ledger, for every way of not doing so, and for lines that a gap says were lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Belonging, type Claim } from '../../../platform/journal/belonging.ts';
import { LEDGER_START, type LedgerPosition } from '../../../platform/journal/journal.ts';
import { ledgerLine, readLine, type LedgerLine } from '../../../platform/journal/ledger.ts';
import { entryOf } from '../../support/run-fixtures.ts';

type Visit = readonly [position: LedgerPosition, line: LedgerLine | null];

/** Lines of updates 100, 200, ...; where one is null, the chain goes on two lines later after a gap. */
function ledger(updates: readonly (number | null)[]): readonly Visit[] {
  const visits: Visit[] = [[LEDGER_START, null]];
  for (const update of updates) {
    const at = visits.at(-1)![0];
    if (update === null) {
      visits.push([{ lines: at.lines + 2, head: `sha256:${'9'.repeat(64)}` }, null]);
      continue;
    }
    const { text, position } = ledgerLine(at, entryOf(update), {});
    const reading = readLine(text.trimEnd(), at);
    assert.equal(reading.kind, 'line');
    visits.push([position, reading.line]);
  }
  return visits;
}

function contradiction(visits: readonly Visit[], claim: Partial<Claim>): string | null {
  const belonging = new Belonging({ update: 200, branch: 0, rollbacks: 0, ledger: LEDGER_START, digests: null, ...claim });
  for (const visit of visits) belonging.visit(...visit);
  return belonging.contradiction();
}

test('a checkpoint that counts the lines up to its update belongs, whatever the ledger has after it', () => {
  const visits = ledger([100, 200, 300]);
  const { parameters, chains } = entryOf(200);
  assert.equal(contradiction(visits, { ledger: visits[2]![0], digests: { parameters, chains } }), null);
  assert.equal(contradiction(visits, { update: 250, ledger: visits[2]![0] }), null);
  assert.equal(contradiction(visits, { update: 50 }), null);
});

test('one that counts more lines, another line, fewer lines than there are, or other digests does not', () => {
  const visits = ledger([100, 200]);
  const [first, second] = [visits[1]![0], visits[2]![0]];
  assert.match(contradiction(visits.slice(0, 2), { ledger: second })!, /^it counts 2 lines of the ledger, whose chain holds 1: the end of the ledger is missing/);
  assert.match(contradiction(visits, { ledger: { ...second, head: first.head } })!, /^line 2 of the ledger, up to which it counts, is another one/);
  assert.match(contradiction(visits, { ledger: first })!, /^it counts 1 lines of the ledger, which has 2 up to its update/);
  const digests = { parameters: `sha256:${'0'.repeat(64)}`, chains: `sha256:${'1'.repeat(64)}` };
  assert.match(contradiction(visits, { ledger: second, digests })!, /^its digest of the parameters and chains is not the one in line 2 of the ledger/);
});

test('of lines that were lost in a gap nothing is said; where the chain goes on is a place to belong to', () => {
  const visits = ledger([100, null, 400]);
  const lost = { lines: 2, head: `sha256:${'8'.repeat(64)}` };
  assert.equal(contradiction(visits, { ledger: lost }), null);
  assert.equal(contradiction(visits, { update: 300, ledger: visits[2]![0] }), null);
  assert.notEqual(contradiction(visits, { update: 300, ledger: { ...lost, lines: 3 } }), null);
});
