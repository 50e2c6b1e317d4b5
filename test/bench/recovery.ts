// How long a cluster needs to recover, on loopback with real processes: `npm run bench -- recovery [TIMES]`. Two coordinators, two workers of one
// thread, examples/mnist-rbm.yaml; times are between a signal and what then passes on the wire. Each victim in turn, TIMES (10) times, and started
// again before the next time. Does not measure other machines, a slow disk, or a network with latency.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { ebm } from '../process/support.ts';
import { ChaosCluster } from '../support/chaos-cluster.ts';
import { Tap, type Passed } from '../support/chaos-tap.ts';
import { parseExposition } from '../support/exposition.ts';
import { sets } from '../support/roles.ts';

const FILE = resolve('examples/mnist-rbm.yaml');
const RUN = 'mnist-rbm-1';
const ENDLESS = 1_000_000;
/** Updates between which nothing happens, so that paces are known. */
const CALM = 100;
const ATTEMPTS_MAX = 20;

interface Site { readonly cluster: ChaosCluster; readonly tap: Tap; readonly times: number; readonly checkpoints: readonly number[] }
type Row = Readonly<Record<string, number>>;

const isLease = ({ kind, update }: Passed): boolean => kind === 'lease' && update !== null;
const newest = ({ tap }: Site): Passed => tap.last(isLease)!;
const beyond = (update: number) => (one: Passed): boolean => isLease(one) && one.update! > update;

async function calm(site: Site, updates = CALM): Promise<void> {
  await site.tap.next(beyond(newest(site).update! + updates));
}

/** A cluster in mid-job, with a checkpoint every so many updates. */
async function on(every: number, times: number, work: (site: Site) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ebm-bench-'));
  const checkpoints: number[] = [];
  const cluster = await ChaosCluster.open({ folder, store: 'store', workers: 2, onLine: (_, { kind }) => { if (kind === 'checkpoint') checkpoints.push(performance.now()); } });
  try {
    const tap = await Tap.open(cluster.server.url, RUN, ['w1', 'w2']);
    try {
      const settings = sets(`train.updates=${ENDLESS}`, `checkpoint.every=${every}`, 'evaluate=off');
      const { stderr } = await ebm(['submit', FILE, ...settings, '--nats', cluster.server.url, '--json'], { cwd: folder });
      await Promise.race([Promise.all(['w1', 'w2'].map((name) => tap.next((one) => isLease(one) && one.worker === name, 0))), elapsed(60_000).then(() => { throw new Error(`no work: ${stderr}`); })]);
      const site = { cluster, tap, times, checkpoints };
      await calm(site);
      await work(site);
    } finally {
      await tap.close();
    }
  } finally {
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills w1 in mid-lease; its range is done elsewhere when a later update is leased. */
async function workerKilled(site: Site): Promise<Row> {
  const { cluster, tap } = site;
  const member = cluster.member('w1');
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    await tap.next((one) => isLease(one) && one.worker === 'w1');
    const atMs = performance.now();
    await member.kill();
    const held = tap.last((one) => isLease(one) && one.worker === 'w1')!;
    const next = await tap.next(beyond(held.update!), 0);
    const wasDone = tap.passed.some(({ kind, worker, lease }) => kind === 'contribution' && worker === 'w1' && lease === held.lease);
    member.start();
    await tap.next((one) => isLease(one) && one.worker === 'w1');
    await calm(site);
    if (!wasDone) return { 'pause, s': (next.atMs - atMs) / 1_000, 'lease, s': held.termMs! / 1_000, 'lease times': (next.atMs - atMs) / held.termMs! };
  }
  throw new Error('w1 was always done when it was killed');
}

/** Kills the leader at a phase of the interval between two checkpoints. */
async function leaderKilled({ cluster, tap, checkpoints, times }: Site, repetition: number): Promise<Row> {
  const count = checkpoints.length;
  while (checkpoints.length < count + 2) await tap.next(isLease);
  const intervalMs = checkpoints.at(-1)! - checkpoints.at(-2)!;
  await elapsed((intervalMs * (repetition + 0.5)) / times);
  const name = cluster.leader;
  const heir = cluster.member(name === 'c1' ? 'c2' : 'c1').role;
  const lines = heir.lines.length;
  const atMs = performance.now();
  await cluster.member(name).kill();
  const was = newest({ cluster, tap, checkpoints, times });
  const from = tap.passed.length;
  await heir.says((line) => line.kind === 'leading' && heir.lines.indexOf(line) >= lines);
  const leadingMs = performance.now();
  const first = await tap.next((one) => isLease(one) && one.epoch > was.epoch, from);
  const next = await tap.next((one) => beyond(was.update!)(one) && one.epoch > was.epoch, from);
  await cluster.member(name).start().says(({ kind }) => kind === 'standby');
  return {
    'to a new leader, s': (leadingMs - atMs) / 1_000, 'to its first unit, s': (first.atMs - atMs) / 1_000, 'beyond where it was, s': (next.atMs - atMs) / 1_000,
    'updates recomputed': was.update! - first.update!, 'between checkpoints, s': intervalMs / 1_000,
  };
}

async function serverKilled(site: Site): Promise<Row> {
  const { cluster, tap } = site;
  const atMs = performance.now();
  await cluster.server.stop('SIGKILL');
  const was = newest(site);
  await cluster.server.restart();
  const backMs = performance.now();
  const next = await tap.next(beyond(was.update!), 0);
  await calm(site);
  return { 'server away, s': (backMs - atMs) / 1_000, 'pause, s': (next.atMs - atMs) / 1_000, 'updates recomputed': await recomputed(cluster) };
}

/** Steps that were taken beside those that the run needed. */
async function recomputed(cluster: ChaosCluster): Promise<number> {
  const url = cluster.member(cluster.leader).role.lines.find(({ kind }) => kind === 'listening')?.['url'];
  const { samples } = parseExposition(await (await fetch(`${String(url)}/metrics`)).text());
  return samples.get('ebm_updates_total')! - samples.get(`ebm_job_update{job="${RUN}"}`)!;
}

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title} (${rows.length} times; load of the machine ${loadavg()[0]!.toFixed(1)})\n${''.padEnd(26)}${'minimum'.padStart(9)}${'median'.padStart(9)}${'maximum'.padStart(9)}`);
  for (const name of Object.keys(rows[0]!)) {
    const sorted = rows.map((row) => row[name]!).sort((a, b) => a - b);
    const middle = (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
    console.log(name.padEnd(26) + [sorted[0]!, middle, sorted.at(-1)!].map((value) => value.toFixed(2).padStart(9)).join(''));
  }
}

const times = Number(process.argv[2] ?? 10);
const repeated = async (site: Site, once: (site: Site, repetition: number) => Promise<Row>): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (let i = 0; i < site.times; i += 1) rows.push(await once(site, i));
  return rows;
};
let updatesPerSecond = 0;
await on(1_000, times, async (site) => {
  const from = newest(site);
  await calm(site, 2 * CALM);
  const to = newest(site);
  updatesPerSecond = (1_000 * (to.update! - from.update!)) / (to.atMs - from.atMs);
  console.log(`two workers of one thread: ${updatesPerSecond.toFixed(0)} updates a second`);
  print('A worker is killed: to the next update, its range computed elsewhere', await repeated(site, workerKilled));
  print('nats-server is killed and started again: to the next update', await repeated(site, serverKilled));
});
await on(Math.max(1, Math.round(updatesPerSecond)), times, async (site) => {
  print('The leader is killed, a standby is ready', await repeated(site, leaderKilled));
});
