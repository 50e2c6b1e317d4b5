// P4: a command that stands behind another is begun by the threads. Calls that nobody waits for have the results of calls that are waited for,
// in their order, whoever was in time.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Session, UpdateUnit } from '../../../engine/engine.ts';
import { Owner } from '../../../engine/pool/control.ts';
import { openWasmEngine } from '../../../engine/wasm/engine.ts';
import { smallProblem, startRun } from '../../support/engine-run.ts';

const ROUNDS = 120;

/** Of so many calls to put a command behind, how many there were. */
const counted = { calls: 0 };
const original = Object.getOwnPropertyDescriptor(Owner.prototype, 'postBehind')!.value as Owner['postBehind'];
Owner.prototype.postBehind = function postBehind(...given) {
  counted.calls += 1;
  return original.apply(this, given);
};
after(() => { Owner.prototype.postBehind = original; });

for (const threads of [1, 2, 3]) {
  describe(`${threads} threads`, () => {
    test('one to five calls at once give what they give one after the other', async () => {
      const engine = await openWasmEngine({ threads, next: 'later' });
      const { session, parameters, chains } = await startRun(engine, smallProblem({ visible: 70, hidden: 37 }));
      const before = counted.calls;
      const unit = (update: number): UpdateUnit => ({ branch: 0, update, version: 0, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } });
      const expected = new Map<number, string>();
      for (let update = 0; update < 5; update += 1) expected.set(update, await told(session, unit(update)));
      for (let round = 0; round < ROUNDS; round += 1) {
        const updates = Array.from({ length: 1 + (round % 5) }, (_, i) => (round + i) % 5);
        const results = await Promise.all(updates.map((update) => told(session, unit(update))));
        assert.deepEqual(results, updates.map((update) => expected.get(update)), `round ${round}`);
      }
      assert.ok(counted.calls - before >= ROUNDS / 2, `${counted.calls - before} commands stood behind another`);
      await session.close();
      await engine.close();

      async function told(of: Session, given: UpdateUnit): Promise<string> {
        return JSON.stringify(await of.evaluateFactors(given, parameters, chains));
      }
    });

    test('sessions are opened, used and closed in the order of the calls', async () => {
      const engine = await openWasmEngine({ threads, next: 'later' });
      const one = async (): Promise<string> => {
        const { session, parameters, chains } = await startRun(engine, smallProblem());
        const unit: UpdateUnit = { branch: 0, update: 0, version: 0, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
        const { chains: states } = await session.evaluateFactors(unit, parameters, chains);
        await session.close();
        return [...states].join(' ');
      };
      const results: string[] = [];
      for (let round = 0; round < 10; round += 1) results.push(...await Promise.all([one(), one(), one(), one(), one()]));
      assert.equal(new Set(results).size, 1);
      await engine.close();
    });
  });
}
