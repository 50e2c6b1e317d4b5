// A coordinator that is older than what it finds in its store: it refuses with both versions, and changes nothing, whichever of the things there a
// newer program has written.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { FORMATS, leaveFormats, requireKnownFormats } from '../../cli/cluster/formats.ts';
import { LOG_FORMAT_VERSION } from '../../coordinator/shell/cluster/log.ts';
import { realClock } from '../../platform/clock/real.ts';
import { digestOf } from '../../platform/journal/canonical.ts';
import { RECORD_FORMAT_VERSION } from '../../platform/journal/run-log.ts';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import { openMemoryStore } from '../../platform/store/memory.ts';
import { openNatsStore } from '../../platform/store/nats.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import type { Store } from '../../platform/store/store.ts';
import { peer } from '../support/nats-fixture.ts';
import { JETSTREAM } from '../support/nats-store.ts';
import { bitsOf, dismiss, Meeting, sets } from '../support/roles.ts';
import type { Line } from '../process/support.ts';

const EXAMPLE = resolve('examples/mnist-rbm.yaml');
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

async function contentOf(store: Store): Promise<ReadonlyMap<string, string>> {
  return new Map(await Promise.all((await store.list('')).map(async (key) => [key, Buffer.from(await store.get(key) ?? []).toString('hex')] as const)));
}

describe('a store that a newer program has written to', { concurrency: 1 }, () => {
  let meeting: Meeting;
  before(async () => { meeting = await Meeting.open(JETSTREAM); });
  after(() => meeting.close());

  const storeOf = async (context: TestContext, name: string): Promise<Store> => {
    if (name !== 'nats') return openDirectoryStore(nodeFiles(), join(meeting.folder, name, 'records'));
    const { transport } = await peer(context, { url: meeting.server.url });
    return openNatsStore({ connection: transport.connection, clock: realClock() });
  };

  for (const name of ['directory', 'nats']) {
    test(`${name}: a decision or a snapshot of a newer version, and one table of formats, are refused before anything is written`, async (context) => {
      await dismiss(await meeting.coordinator(name));
      const store = await storeOf(context, name);
      const newest = Number((await store.list('log/')).at(-1)!.slice('log/'.length));
      const next = `log/${String(newest + 1).padStart(10, '0')}`;
      const [newer, at] = [LOG_FORMAT_VERSION + 1, '2026-01-01T00:00:00.000Z'];
      const table = { ...FORMATS, ledgers: FORMATS['ledgers']! + 1 };
      const cases: readonly (readonly [key: string, content: unknown, code: string, message: RegExp])[] = [
        [next, { v: newer, epoch: 9, at, decision: { kind: 'wished', id: 'x', wish: 'rest' } }, 'log-unreadable', new RegExp(`record ${next} .* has format ${newer}; this program reads up to ${LOG_FORMAT_VERSION}`)],
        [next, { v: newer, epoch: 9, at, decision: { kind: 'snapshot', history: [] } }, 'log-unreadable', new RegExp(`has format ${newer}; this program reads up to ${LOG_FORMAT_VERSION}`)],
        [`formats/${Object.values(table).join('-')}`, table, 'newer-format', new RegExp(`${name}: a newer ebm has led here: its ledgers have format version ${table.ledgers}, this program reads up to ${FORMATS['ledgers']}`)],
      ];
      for (const [key, content, code, message] of cases) {
        await store.putIfAbsent(key, text(content));
        const before = await contentOf(store);
        const refused = await meeting.asks('coordinator', '--store', name, '--threads', '1');
        assert.equal(refused.lines.at(-1)?.['code'], code, refused.stdout + refused.stderr);
        assert.match(String(refused.lines.at(-1)?.['message']), message);
        assert.notEqual(refused.status, 0);
        assert.deepEqual(await contentOf(store), before);
        await store.remove(key);
      }
      await dismiss(await meeting.coordinator(name));
    });
  }

  test('nats: a run with a record of a newer version is not touched, its job has not failed, and goes on where it can be read', async (context) => {
    const settings = sets('train.updates=40', 'train.chains=60', 'checkpoint.every=10', 'ledger.every=5', 'evaluate=off');
    const leader = await meeting.coordinator('nats');
    const worker = meeting.worker('w');
    const id = (await meeting.asks('submit', EXAMPLE, ...settings)).lines.at(-1)?.['id'] as string;
    await leader.says(({ kind }: Line) => kind === 'checkpoint');
    await leader.kill();
    const store = await storeOf(context, 'nats');
    const log = `runs/${id}/log/`;
    const number = Number((await store.list(log)).at(-1)!.slice(log.length)) + 1;
    const key = log + String(number).padStart(8, '0');
    const newer = RECORD_FORMAT_VERSION + 1;
    await store.putIfAbsent(key, new TextEncoder().encode(`${JSON.stringify({ formatVersion: newer, number, digest: digestOf('') })}\n`));
    const runOf = async (): Promise<unknown> => [...await contentOf(store)].filter(([each]) => each.startsWith('runs/'));
    const before = await runOf();
    const refused = await meeting.asks('coordinator', '--store', 'nats', '--threads', '1');
    assert.deepEqual([refused.status, refused.lines.at(-1)?.['code']], [2, 'newer-format'], refused.stdout);
    assert.match(String(refused.lines.at(-1)?.['message']), new RegExp(`${key}: it has format version ${newer}, this program reads up to ${RECORD_FORMAT_VERSION}`));
    assert.deepEqual(await runOf(), before);
    await store.remove(key);
    const next = await meeting.coordinator('nats');
    await next.says(({ kind }) => kind === 'finished');
    const ended = (await meeting.asks('show', id)).lines.at(-1)?.['end'] as Line;
    assert.equal(ended.kind, 'finished');
    assert.match(String(bitsOf(ended)[0]), /^sha256:/);
    await dismiss(worker, next);
  });
});

test('what an older program left, and what is no table, are no obstacle; a format that is unknown here is', async () => {
  const store = openMemoryStore();
  await leaveFormats(store);
  await leaveFormats(store);
  assert.equal((await store.list('')).length, 1);
  await store.putIfAbsent('formats/0', text({ decisions: 0 }));
  await store.putIfAbsent('formats/x', Uint8Array.of(1));
  await requireKnownFormats(store, 'here');
  await store.putIfAbsent('formats/y', text({ ...FORMATS, dreams: 1 }));
  await assert.rejects(requireKnownFormats(store, 'here'), { code: 'newer-format', message: /its dreams have format version 1, this program reads up to 0/ });
});
