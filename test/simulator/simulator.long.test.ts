// 10,000 seeds; and every planted bug is found within 1,000.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BUGS } from './bugs.ts';
import { hunt } from './bugs-main.ts';
import { oracleText } from './oracle.ts';
import { scenarioOf } from './scenario.ts';
import { allOracles, simulate } from './simulate.ts';
import { Reached, SITUATIONS } from './situations.ts';

const SEEDS = 10_000;
const DIST = fileURLToPath(new URL('../..', import.meta.url));

test(`${SEEDS} seeds: no invariant is violated, and all but a few rare situations are reached`, async () => {
  const oracles = await allOracles();
  const reached = new Reached();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violation } = await simulate(scenarioOf(seed), oracles, { reached });
    assert.equal(violation, null, `seed ${seed}; \`npm run simulate -- --seed ${seed}\` shrinks it`);
  }
  const missed = Object.keys(SITUATIONS).filter((name) => ![...reached.counts.keys()].some((one) => one === name));
  assert.ok(missed.length <= 3, `not reached: ${missed.join('; ')}`);
});

describe('planted bugs are found within 1,000 seeds', () => {
  const folder = join(DIST, `../.build/planted-${process.pid}`);
  const expected = join(folder, 'expected.json');
  before(async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(expected, JSON.stringify((await allOracles()).map(oracleText)));
  });
  after(() => { rmSync(folder, { recursive: true, force: true }); });
  for (const bug of BUGS) test(bug.name, () => { assert.notEqual(hunt(DIST, bug, expected), null); });
});
