// What Prometheus sees of a coordinator: a whole simulated cluster with deaths, twins and figures behind a real HTTP server, read back and
// checked by Prometheus' own tool (EBM_PROMTOOL, which `npm test` sets).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveHttp } from '../../platform/http/http.ts';
import { realClock } from '../../platform/clock/real.ts';
import { jobTelemetry } from '../../platform/telemetry/job.ts';
import { prometheusTelemetry, type PrometheusTelemetry } from '../../platform/telemetry/prometheus.ts';
import { measuredSession } from '../../cli/cluster/measured.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { projectFleet } from '../../coordinator/shell/cluster/gauges.ts';
import { initialCluster } from '../../coordinator/machine/cluster/state.ts';
import { NO_HISTORY } from '../../coordinator/machine/cluster/history.ts';
import { randomCut, simulate } from '../support/cluster.ts';
import { lint, parseExposition } from '../support/exposition.ts';
import { tinyJob, tinyProblem } from '../support/tiny-job.ts';

/** Over HTTP, as it is scraped. */
async function scraped(telemetry: PrometheusTelemetry): Promise<string> {
  const server = await serveHttp({
    address: { host: '127.0.0.1', port: 0 }, mayMove: false, onError: (error) => { assert.fail(String(error)); },
    routes: { '/metrics': async () => ({ status: 200, contentType: telemetry.contentType, body: await telemetry.text() }) },
  });
  try {
    return await (await fetch(`${server.url}/metrics`)).text();
  } finally {
    await server.close();
  }
}

test('a cluster with deaths, late workers and twins: every unit has an outcome, and promtool has nothing to say', async () => {
  const telemetry = prometheusTelemetry('coordinator');
  const own = jobTelemetry(telemetry, 'tiny-1');
  const workers = [
    { joinsMs: 0, unitMs: 20 }, { joinsMs: 0, unitMs: 900 }, { joinsMs: 5, unitMs: 20, diesMs: 60 }, { joinsMs: 10, unitMs: 25, drainsMs: 200 },
  ];
  const figures = { every: 10, logPartition: { kind: 'ais', runs: 4, betas: 20, raise: false, reverse: false } } as const;
  const job = tinyJob({ train: { updates: 30 }, job: { evaluate: figures } });
  const { outcome } = await simulate(job, { seed: 5, workers, carries: 'bytes', fleet: { twinAfterMs: 60, cut: randomCut(5) }, more: { telemetry: own } });
  assert.equal(outcome.kind, 'finished');
  projectFleet(telemetry, { ...initialCluster(NO_HISTORY), epoch: 3 });
  const text = await scraped(telemetry);
  lint(text);
  const { samples } = parseExposition(text);
  const units = (which: string): number => samples.get(`ebm_units_total{outcome="${which}"}`) ?? 0;
  assert.equal(samples.get('ebm_updates_total'), 30);
  assert.equal(samples.get('ebm_job_update{job="tiny-1"}'), 30);
  assert.equal(samples.get('ebm_leader_epoch'), 3);
  assert.equal(samples.get('ebm_workers{state="computing"}'), 0);
  assert.equal(samples.get('ebm_jobs{state="queued"}'), 0);
  assert.ok(units('accepted') >= 30 && units('expired') > 0 && samples.get('ebm_twin_leases_total')! > 0, JSON.stringify([...samples]));
  const seconds = ['update', 'figure'].map((kind) => samples.get(`ebm_unit_seconds_count{kind="${kind}"}`) ?? 0);
  assert.ok(seconds[1]! > 0, 'figures have units');
  assert.equal(seconds[0]! + seconds[1]!, units('accepted'));
  assert.ok(Number.isFinite(samples.get('ebm_energy_gap_nats{job="tiny-1"}')));
  telemetry.forget('tiny-1');
  assert.ok(!(await telemetry.text()).includes('tiny-1'), 'a job that has ended leaves no series');
});

test('a worker\'s units are counted and timed, those that fail too, and promtool has nothing to say', async () => {
  const telemetry = prometheusTelemetry('worker');
  const session = measuredSession(await openReferenceEngine().load(tinyProblem(tinyJob())), telemetry, realClock());
  const state = session.createState();
  const outcome = await session.publish(state.masters, 0, 0);
  assert.equal(outcome.kind, 'applied');
  assert.ok(outcome.kind === 'applied');
  const chains = new Uint8Array(8);
  session.release(await session.evaluate({ branch: 0, update: 0, version: 0, data: { from: 0, to: 8 }, chains: { from: 0, to: 8 } }, outcome.published, chains));
  await assert.rejects(session.evaluate({ branch: 0, update: 0, version: 0, data: { from: 0, to: 8 }, chains: { from: 0, to: 9_999 } }, outcome.published, chains));
  const text = await scraped(telemetry);
  lint(text);
  const { samples } = parseExposition(text);
  assert.equal(samples.get('ebm_worker_units_total{kind="update",outcome="done"}'), 1);
  assert.equal(samples.get('ebm_worker_units_total{kind="update",outcome="failed"}'), 1);
  assert.equal(samples.get('ebm_worker_unit_seconds_count{kind="update"}'), 2);
  await session.close();
});
