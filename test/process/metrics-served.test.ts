// `ebm train --serve` and `ebm resume --serve`: what probes and Prometheus see of a run while it goes on and when it has ended, that nothing
// is left of the server afterwards, and that the bits know nothing of it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { whileServed } from '../../cli/compose/serve.ts';
import { trainInto } from '../../cli/compose/train.ts';
import { readJob } from '../../platform/config/read.ts';
import { lint, parseExposition } from '../support/exposition.ts';
import { Role } from '../support/role.ts';
import { jsonLines, keptOutput } from '../unit/cli/support.ts';
import { assertRefused, bits, folder, last, ofKind, set, type Ended } from './support.ts';

/** Goes on until it is told to stop. */
const ENDLESS = set('train.updates=50000000', 'evaluate=off', 'ledger.every=50', 'checkpoint.every=50000000');
const NO_RUN = /^\{"ready":false,"role":"train","state":"starting","reasons":\["the run has not started: /;

async function probe(url: string, path: string): Promise<readonly [number, string]> {
  const answer = await fetch(url + path);
  return [answer.status, await answer.text()];
}

/** By series, after Prometheus' own tool has looked at it. */
async function scraped(url: string): Promise<ReadonlyMap<string, number>> {
  const [status, text] = await probe(url, '/metrics');
  assert.equal(status, 200);
  lint(text);
  return parseExposition(text).samples;
}

interface Seen { readonly samples: ReadonlyMap<string, number>; readonly events: readonly Record<string, unknown>[] }

/** What is served of a run that has ended, before its server closes. */
async function atItsEnd(file: string, directory: string, changes: readonly string[] = []): Promise<Seen> {
  const { output, stdout } = keptOutput(true);
  const { signal } = new AbortController();
  const spec = await readJob(file, changes);
  const samples = await whileServed({ serve: '0', signal }, output, async (observers) => {
    const url = String(jsonLines(stdout.text())[0]?.['url']);
    assert.match((await probe(url, '/readyz')).join(' '), new RegExp(`^503 ${NO_RUN.source.slice(1)}`));
    await trainInto(directory, { spec, baseFolder: new URL('.', `file://${file}`).pathname, threads: 1, workers: 2, signal }, observers);
    return scraped(url);
  });
  return { samples, events: jsonLines(stdout.text()) };
}

describe('a run that is served', { concurrency: 2 }, () => {
  const here = folder();
  const job = here.file('job.yaml');
  let undisturbed: Ended;
  before(async () => { undisturbed = await here.run(['train', 'job.yaml', '--out', 'undisturbed']); });
  after(() => { here.remove(); });

  test('is alive, ready and measured while it goes on; SIGTERM ends both', async () => {
    const run = new Role(['train', 'job.yaml', '--out', 'endless', ...ENDLESS, '--threads', '1', '--serve', '0'], { cwd: here.path });
    await run.says(({ kind }) => kind === 'started');
    const [listening] = run.lines;
    const url = String(listening?.['url']);
    assert.deepEqual({ ...listening, url: '' }, { kind: 'listening', role: 'train', url: '' });
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(await probe(url, '/healthz'), [200, '{"alive":true,"role":"train"}\n']);
    assert.deepEqual(await probe(url, '/readyz'), [200, '{"ready":true,"role":"train","state":"training"}\n']);
    await run.says(({ kind }) => kind === 'progress');
    const told = Number(run.lines.find(({ kind }) => kind === 'progress')?.['update']);
    const samples = await scraped(url);
    const updates = samples.get('ebm_updates_total') ?? 0;
    assert.ok(updates >= told && told > 0, `${updates} updates, and ${told} had been told`);
    assert.equal(samples.get('ebm_job_update{job="tiny"}'), updates);
    for (const name of ['ebm_energy_gap_nats', 'ebm_updates_per_second', 'ebm_chain_rhat', 'ebm_chain_ess']) assert.ok(Number.isFinite(samples.get(`${name}{job="tiny"}`)), name);
    assert.deepEqual([samples.get('ebm_ready'), samples.get('ebm_checkpoints_total'), samples.get('ebm_rollbacks_total')], [1, 0, 0]);
    assert.ok([...samples.keys()].some((series) => series.startsWith('ebm_build_info{') && series.includes('role="train"')));
    assert.ok(![...samples.keys()].some((series) => /^ebm_(transport|leader|jobs|workers|worker|requests)/.test(series)), 'nothing of a cluster');
    assert.ok((await scraped(url)).get('ebm_updates_total')! >= updates);
    assert.equal(await run.kill('SIGTERM'), 143);
    const end = run.lines.at(-1);
    assert.ok(end?.kind === 'interrupted' && Number(end['update']) >= updates);
    await assert.rejects(fetch(`${url}/healthz`), 'nothing listens any more');
  });

  test('ends with the counts that it tells', async () => {
    const { samples, events } = await atItsEnd(job, here.file('counted'));
    const progress = events.filter(({ kind }) => kind === 'progress').at(-1);
    const of = (name: string): number | undefined => samples.get(`${name}{job="tiny"}`);
    assert.equal(events.at(-1)?.['parameters'], bits(undisturbed).parameters);
    assert.deepEqual([samples.get('ebm_updates_total'), of('ebm_job_update'), samples.get('ebm_checkpoints_total'), samples.get('ebm_rollbacks_total')], [60, 60, 3, 0]);
    assert.deepEqual([of('ebm_energy_gap_nats'), of('ebm_updates_per_second')], [progress?.['energyGap'], progress?.['updatesPerSecond']]);
    const [accepted, leases] = [samples.get('ebm_units_total{outcome="accepted"}')!, samples.get('ebm_leases_total')];
    assert.deepEqual([accepted >= 60, leases], [true, accepted]);
    assert.equal((samples.get('ebm_unit_seconds_count{kind="update"}') ?? 0) + (samples.get('ebm_unit_seconds_count{kind="figure"}') ?? 0), accepted);
    assert.ok(Number.isFinite(of('ebm_chain_rhat')));
  });

  test('counts its rollbacks, and the updates that they cost', async () => {
    const changes = ['train.optimiser.learningRate=100', 'train.optimiser.schedule=constant', 'train.rollbacks=8', 'train.updates=100', 'evaluate=off'];
    const { samples, events } = await atItsEnd(job, here.file('rolled'), changes);
    const rollbacks = events.filter(({ kind }) => kind === 'rollback');
    assert.ok(rollbacks.length > 0);
    assert.deepEqual([samples.get('ebm_rollbacks_total'), samples.get('ebm_job_update{job="tiny"}'), samples.get('ebm_updates_total')! > 100], [rollbacks.length, 100, true]);
  });

  test('has the bits of one that is not, trained at once or interrupted and resumed', async () => {
    const served = await here.run(['train', 'job.yaml', '--out', 'served', '--serve', '0']);
    assert.deepEqual([served.status, served.stderr, served.lines[0]?.kind], [0, '', 'listening']);
    assert.deepEqual(bits(served), bits(undisturbed));
    assert.equal(last(served, 'finished')['job'], last(undisturbed, 'finished')['job']);
    const stopped = await here.run(['train', 'job.yaml', '--out', 'stopped', '--serve', '0'], { kind: 'checkpoint', count: 1, signal: 'SIGTERM' });
    assert.deepEqual([stopped.status, stopped.lines.at(-1)?.kind], [143, 'interrupted']);
    const resumed = await here.run(['resume', 'stopped', '--serve', '127.0.0.1:0']);
    assert.deepEqual([resumed.status, ofKind(resumed, 'listening').length], [0, 1]);
    assert.deepEqual(bits(resumed), bits(undisturbed));
  });

  test('ends when it fails, and its server with it', async () => {
    const failed = await here.run(['train', 'job.yaml', '--out', 'failed', '--serve', '0', ...set('train.optimiser.learningRate=1e4')]);
    assert.deepEqual([failed.status, failed.lines[0]?.kind, last(failed, 'failed')['code']], [1, 'listening', 'diverged']);
    const { output, stdout } = keptOutput(true);
    await assert.rejects(whileServed({ serve: '0', signal: new AbortController().signal }, output, () => Promise.reject(new Error('it broke'))), /it broke/);
    await assert.rejects(fetch(`${String(jsonLines(stdout.text())[0]?.['url'])}/healthz`));
  });

  test('says so beside its results, and `off` serves nothing', async () => {
    const short = ['train', 'job.yaml', ...set('train.updates=1', 'evaluate=off')];
    const served = await here.text([...short, '--out', 'told', '--serve', '0']);
    assert.match(served.stderr, /^health and metrics at http:\/\/127\.0\.0\.1:\d+$/m);
    assert.match(served.stdout, /^done /);
    const off = await here.text([...short, '--out', 'off', '--serve', 'off']);
    assert.deepEqual([off.status, off.stderr.includes('health')], [0, false]);
  });

  test('is ready no more once it is told to stop', async () => {
    const { output, stdout } = keptOutput(true);
    const stop = new AbortController();
    await whileServed({ serve: '0', signal: stop.signal }, output, async ({ listener }) => {
      const url = String(jsonLines(stdout.text())[0]?.['url']);
      listener.event({ kind: 'started', job: '', name: '', directory: null, update: 0, updates: 1, rows: 1, visible: 1, hidden: 1, engine: '', threads: 1, workers: 1 });
      assert.equal((await probe(url, '/readyz'))[0], 200);
      stop.abort();
      assert.deepEqual(await probe(url, '/readyz'), [503, '{"ready":false,"role":"train","state":"stopping","reasons":["it was told to stop"]}\n']);
    });
  });

  test('is not begun where the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    try {
      const { port } = holder.address() as AddressInfo;
      const { status, stdout, stderr } = await here.text(['train', 'job.yaml', '--serve', String(port)]);
      assert.deepEqual([status, stdout, existsSync(here.file('runs'))], [2, '', false]);
      assert.equal(stderr, `error: 127.0.0.1:${port} is taken by another program\nGive another port with --serve, port 0 for any that is free, or off for none.\n`);
      await assertRefused(['resume', here.file('undisturbed'), '--serve', String(port)], 'address-taken', /is taken by another program$/);
    } finally {
      holder.close();
    }
  });
});
