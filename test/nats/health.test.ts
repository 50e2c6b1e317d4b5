// Health and metrics of a role over a real connection to NATS: alive, ready or why not, and what the transport counts.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { agentStanding, serveHealth, type HealthOptions } from '../../cli/cluster/health.ts';
import type { Standing } from '../../cli/compose/probes.ts';
import { createOutput } from '../../cli/terminal/output.ts';
import { prometheusTelemetry } from '../../platform/telemetry/prometheus.ts';
import { parseExposition } from '../support/exposition.ts';
import { peer, PLENTY_MS } from '../support/nats-fixture.ts';
import { startNatsServer, type NatsServer } from '../support/nats-server.ts';

interface Bench { readonly url: string; readonly server: NatsServer; readonly said: string[]; readonly until: (kind: string) => Promise<void>; readonly talk: () => Promise<void> }

async function bench(context: TestContext, more: Partial<HealthOptions> = {}): Promise<Bench> {
  const server = await startNatsServer();
  context.after(() => server.close());
  const { transport, statuses } = await peer(context, { url: server.url, limits: { reconnectWaitMs: 20, reconnectJitterMs: 10 } });
  const said: string[] = [];
  const sink = { write: (text: string) => { said.push(text); } };
  const health = await serveHealth({
    role: 'coordinator', listen: '0', telemetry: prometheusTelemetry('coordinator'), transport, standing: () => ({ state: 'leading', reasons: [] }),
    output: createOutput({ json: true, stdout: sink, stderr: sink, environment: {}, nowMs: () => 0 }), ...more,
  });
  context.after(() => health.close());
  const until = async (kind: string): Promise<void> => { while ((await statuses.next()).kind !== kind); };
  const talk = async (): Promise<void> => {
    transport.serve('echo', (payload) => payload);
    await transport.request('echo', new Uint8Array(1_000), { deadlineMs: PLENTY_MS });
  };
  return { url: health.url ?? '', server, said, until, talk };
}

async function probe(url: string, path: string): Promise<readonly [number, unknown]> {
  const answer = await fetch(url + path);
  return [answer.status, await answer.json()];
}

test('alive and ready; without a connection to NATS alive and not ready; ready again with it', async (context) => {
  const { url, server, until } = await bench(context);
  const ready = [200, { ready: true, role: 'coordinator', state: 'leading' }];
  assert.deepEqual(await probe(url, '/healthz'), [200, { alive: true, role: 'coordinator' }]);
  assert.deepEqual(await probe(url, '/readyz'), ready);
  await server.stop();
  await until('disconnected');
  assert.deepEqual(await probe(url, '/healthz'), [200, { alive: true, role: 'coordinator' }]);
  assert.deepEqual(await probe(url, '/readyz'), [503, { ready: false, role: 'coordinator', state: 'leading', reasons: ['there is no connection to NATS'] }]);
  const away = parseExposition(await (await fetch(`${url}/metrics`)).text()).samples;
  assert.deepEqual([away.get('ebm_ready'), away.get('ebm_transport_connected')], [0, 0]);
  await server.restart();
  await until('connected');
  assert.deepEqual(await probe(url, '/readyz'), ready);
});

test('what a role says of itself is what a probe hears', async (context) => {
  let standing: Standing = { state: 'standing by', reasons: [] };
  const { url } = await bench(context, { standing: () => standing });
  assert.deepEqual(await probe(url, '/readyz'), [200, { ready: true, role: 'coordinator', state: 'standing by' }]);
  standing = agentStanding({ kind: 'quarantined', message: 'its golden unit is wrong' });
  assert.deepEqual(await probe(url, '/readyz'), [503, { ready: false, role: 'coordinator', state: 'quarantined', reasons: ['its golden unit is wrong'] }]);
  const states = (['asking', 'waiting', 'left'] as const).map((kind) => agentStanding({ kind }).reasons.length);
  assert.deepEqual([...states, agentStanding({ kind: 'computing', job: 'mnist-1' }).reasons.length], [1, 0, 1, 0]);
});

test('the transport\'s bytes and refusals, and what is running, are in the metrics', async (context) => {
  const { url, talk, said } = await bench(context);
  await talk();
  const answer = await fetch(`${url}/metrics`);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const { samples } = parseExposition(await answer.text());
  assert.ok(samples.get('ebm_transport_sent_bytes_total')! > 2_000 && samples.get('ebm_transport_received_bytes_total')! > 2_000);
  assert.equal(samples.get('ebm_transport_sent_frames_total'), 2);
  assert.equal(samples.get('ebm_transport_refused_messages_total{reason="checksum"}'), 0);
  assert.deepEqual([samples.get('ebm_ready'), samples.get('ebm_transport_connected')], [1, 1]);
  const build = [...samples].find(([series]) => series.startsWith('ebm_build_info{'));
  assert.ok(build?.[1] === 1 && build[0].includes(`node="${process.versions.node}"`) && /version="\d+\.\d+\.\d+"/.test(build[0]), build?.[0]);
  assert.deepEqual(said.map((line) => (JSON.parse(line) as { readonly kind: string }).kind), ['listening']);
});

test('off is off; what was asked for and is taken is the user\'s mistake; what was not asked for is found elsewhere', async (context) => {
  const { url } = await bench(context);
  assert.equal((await bench(context, { listen: 'off' })).url, '');
  await assert.rejects(bench(context, { listen: new URL(url).host }), { name: 'ListenError', code: 'address-taken', exitCode: 2 });
  // Two coordinators of one machine that were told nothing: whoever has the usual port, they do not collide.
  const [one, two] = [await bench(context, { listen: null }), await bench(context, { listen: null })];
  assert.notEqual(one.url, two.url);
  assert.deepEqual((await Promise.all([probe(one.url, '/healthz'), probe(two.url, '/healthz')])).map(([status]) => status), [200, 200]);
});
