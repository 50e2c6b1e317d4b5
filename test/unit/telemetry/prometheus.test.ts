// The adapter of telemetry for Prometheus, by the text that it gives.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERIES, type SeriesName } from '../../../platform/telemetry/catalogue.ts';
import { jobTelemetry } from '../../../platform/telemetry/job.ts';
import { memoryTelemetry } from '../../../platform/telemetry/memory.ts';
import { prometheusTelemetry, type PrometheusTelemetry } from '../../../platform/telemetry/prometheus.ts';
import { parseExposition } from '../../support/exposition.ts';

const alone = { withProcess: false };

async function samplesOf(telemetry: PrometheusTelemetry): Promise<ReadonlyMap<string, number>> {
  return parseExposition(await telemetry.text()).samples;
}

test('counters rise, gauges stand, histograms count into their buckets', async () => {
  const telemetry = prometheusTelemetry('coordinator', alone);
  telemetry.count('ebm_updates_total');
  telemetry.count('ebm_updates_total', 2);
  telemetry.count('ebm_units_total', 1, { outcome: 'accepted' });
  telemetry.gauge('ebm_workers', 3, { state: 'waiting' });
  telemetry.gauge('ebm_workers', 2, { state: 'waiting' });
  for (const seconds of [0.25, 0.5, 1000]) telemetry.observe('ebm_unit_seconds', seconds, { kind: 'update' });
  const samples = await samplesOf(telemetry);
  assert.equal(samples.get('ebm_updates_total'), 3);
  assert.equal(samples.get('ebm_units_total{outcome="accepted"}'), 1);
  assert.equal(samples.get('ebm_workers{state="waiting"}'), 2);
  assert.equal(samples.get('ebm_unit_seconds_count{kind="update"}'), 3);
  assert.equal(samples.get('ebm_unit_seconds_sum{kind="update"}'), 1000.75);
  const bucket = (le: string): number | undefined => samples.get(`ebm_unit_seconds_bucket{le="${le}",kind="update"}`);
  assert.deepEqual([bucket('0.1'), bucket('0.25'), bucket('0.5'), bucket('120'), bucket('+Inf')], [0, 1, 2, 2, 3]);
});

test('a counter that would fall, and a label that is not in the catalogue, are bugs', () => {
  const telemetry = prometheusTelemetry('coordinator', alone);
  assert.throws(() => { telemetry.count('ebm_updates_total', -1); });
  assert.throws(() => { telemetry.count('ebm_units_total', 1, { worker: 'w-1' } as never); }, /worker/);
});

test('every series is of the catalogue, has its type and help, and is shown by the roles that measure it', async () => {
  const roles = ['coordinator', 'worker', 'train'] as const;
  const measure: Readonly<Record<string, readonly string[]>> = { run: ['coordinator', 'train'], role: ['coordinator', 'worker'], coordinator: ['coordinator'], worker: ['worker'] };
  const shown = await Promise.all(roles.map(async (role) => parseExposition(await prometheusTelemetry(role, alone).text())));
  for (const name of Object.keys(SERIES) as SeriesName[]) {
    const { kind, help, ...rest } = SERIES[name];
    const owners: readonly string[] = ('of' in rest ? measure[rest.of] : undefined) ?? roles;
    assert.match(name, kind === 'counter' ? /^ebm_[a-z_]+_total$/ : /^ebm_(?!.*_total$)[a-z_]+$/);
    for (const [i, role] of roles.entries()) {
      assert.equal(shown[i]?.types.get(name), owners.includes(role) ? kind : undefined, `${name} of a ${role}`);
      assert.equal(shown[i]?.helps.get(name), owners.includes(role) ? help : undefined);
    }
  }
});

test('gauges of a job go when it has ended, and those of others stay', async () => {
  const telemetry = prometheusTelemetry('coordinator', alone);
  const memory = memoryTelemetry();
  for (const beneath of [telemetry, memory]) {
    for (const id of ['one-1', 'two-2']) {
      const own = jobTelemetry(beneath, id);
      own.gauge('ebm_energy_gap_nats', 0.5);
      own.gauge('ebm_run_workers', 2, { state: 'computing' });
      own.count('ebm_updates_total');
    }
    beneath.forget('one-1');
    beneath.forget('nobody-3');
  }
  const samples = await samplesOf(telemetry);
  const gauges = [...samples.keys()].filter((series) => /job="/.test(series));
  assert.deepEqual(gauges.sort(), ['ebm_energy_gap_nats{job="two-2"}', 'ebm_run_workers{state="computing",job="two-2"}']);
  assert.equal(samples.get('ebm_updates_total'), 2);
  assert.equal(memory.gaugeValue('ebm_energy_gap_nats', { job: 'one-1' }), null);
  assert.equal(memory.gaugeValue('ebm_run_workers', { state: 'computing', job: 'two-2' }), 2);
  assert.equal(memory.counter('ebm_updates_total'), 2);
});

test('what is counted elsewhere is read at each scrape', async () => {
  const telemetry = prometheusTelemetry('worker', alone);
  let bytes = 10;
  telemetry.counterFrom('ebm_transport_sent_bytes_total', () => [{ value: bytes }]);
  telemetry.counterFrom('ebm_transport_refused_messages_total', () => [{ value: 1, labels: { reason: 'checksum' } }]);
  telemetry.gaugeFrom('ebm_ready', () => [{ value: bytes > 10 ? 1 : 0 }]);
  assert.deepEqual([await samplesOf(telemetry)].map((samples) => [samples.get('ebm_transport_sent_bytes_total'), samples.get('ebm_ready')]), [[10, 0]]);
  bytes = 25;
  const samples = await samplesOf(telemetry);
  assert.equal(samples.get('ebm_transport_sent_bytes_total'), 25);
  assert.equal(samples.get('ebm_transport_refused_messages_total{reason="checksum"}'), 1);
  assert.equal(samples.get('ebm_ready'), 1);
});

test('the process has the names that all programs share, and no gauge that is named like a counter', async () => {
  const { samples, types } = parseExposition(await prometheusTelemetry('worker').text());
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_heap_size_used_bytes']) {
    assert.ok(Number.isFinite(samples.get(name)), name);
  }
  for (const [name, type] of types) assert.ok(type === 'counter' || !name.endsWith('_total'), `${name} is a ${type}`);
});
