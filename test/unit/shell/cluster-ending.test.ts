// A leader that ends while a record is being written: what it acknowledges afterwards it also tells, and it begins nothing. One that is deposed
// tells nothing of its runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer } from '../../../coordinator/shell/cluster/answers.ts';
import { ClusterShell } from '../../../coordinator/shell/cluster/cluster.ts';
import type { JobEvent, RunHost } from '../../../coordinator/shell/cluster/host.ts';
import { LeaderLog } from '../../../coordinator/shell/cluster/log.ts';
import { virtualClock } from '../../../platform/clock/virtual.ts';
import { openMemoryStore } from '../../../platform/store/memory.ts';
import type { Store } from '../../../platform/store/store.ts';
import { memoryTelemetry } from '../../../platform/telemetry/memory.ts';
import { inProcessTransport } from '../../../platform/transport/in-process.ts';

const host: RunHost = {
  check: () => ({ name: 'job', priority: 0 }),
  open: () => assert.fail('a leader that has ended begins no run'),
  files: () => Promise.resolve([]),
  read: () => Promise.resolve(null),
};

/** A store that tells when a job's record is to be written, and writes it once `released` is settled. */
function heldStore(onReached: () => void, released: Promise<void>): Store {
  const memory = openMemoryStore();
  return {
    get: (key) => memory.get(key),
    list: (prefix) => memory.list(prefix),
    close: () => memory.close(),
    remove: (key) => memory.remove(key),
    async putIfAbsent(key, bytes) {
      if (new TextDecoder().decode(bytes).includes('"submitted"')) {
        onReached();
        await released;
      }
      return memory.putIfAbsent(key, bytes);
    },
  };
}

test('a job whose record was being written when its leader ended is acknowledged, and in the list that it still tells', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => { release = resolve; });
  let store: Store | null = null;
  const reached = new Promise<void>((resolve) => { store = heldStore(resolve, released); });
  const clock = virtualClock();
  const shell = await ClusterShell.lead({
    store: store!, name: 'test', clock, transport: inProcessTransport<Uint8Array>(clock), host, telemetry: memoryTelemetry(), wireVersion: 1, golden: 'none',
    onEvent: () => undefined, onWarning: (message) => { assert.fail(message); },
  });
  const stop = new AbortController();
  const leading = shell.run(stop.signal);
  const submitted = answer({ shell, host }, 'submit', { v: 1, key: 'mine', spec: {} });
  await reached;
  stop.abort();
  assert.deepEqual(await leading, { kind: 'stopped' });
  release();
  const { job } = await submitted as { readonly job: { readonly id: string; readonly state: string } };
  assert.deepEqual([job.id, job.state], ['job-1', 'queued']);
  const { jobs } = await answer({ shell, host }, 'list', { v: 1 }) as { readonly jobs: readonly { readonly id: string }[] };
  assert.deepEqual(jobs.map(({ id }) => id), ['job-1']);
});

test('a run that learns at a write that another coordinator leads ends without a word of the job: it has not failed', async () => {
  const store = openMemoryStore();
  const clock = virtualClock();
  const told: JobEvent[] = [];
  const transport = inProcessTransport<Uint8Array>(clock);
  transport.subscribe('ebm.events.job-1', (payload) => { told.push(JSON.parse(new TextDecoder().decode(payload)) as JobEvent); });
  let isAbandoned = false;
  let write = (): void => undefined;
  const running: RunHost = { ...host, open(_job, place) {
    const ended = new Promise<void>((resolve) => { write = resolve; }).then(() => place.assertLeading()).then(() => assert.fail('another one leads'), (error: unknown): JobEvent => {
      const failed = { kind: 'failed', code: 'storage', message: String(error), update: 5 };
      place.onEvent(failed);
      return failed;
    });
    return { run: 'job-1', compiled: null, ended, interrupt: () => undefined, abandon: () => { isAbandoned = true; }, release: () => undefined };
  } };
  const shell = await ClusterShell.lead({
    store, name: 'test', clock, transport, host: running, telemetry: memoryTelemetry(), wireVersion: 1, golden: 'none',
    onEvent: (_job, event) => { told.push(event); }, onWarning: (message) => { assert.fail(message); },
  });
  const outcome = shell.run(new AbortController().signal);
  await answer({ shell, host: running }, 'submit', { v: 1, key: 'mine', spec: {} });
  await LeaderLog.lead(store, 'heir', clock);
  write();
  assert.deepEqual(await outcome, { kind: 'deposed', epoch: 1 });
  assert.deepEqual([told, isAbandoned], [[], true]);
});
