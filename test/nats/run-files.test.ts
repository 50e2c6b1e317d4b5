// Files of runs as `ebm fetch` asks for them: in pages, however many there are, by names that lead nowhere else, and of a run in a store without
// writing it out.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { askJobs, serveJobs } from '../../cli/cluster/job-service.ts';
import { Runs } from '../../cli/cluster/runs.ts';
import { openPlace, type ClusterPlace } from '../../cli/cluster/stores.ts';
import { ClusterShell } from '../../coordinator/shell/cluster/cluster.ts';
import { realClock } from '../../platform/clock/real.ts';
import { memoryTelemetry } from '../../platform/telemetry/memory.ts';
import { codedTransport } from '../../platform/transport/coded.ts';
import { openMemoryStore } from '../../platform/store/memory.ts';
import { decode, encode } from '../../proto/codec.ts';
import { peer } from '../support/nats-fixture.ts';
import { startNatsServer, type NatsServer } from '../support/nats-server.ts';
import { JETSTREAM } from '../support/nats-store.ts';
import { entryOf, modelOf, runOf, snapshotOf } from '../support/run-fixtures.ts';

let nats: NatsServer;
let folder: string;
before(async () => {
  nats = await startNatsServer(JETSTREAM);
  folder = mkdtempSync(join(tmpdir(), 'ebm-files-'));
});
after(async () => {
  await nats.close();
  rmSync(folder, { recursive: true, force: true });
});

async function placeOf(context: TestContext, where: string): Promise<ClusterPlace> {
  const { transport } = await peer(context, { url: nats.url });
  const place = await openPlace(where, transport);
  context.after(() => place.close());
  return place;
}

/** All pages, and how many there were. */
async function pagesOf(asker: Parameters<typeof askJobs>[0], id: string): Promise<{ readonly names: readonly string[]; readonly pages: number }> {
  const names: string[] = [];
  for (let pages = 1; ; pages += 1) {
    const { files, more } = await askJobs(asker, 'files', { id, after: names.at(-1) ?? '' });
    names.push(...files.map(({ file }) => file));
    if (!more) return { names, pages };
  }
}

test('a run of thousands of files is listed in pages, and what is not the run\'s cannot be read', async (context) => {
  const [{ transport }, { transport: asker }] = await Promise.all([peer(context, { url: nats.url }), peer(context, { url: nats.url })]);
  const place = await placeOf(context, join(folder, 'store'));
  const run = join(folder, 'store/runs/tiny-1');
  mkdirSync(join(run, 'samples'), { recursive: true });
  const samples = Array.from({ length: 4_500 }, (_, update) => `samples/${String(update).padStart(8, '0')}.png`);
  for (const file of [...samples, 'metrics.jsonl', '.lock.1', 'samples/.tmp-1']) writeFileSync(join(run, file), file);
  writeFileSync(join(folder, 'secret'), 'secret');
  symlinkSync(join(folder, 'secret'), join(run, 'linked'));
  symlinkSync(folder, join(run, 'outside'));
  const telemetry = memoryTelemetry();
  const messages = codedTransport(transport, { codec: { encode, decode }, messageBytesMax: 1_000_000, onRejected: () => undefined });
  const data = { check: () => undefined, load: () => Promise.reject(new Error('no job is run here')) };
  const host = new Runs({ places: place.runs, threads: 1, messages, data, telemetry, memoryBytes: Infinity, allowModules: false, onNewerFormat: (error) => { throw error; } });
  const shell = await ClusterShell.lead({
    store: openMemoryStore(), name: 'test', clock: realClock(), transport, host, telemetry, wireVersion: 1, golden: 'none', onEvent: () => undefined, onWarning: () => undefined,
  });
  const services = await serveJobs(transport, { desk: { shell, host }, identity: 'test', telemetry, onError: (error) => { assert.fail(error); } });
  await askJobs(asker, 'submit', { key: 'mine', spec: { name: 'tiny', data: { source: 'mnist' }, model: { kind: 'bernoulli-rbm' } } });
  assert.deepEqual(await pagesOf(asker, 'tiny-1'), { names: ['metrics.jsonl', ...samples], pages: 3 });
  const { part, bytes } = await askJobs(asker, 'read', { id: 'tiny-1', file: samples[7]!, offset: 3 });
  assert.deepEqual([Buffer.from(part, 'base64').toString(), bytes], [samples[7]!.slice(3), samples[7]!.length]);
  for (const file of ['../tiny-1/metrics.jsonl', '../../../secret', join(folder, 'secret'), 'linked', 'outside/secret', '.lock.1', 'samples/.tmp-1', 'samples', 'samples//x', 'none']) {
    await assert.rejects(askJobs(asker, 'read', { id: 'tiny-1', file, offset: 0 }), { code: 'no-such-file' }, file);
  }
  await services.stop();
});

test('files of a run in a store are those of one moment, parts come from any coordinator of it, and a checkpoint that is gone is said to be', async (context) => {
  const { runs } = await placeOf(context, 'nats');
  const opened = await runs.open('small-1', runOf({ every: 100, keep: 1 }), () => Promise.resolve());
  const save = async (update: number): Promise<void> => {
    const { position } = await opened.journal.appendLedger(entryOf(update), {});
    await opened.journal.appendMetrics({ kind: 'progress', update });
    await opened.journal.checkpoint(snapshotOf({ update, ledger: position }), modelOf(update));
    await opened.journal.writeArtefact(`samples/${update}.png`, new Uint8Array(1_000).fill(update % 256));
  };
  const read = async (places: typeof runs, file: string): Promise<string | null> => {
    const whole = await places.read('small-1', file, 0, 1 << 20);
    return whole === null ? null : Buffer.from(whole.part).toString('latin1');
  };
  assert.deepEqual([await runs.files('none', ''), await runs.read('none', 'job.json', 0, 1)], [[], null]);
  await save(100);
  const files = await runs.files('small-1', '');
  assert.deepEqual(files.map(({ file }) => file), [...['manifest.json', 'parameters.safetensors', 'state.bin'].map((name) => `checkpoints/00000100/${name}`), 'job.json', 'ledger.jsonl', 'metrics.jsonl', 'samples/100.png']);
  assert.deepEqual((await runs.files('small-1', 'ledger.jsonl')).map(({ file }) => file), ['metrics.jsonl', 'samples/100.png']);
  const before = await read(runs, 'ledger.jsonl');
  for (const { file, bytes } of files) assert.equal((await read(runs, file))?.length, bytes, file);
  await save(200);
  assert.equal(await read(runs, 'ledger.jsonl'), before, 'of the moment when its files were asked for');
  assert.equal(await read(runs, 'checkpoints/00000100/parameters.safetensors'), null);
  assert.equal((await runs.read('small-1', 'samples/100.png', 990, 100))?.part.length, 10);
  const { runs: others } = await placeOf(context, 'nats');
  assert.equal((await read(others, 'checkpoints/00000200/state.bin'))?.length, (await others.files('small-1', '')).find(({ file }) => file.endsWith('200/state.bin'))?.bytes);
  await opened.journal.close();
});
