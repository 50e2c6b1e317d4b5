// Data sets on their way: pushed, listed and fetched over the transport's port, whatever gets lost, and refused where something is wrong.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { datasetFetcher, listDatasets, pushDataset, type DatasetWire } from '../../../platform/datasets/client.ts';
import { realDisk } from '../../../platform/datasets/disk.ts';
import { DatasetError } from '../../../platform/datasets/errors.ts';
import { CHUNK, DATASET_SUBJECTS, GET_ANSWER, LIST_ANSWER, OFFER, RECEIPT, type Receipt } from '../../../platform/datasets/messages.ts';
import { digestOfBytes, fileNameOf } from '../../../platform/datasets/names.ts';
import { TransportError } from '../../../platform/transport/transport.ts';
import { packSource } from '../../../platform/datasets/pack.ts';
import { withFaults, Faults } from '../../support/faults.ts';
import { seeded } from '../../support/seeded.ts';
import { nodeFiles } from '../../../platform/store/node-files.ts';
import { between, bitTable, byteTable, packOf, side, sourceOf, type Side } from './support.ts';

const PLENTY_MS = 30_000;

/** Timers of retries keep no process alive; this one ends with its test, however that ends. */
function staysAlive(context: TestContext): void {
  const alive = setInterval(() => undefined, 1_000);
  context.after(() => { clearInterval(alive); });
}

async function fetched(wire: DatasetWire, digest: string): Promise<Uint8Array | null> {
  const remote = await datasetFetcher(wire)(digest);
  if (remote === null) return null;
  const pieces: Uint8Array[] = [];
  for await (const piece of remote.pieces()) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

const receiptOf = async ({ transport }: Side, subject: string, bytes: Uint8Array): Promise<Receipt> => {
  const read = RECEIPT.read(await transport.request(subject, bytes, { deadlineMs: PLENTY_MS }));
  assert.ok(read.kind === 'value', JSON.stringify(read));
  return read.value;
};
const failsWith = (code: string) => (error: unknown): boolean => error instanceof DatasetError && error.code === code;

describe('a data set that is pushed', () => {
  test('arrives, is durable under its digest, is listed and can be fetched', async (context) => {
    const there = await side(context);
    const pack = packSource(sourceOf({ ...byteTable(300, 20, 1), shape: { height: 4, width: 5 } }, bitTable(7, 20, 2)), 'test');
    const told: number[] = [];
    assert.deepEqual(await pushDataset(there.wire, pack, (bytes) => { told.push(bytes); }), { sentBytes: pack.bytes.length });
    assert.equal(told.reduce((sum, bytes) => sum + bytes, 0), pack.bytes.length);
    assert.deepEqual(readdirSync(there.directory), [fileNameOf(pack.digest)]);
    assert.deepEqual(await listDatasets(there.wire), [{
      digest: pack.digest, bytes: pack.bytes.length, columns: 20, shape: { height: 4, width: 5 },
      training: { rows: 300, encoding: 'bytes', labels: false }, test: { rows: 7, encoding: 'bits', labels: false }, jobs: [],
    }]);
    assert.deepEqual(await fetched(there.wire, pack.digest), pack.bytes);
    assert.equal(await there.server.has(pack.digest), true);
    assert.deepEqual(there.failures, []);
  });

  test('is not sent again where it is', async (context) => {
    const there = await side(context);
    const pack = packOf(5_000);
    await pushDataset(there.wire, pack);
    assert.deepEqual(await pushDataset(there.wire, pack), { sentBytes: 0 });
    const heir = await side(context, { directory: there.directory });
    assert.deepEqual(await pushDataset(heir.wire, pack), { sentBytes: 0 });
  });

  test('goes on from where another push was cut off', async (context) => {
    const there = await side(context);
    const pack = packOf(10_000);
    for (let offset = 0; offset < 3_072; offset += 1_024) {
      await receiptOf(there, DATASET_SUBJECTS.chunk, CHUNK.write({ digest: pack.digest, totalBytes: pack.bytes.length, offset, content: pack.bytes.subarray(offset, offset + 1_024) }));
    }
    assert.deepEqual(await pushDataset(there.wire, pack), { sentBytes: pack.bytes.length - 3_072 });
    assert.deepEqual(await fetched(there.wire, pack.digest), pack.bytes);
  });

  test('by two at once is there once', async (context) => {
    const there = await side(context);
    const pack = packOf(40_000);
    await Promise.all([pushDataset(there.wire, pack), pushDataset(there.wire, pack)]);
    assert.deepEqual(readdirSync(there.directory), [fileNameOf(pack.digest)]);
    assert.deepEqual(await fetched(there.wire, pack.digest), pack.bytes);
  });

  test('arrives although half of the questions and half of the answers get lost', async (context) => {
    const there = await side(context, { limits: { attemptsMax: 60 } });
    const random = seeded(3);
    const transport = between(there.transport, async (_subject, _payload, ask) => {
      if (random() < 0.25) throw new TransportError('deadline', 'the question is lost');
      const answer = await ask();
      if (random() < 0.25) throw new TransportError('deadline', 'the answer is lost');
      return answer;
    });
    const wire: DatasetWire = { ...there.wire, transport };
    staysAlive(context);
    const pack = packOf(60_000);
    await pushDataset(wire, pack);
    assert.deepEqual(await fetched(wire, pack.digest), pack.bytes);
  });

  test('survives a coordinator that ends in mid-push: the next one takes all of it', async (context) => {
    const first = await side(context);
    const pack = packOf(20_000);
    // One for all chunks of a window: a second one would take what the first has begun for what a dead one left.
    let heir: Promise<Side> | null = null;
    const transport = between(first.transport, async (subject, payload, ask) => {
      if (heir !== null) return (await heir).transport.request(subject, payload, { deadlineMs: PLENTY_MS });
      const answer = await ask();
      if (subject === DATASET_SUBJECTS.chunk && CHUNK.read(payload).kind === 'value') {
        heir ??= first.server.close().then(() => side(context, { directory: first.directory }));
        await heir;
        throw new TransportError('deadline', 'the coordinator ended');
      }
      return answer;
    });
    staysAlive(context);
    await pushDataset({ ...first.wire, transport }, pack);
    assert.ok(heir !== null);
    assert.deepEqual(await fetched((await (heir as Promise<Side>)).wire, pack.digest), pack.bytes);
  });
});

describe('what is refused', () => {
  test('content that is not what its digest says; nothing is kept of it', async (context) => {
    const there = await side(context);
    const [pack, other] = [packOf(5_000, 1), packOf(5_000, 2)];
    await assert.rejects(pushDataset(there.wire, { digest: pack.digest, bytes: other.bytes }), failsWith('digest-mismatch'));
    assert.deepEqual(readdirSync(there.directory), []);
    await pushDataset(there.wire, pack);
    assert.equal(await there.server.has(pack.digest), true);
  });

  test('what is no packed data set, however right its digest', async (context) => {
    const there = await side(context);
    const bytes = new TextEncoder().encode('#!/bin/sh\n'.repeat(500));
    await assert.rejects(pushDataset(there.wire, { digest: digestOfBytes(bytes), bytes }), failsWith('not-a-dataset'));
    const pack = packOf(5_000);
    const longer = new Uint8Array(pack.bytes.length + 1);
    longer.set(pack.bytes);
    await assert.rejects(pushDataset(there.wire, { digest: digestOfBytes(longer), bytes: longer }), failsWith('not-a-dataset'));
    assert.deepEqual(readdirSync(there.directory), []);
  });

  test('names that lead elsewhere, sizes beyond the limits, formats of tomorrow', async (context) => {
    const there = await side(context);
    const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const digest = `sha256:${'a'.repeat(64)}`;
    writeFileSync(join(there.directory, '..', 'secret.pack'), 'secret');
    for (const offer of [
      { v: 1, digest: 'sha256:../../etc/passwd', bytes: 10 }, { v: 1, digest: `sha256:${'A'.repeat(64)}`, bytes: 10 }, { v: 1, digest: `${digest}/x`, bytes: 10 },
      { v: 1, digest, bytes: 2 ** 31 }, { v: 1, digest, bytes: 0 }, { v: 1, digest, bytes: -1 }, { v: 1, digest, bytes: 1.5 }, { v: 1, digest, bytes: 10, more: 1 }, { v: 1, digest },
    ]) assert.equal((await receiptOf(there, DATASET_SUBJECTS.offer, json(offer)) as { code?: string }).code, 'malformed', JSON.stringify(offer));
    assert.equal((await receiptOf(there, DATASET_SUBJECTS.offer, json({ v: 2, digest, bytes: 10 })) as { code?: string }).code, 'protocol');
    assert.equal((await receiptOf(there, DATASET_SUBJECTS.offer, new Uint8Array(5_000).fill(0x20)) as { code?: string }).code, 'malformed');
    for (const get of [{ v: 1, digest: 'sha256:../secret', offset: 0, bytes: 6 }, { v: 1, digest, offset: 0, bytes: 2 ** 30 }, { v: 1, digest, offset: -1, bytes: 6 }]) {
      const read = GET_ANSWER.read(await there.transport.request(DATASET_SUBJECTS.get, json(get), { deadlineMs: PLENTY_MS }));
      assert.ok(read.kind === 'value' && read.value.kind === 'refused' && read.value.code === 'malformed', JSON.stringify(read));
    }
    assert.deepEqual(readdirSync(there.directory), []);
  });

  test('every damaged chunk: a byte changed, cut short, or of another place', async (context) => {
    const there = await side(context);
    const { digest, bytes } = packOf(3_000);
    const chunk = CHUNK.write({ digest, totalBytes: bytes.length, offset: 0, content: bytes.subarray(0, 1_024) });
    for (let at = 0; at < 80; at += 1) {
      const wrong = Uint8Array.from(chunk);
      wrong[at]! ^= 0x40;
      const receipt = await receiptOf(there, DATASET_SUBJECTS.chunk, wrong);
      // A wrong name, or a total that fits no head, is seen by what arrives under it.
      assert.ok(receipt.kind === 'refused' || (at >= 4 && at < 36 && receipt.kind === 'send') || (at >= 40 && at < 44 && receipt.kind === 'send' && receipt.from === 0), `byte ${at}: ${JSON.stringify(receipt)}`);
    }
    for (const length of [0, 1, 47, 48, 60]) assert.equal((await receiptOf(there, DATASET_SUBJECTS.chunk, chunk.subarray(0, length))).kind, 'refused');
    await there.server.close();
    assert.deepEqual(readdirSync(there.directory), []);
  });

  test('more data sets at a time than the limit: the one that was silent longest gives way', async (context) => {
    const there = await side(context, { limits: { uploadsMax: 2 } });
    const packs = [1, 2, 3].map((seed) => packOf(4_000, seed));
    for (const { digest, bytes } of packs) await receiptOf(there, DATASET_SUBJECTS.chunk, CHUNK.write({ digest, totalBytes: bytes.length, offset: 0, content: bytes.subarray(0, 1_024) }));
    const wanted = await Promise.all(packs.map(({ digest, bytes }) => receiptOf(there, DATASET_SUBJECTS.offer, OFFER.write({ v: 1, digest, bytes: bytes.length }))));
    assert.deepEqual(wanted.map((receipt) => receipt.kind === 'send' ? receipt.from : null), [0, 1_024, 1_024]);
    assert.equal(readdirSync(there.directory).length, 2);
  });

  test('a chunk that begins elsewhere than the last one ended: it is told where to go on', async (context) => {
    const there = await side(context);
    const { digest, bytes } = packOf(4_000);
    const send = (offset: number): Promise<Receipt> => receiptOf(there, DATASET_SUBJECTS.chunk, CHUNK.write({ digest, totalBytes: bytes.length, offset, content: bytes.subarray(offset, offset + 1_000) }));
    assert.deepEqual([await send(2_000), await send(0), await send(0), await send(1_000)].map((receipt) => receipt.kind === 'send' ? receipt.from : receipt), [0, 1_000, 1_000, 2_000]);
  });
});

describe('the coordinator', () => {
  test('does not have what is damaged on its disk: it can be pushed again', async (context) => {
    const first = await side(context);
    const pack = packOf(5_000);
    await pushDataset(first.wire, pack);
    const path = join(first.directory, fileNameOf(pack.digest));
    const content = readFileSync(path);
    content[2_000]! ^= 1;
    writeFileSync(path, content);
    const heir = await side(context, { directory: first.directory });
    assert.deepEqual(await heir.server.load(pack.digest), { kind: 'unknown-digest' });
    assert.deepEqual(await pushDataset(heir.wire, pack), { sentBytes: pack.bytes.length });
    assert.equal((await heir.server.load(pack.digest)).kind, 'data');
  });

  test('lists page by page, and passes over what is no data set', async (context) => {
    const there = await side(context, { limits: { listRowsMax: 2 } });
    const digests = [];
    for (const seed of [1, 2, 3, 4, 5]) {
      const pack = packOf(1_000, seed);
      await pushDataset(there.wire, pack);
      digests.push(pack.digest);
    }
    writeFileSync(join(there.directory, 'notes.txt'), 'mine');
    writeFileSync(join(there.directory, fileNameOf(`sha256:${'f'.repeat(64)}`)), 'no data set');
    mkdirSync(join(there.directory, fileNameOf(`sha256:${'0'.repeat(64)}`)));
    assert.deepEqual((await listDatasets(there.wire)).map(({ digest }) => digest), digests.sort());
    const answer = LIST_ANSWER.read(await there.transport.request(DATASET_SUBJECTS.list, new TextEncoder().encode('{"v":1,"after":null}'), { deadlineMs: PLENTY_MS }));
    assert.ok(answer.kind === 'value' && answer.value.kind === 'datasets');
    assert.deepEqual([answer.value.datasets.length, answer.value.isLast], [2, false]);
  });

  test('without room says how much there is and how much is needed, and keeps nothing', async (context) => {
    const disk = { ...realDisk(), freeBytes: () => Promise.resolve(2 ** 20 + 4_000) };
    const there = await side(context, { disk });
    await assert.rejects(pushDataset(there.wire, packOf(9_000)), (error: unknown) => failsWith('no-space')(error) && /has 4000 bytes free for data, and the data set needs \d{4}$/.test((error as Error).message));
    assert.deepEqual(readdirSync(there.directory), []);
  });

  test('with a disk that fails answers so, without a path, and tells its own log', async (context) => {
    const files = withFaults(nodeFiles(), new Faults({ of: 'write', at: 3, effect: { kind: 'fail', code: 'EIO' } }));
    const there = await side(context, { disk: realDisk(files) });
    await assert.rejects(pushDataset(there.wire, packOf(9_000)), (error: unknown) => failsWith('storage-failed')(error) && !(error as Error).message.includes(there.directory));
    assert.equal(there.failures.length, 1);
    assert.deepEqual(readdirSync(there.directory), []);
    await pushDataset(there.wire, packOf(9_000));
  });
});

describe('whoever asks', () => {
  test('learns that a data set is unknown', async (context) => {
    const there = await side(context);
    assert.equal(await fetched(there.wire, `sha256:${'b'.repeat(64)}`), null);
  });

  test('gives up after the attempts that are allowed, with the error of the transport', async (context) => {
    const there = await side(context, { limits: { attemptsMax: 3 } });
    let count = 0;
    const transport = between(there.transport, () => { count += 1; return Promise.reject(new TransportError('no-responder', 'nobody')); });
    staysAlive(context);
    await assert.rejects(fetched({ ...there.wire, transport }, `sha256:${'b'.repeat(64)}`), { code: 'no-responder' });
    assert.equal(count, 3);
  });

  test('does not believe a coordinator that answers with other bytes, or never has enough', async (context) => {
    const there = await side(context, { limits: { attemptsMax: 3 } });
    const [pack, other] = [packOf(4_000, 1), packOf(4_000, 2)];
    await pushDataset(there.wire, other);
    const lying = between(there.transport, () => Promise.resolve(CHUNK.write({ digest: other.digest, totalBytes: other.bytes.length, offset: 0, content: other.bytes.subarray(0, 1_024) })));
    staysAlive(context);
    await assert.rejects(fetched({ ...there.wire, transport: lying }, pack.digest), { code: 'malformed' });
    const forgetful = between(there.transport, () => Promise.resolve(RECEIPT.write({ kind: 'send', from: 0 })));
    await assert.rejects(pushDataset({ ...there.wire, transport: forgetful }, pack), failsWith('no-progress'));
  });
});
