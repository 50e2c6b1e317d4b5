// What every adapter of the lease port promises.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Lease } from '../../platform/lease/lease.ts';

export interface LeaseBench {
  /** Another contender for the same lease. */
  readonly contender: () => Lease;
  readonly end: () => Promise<void>;
}

export function leaseContract(name: string, bench: () => Promise<LeaseBench>): void {
  const claim = (what: string, check: (contender: LeaseBench['contender']) => Promise<void>): void => {
    test(what, async () => {
      const { contender, end } = await bench();
      try {
        await check(contender);
      } finally {
        await end();
      }
    });
  };

  describe(`lease contract: ${name}`, () => {
    claim('L1: a free lease is taken, and refused to others with who has it, since when and what to do', async (contender) => {
      assert.equal((await contender().take()).kind, 'taken');
      const outcome = await contender().take();
      assert.equal(outcome.kind, 'held');
      assert.ok(outcome.by.name.length > 0);
      assert.ok(!Number.isNaN(Date.parse(outcome.by.since)));
      assert.match(outcome.by.remedy, /[a-z].*\.$/);
    });

    claim('L1: of many that take at once, one gets it', async (contender) => {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => contender().take()));
      assert.equal(outcomes.filter(({ kind }) => kind === 'taken').length, 1);
    });

    claim('who holds it may take it again and renew it', async (contender) => {
      const holder = contender();
      await holder.take();
      assert.equal((await holder.take()).kind, 'taken');
      assert.equal((await holder.renew()).kind, 'renewed');
    });

    claim('who never had it, or gave it up, cannot renew it', async (contender) => {
      const [holder, other] = [contender(), contender()];
      assert.deepEqual(await holder.renew(), { kind: 'lost', by: null });
      await holder.take();
      assert.equal((await other.renew()).kind, 'lost');
      await holder.giveUp();
      assert.equal((await holder.renew()).kind, 'lost');
    });

    claim('a lease that was given up goes to the next who takes it, again and again', async (contender) => {
      const contenders = [contender(), contender(), contender()];
      for (let turn = 0; turn < 6; turn += 1) {
        const next = contenders[turn % 3]!;
        assert.equal((await next.take()).kind, 'taken');
        assert.equal((await contenders[(turn + 1) % 3]!.take()).kind, 'held');
        await next.giveUp();
      }
    });

    claim('L2: giving up what one does not have changes nothing', async (contender) => {
      const [holder, other, former] = [contender(), contender(), contender()];
      await former.take();
      await former.giveUp();
      await holder.take();
      await other.giveUp();
      await former.giveUp();
      assert.equal((await holder.renew()).kind, 'renewed');
      assert.equal((await other.take()).kind, 'held');
    });
  });
}
