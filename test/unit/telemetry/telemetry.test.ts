// The adapters of telemetry: what they remember and what they write.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logTelemetry } from '../../../platform/telemetry/log.ts';
import { memoryTelemetry } from '../../../platform/telemetry/memory.ts';

test('counters add up by labels, in any order of the labels', () => {
  const telemetry = memoryTelemetry();
  telemetry.count('ebm_updates_total');
  telemetry.count('ebm_updates_total', 2);
  telemetry.count('ebm_worker_units_total', 1, { outcome: 'done', kind: 'update' });
  telemetry.count('ebm_worker_units_total', 1, { kind: 'update', outcome: 'done' });
  assert.equal(telemetry.counter('ebm_updates_total'), 3);
  assert.equal(telemetry.counter('ebm_worker_units_total', { outcome: 'done', kind: 'update' }), 2);
  assert.equal(telemetry.counter('ebm_worker_units_total'), 0);
});

test('gauges keep the last value, histograms count, sum and range', () => {
  const telemetry = memoryTelemetry();
  assert.equal(telemetry.gaugeValue('ebm_workers'), null);
  telemetry.gauge('ebm_workers', 3);
  telemetry.gauge('ebm_workers', 2);
  for (const seconds of [0.5, 0.25, 2]) telemetry.observe('ebm_unit_seconds', seconds);
  assert.equal(telemetry.gaugeValue('ebm_workers'), 2);
  assert.deepEqual(telemetry.histogram('ebm_unit_seconds'), { count: 3, sum: 2.75, least: 0.25, greatest: 2 });
  assert.equal(telemetry.histogram('ebm_request_seconds'), null);
});

test('the log writes one line a measurement, counters with their total', () => {
  const lines: string[] = [];
  const telemetry = logTelemetry((line) => { lines.push(line); });
  telemetry.count('ebm_updates_total', 2);
  telemetry.count('ebm_updates_total');
  telemetry.gauge('ebm_workers', 3, { state: 'idle' });
  telemetry.observe('ebm_unit_seconds', 0.5);
  assert.deepEqual(lines, ['ebm_updates_total 2', 'ebm_updates_total 3', 'ebm_workers{state="idle"} 3', 'ebm_unit_seconds 0.5']);
});

test('a counter that would fall is a bug and throws', () => {
  assert.throws(() => { memoryTelemetry().count('ebm_updates_total', -1); }, /counters only rise/);
  assert.throws(() => { logTelemetry(() => undefined).count('ebm_updates_total', NaN); }, /counters only rise/);
});
