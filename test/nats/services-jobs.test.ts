// Questions about jobs as a NATS service of a real leader: its operations are endpoints, and what it refuses says why.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { askJobs, serveJobs } from '../../cli/cluster/job-service.ts';
import { Runs } from '../../cli/cluster/runs.ts';
import { assertShared, type JobData } from '../../cli/cluster/sources.ts';
import { openPlace } from '../../cli/cluster/stores.ts';
import { ClusterShell } from '../../coordinator/shell/cluster/cluster.ts';
import { realClock } from '../../platform/clock/real.ts';
import { JOB_QUESTIONS } from '../../platform/cluster/messages.ts';
import { ServiceError, type Info } from '../../platform/services/services.ts';
import { openMemoryStore } from '../../platform/store/memory.ts';
import { memoryTelemetry } from '../../platform/telemetry/memory.ts';
import { codedTransport } from '../../platform/transport/coded.ts';
import { startServices } from '../../platform/transport/nats-services.ts';
import { decode, encode } from '../../proto/codec.ts';
import { peer, PLENTY_MS } from '../support/nats-fixture.ts';
import { startNatsServer } from '../support/nats-server.ts';

test('a question that a deposed leader turns away is asked again, after pauses, and not for ever', async (context) => {
  const nats = await startNatsServer();
  context.after(() => nats.close());
  const [{ transport: { connection } }, { transport: asker }] = await Promise.all([peer(context, { url: nats.url }), peer(context, { url: nats.url })]);
  let deposed = 2;
  const askedMs: number[] = [];
  const services = await startServices({
    connection, clock: realClock(), telemetry: memoryTelemetry(), onError: (error) => { assert.fail(error); },
    name: 'ebm-test', version: '1.0.0', description: 'test', metadata: {}, group: 'ebm.jobs', operations: ['list'],
    refusal: () => null,
    handle() {
      askedMs.push(performance.now());
      if ((deposed -= 1) >= 0) throw new ServiceError(503, 'deposed', 'another coordinator leads by now');
      return Promise.resolve({ jobs: [], more: false });
    },
  });
  assert.deepEqual(await askJobs(asker, 'list', {}), { jobs: [], more: false });
  assert.equal(askedMs.length, 3);
  const pausesMs = askedMs.slice(1).map((ms, i) => ms - askedMs[i]!);
  assert.ok(pausesMs[0]! >= 45 && pausesMs[1]! >= 95, JSON.stringify(pausesMs)); // timers may be a millisecond early
  deposed = Infinity;
  await assert.rejects(askJobs(asker, 'list', {}), { code: 'deposed', exitCode: 3 });
  assert.equal(askedMs.length, 3 + 5);
  await services.stop();
});

test('a leader\'s operations are endpoints; its answers and refusals are those of its desk', async (context) => {
  const nats = await startNatsServer();
  context.after(() => nats.close());
  const directory = await mkdtemp(join(tmpdir(), 'ebm-jobs-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  const [{ transport }, { transport: asker }] = await Promise.all([peer(context, { url: nats.url }), peer(context, { url: nats.url })]);
  const messages = codedTransport(transport, { codec: { encode, decode }, messageBytesMax: 1_000_000, onRejected: () => undefined });
  const telemetry = memoryTelemetry();
  const place = await openPlace(directory, transport);
  const data: JobData = { check: assertShared, load: () => Promise.reject(new Error('no job is run here')) };
  const host = new Runs({ places: place.runs, threads: 1, messages, data, telemetry, memoryBytes: Infinity, allowModules: false, onNewerFormat: (error) => { throw error; } });
  const shell = await ClusterShell.lead({
    store: openMemoryStore(), name: 'test', clock: realClock(), transport, host, telemetry, wireVersion: 1, golden: 'none', onEvent: () => undefined, onWarning: () => undefined,
  });
  const services = await serveJobs(transport, { desk: { shell, host }, identity: 'test', telemetry, onError: (error) => { assert.fail(error); } });
  const info: Info = (await asker.connection.request('$SRV.INFO.ebm-coordinator', '', { timeout: PLENTY_MS })).json();
  assert.deepEqual(info.endpoints.map(({ subject }) => subject), Object.keys(JOB_QUESTIONS).map((operation) => `ebm.jobs.${operation}`));
  assert.deepEqual(info.metadata, { format: '1', epoch: '1', store: 'test' });
  assert.deepEqual(await askJobs(asker, 'list', {}), { jobs: [], more: false });
  const { job } = await askJobs(asker, 'submit', { key: 'mine', spec: { name: 'tiny', data: { source: 'mnist' }, model: { kind: 'bernoulli-rbm' } } });
  assert.deepEqual([job.id, job.name], ['tiny-1', 'tiny']); // it is begun, and fails for want of data: whatever its state is
  assert.equal((await askJobs(asker, 'show', { id: 'tiny-1' })).job.id, 'tiny-1');
  await assert.rejects(askJobs(asker, 'show', { id: 'nothing-7' }), { name: 'ServiceError', status: 404, code: 'no-such-job', exitCode: 2, message: /there is no job nothing-7; `ebm list` shows them/ });
  await assert.rejects(askJobs(asker, 'list', { more: 1 } as never), { status: 400, code: 'malformed', message: /more/ });
  await assert.rejects(askJobs(asker, 'submit', { key: 'k', spec: { name: 'x', data: { source: '/etc/passwd' }, model: { kind: 'bernoulli-rbm' } } }), { status: 400, exitCode: 2 });
  assert.equal(telemetry.counter('ebm_requests_total', { operation: 'submit', outcome: 'refused' }), 1);
  await services.stop();
  await assert.rejects(askJobs(asker, 'list', {}), { code: 'no-responder', message: /no coordinator answers: start one/ });
});
