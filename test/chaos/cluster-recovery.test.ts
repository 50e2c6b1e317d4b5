// One victim at a time, on real processes and a real nats-server: what it does when it comes back, seen in the messages that pass. The others
// are stopped meanwhile where the job would otherwise end before. (The leader that wakes up deposed, and the coordinators that are killed or
// told to end, are in test/cluster/cluster.test.ts.)
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as elapsed } from 'node:timers/promises';
import { CLUSTER_RULES } from '../../coordinator/shell/options.ts';
import { ebm, ended, started, type Ended } from '../process/support.ts';
import { ChaosCluster } from '../support/chaos-cluster.ts';
import { Tap, type Passed } from '../support/chaos-tap.ts';
import { parseExposition } from '../support/exposition.ts';
import { bitsOf, sets, type Bits } from '../support/roles.ts';

const FILE = resolve('examples/mnist-rbm.yaml');
const UPDATES = 300;
const SETTINGS = sets(`train.updates=${UPDATES}`, 'model.hidden=100', 'checkpoint.every=50', 'ledger.every=10', 'evaluate=off');
const RUN = 'mnist-rbm-1';
const MEMBER_MS = CLUSTER_RULES.memberMs!;

const leaseOf = (name: string, update = 0) => ({ kind, worker, update: of }: Passed): boolean => kind === 'lease' && worker === name && of !== null && of >= update;

describe('recovery of a cluster of two coordinators and two workers', { concurrency: 1 }, () => {
  let folder = '';
  let expected: Bits;
  let number = 0;
  let cluster: ChaosCluster;
  let tap: Tap;
  const open: { close(): Promise<void> }[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ebm-recovery-'));
    expected = bitsOf((await ebm(['train', FILE, ...SETTINGS, '--threads', '1', '--out', 'direct', '--json'], { cwd: folder })).lines.at(-1));
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  /** A cluster that computes a job, when both workers have a part in it. */
  async function begun(): Promise<{ readonly following: Promise<Ended> }> {
    cluster = await ChaosCluster.open({ folder, store: `store-${number += 1}`, workers: 2 });
    open.push(cluster);
    tap = await Tap.open(cluster.server.url, RUN, ['w1', 'w2']);
    open.push(tap);
    const following = ended(started(['submit', FILE, ...SETTINGS, '--nats', cluster.server.url, '--follow', '--json'], { cwd: folder }));
    await Promise.all(['w1', 'w2'].map((name) => tap.next(leaseOf(name), 0)));
    return { following };
  }

  const child = (name: string): ChildProcess => cluster.member(name).role.child;

  async function samples(): Promise<ReadonlyMap<string, number>> {
    const listening = cluster.member(cluster.leader).role.lines.find(({ kind }) => kind === 'listening');
    return parseExposition(await (await fetch(`${String(listening?.['url'])}/metrics`)).text()).samples;
  }

  /** Takes w1 away in mid-lease, lets w2 go on without it, and returns w1's lease when it has ended. */
  async function withoutFirst(takeAway: () => void): Promise<Passed> {
    const lease = await tap.next(leaseOf('w1'));
    takeAway();
    await tap.next(leaseOf('w2', lease.update! + 3)); // the range of w1 was computed elsewhere
    child('w2').kill('SIGSTOP');
    const held = tap.last(leaseOf('w1'))!;
    // A lease that ends is cancelled; one that ends with its worker's membership is not, and nothing is said.
    await Promise.race([tap.next(({ kind, worker }) => kind === 'cancel' && worker === 'w1', 0), elapsed(held.termMs! + MEMBER_MS)]);
    return held;
  }

  /** w1 alone brings the job on: it must have got a new lease, and what it gave for it must have been taken. */
  async function worksOn(stale: Passed): Promise<void> {
    const again = await tap.next((one) => leaseOf('w1')(one) && one.lease !== stale.lease);
    await tap.next((one) => leaseOf('w1', again.update! + 1)(one), 0);
    child('w2').kill('SIGCONT');
  }

  /** What arrived under the lease that had ended was counted as discarded, and as nothing else. */
  async function assertThrownAway(stale: Passed): Promise<void> {
    const late = tap.passed.filter(({ kind, worker, lease, atMs }) => kind === 'contribution' && worker === 'w1' && lease === stale.lease && atMs > stale.atMs + stale.termMs!);
    const discarded = [...await samples()].filter(([series]) => series.startsWith('ebm_contributions_discarded_total')).reduce((sum, [, count]) => sum + count, 0);
    assert.ok(discarded >= late.length, `${discarded} discarded, ${late.length} came late`);
  }

  test('a worker that was stopped past its lease wakes up, its stale work counts for nothing, and it works on', async () => {
    const { following } = await begun();
    const stale = await withoutFirst(() => { child('w1').kill('SIGSTOP'); });
    child('w1').kill('SIGCONT');
    await worksOn(stale);
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    await assertThrownAway(stale);
  });

  for (const how of ['cut', 'hold'] as const) {
    test(`a worker whose network is ${how === 'cut' ? 'cut' : 'silent'} for longer than its lease comes back by itself, its stale work counts for nothing, and it works on`, async () => {
      const { following } = await begun();
      const { link } = cluster.member('w1');
      const stale = await withoutFirst(() => { link[how](); });
      link.heal();
      await worksOn(stale);
      const end = await following;
      assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
      await assertThrownAway(stale);
    });
  }

  test('nats-server is killed and started again: no update is computed twice, nobody else leads, the same bits', async () => {
    const { following } = await begun();
    await tap.next((one) => leaseOf('w1', 60)(one) || leaseOf('w2', 60)(one));
    await cluster.server.stop('SIGKILL');
    await cluster.server.restart();
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    assert.equal((await samples()).get('ebm_updates_total'), UPDATES);
    assert.equal(new Set(tap.passed.filter(({ kind }) => kind === 'lease').map(({ epoch }) => epoch)).size, 1);
  });
});
