// Who is let into a cluster: a worker of another version, with a wrong golden unit, or told to go, hears why on its side, and the coordinator says
// it on the other. The other side of each is played over the real server.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { GOLDEN_DIGEST } from '../../cli/cluster/golden.ts';
import { ASSIGNMENT, CLUSTER_FORMAT_VERSION, CLUSTER_SUBJECTS, HELLO, type Assignment, type Hello } from '../../platform/cluster/messages.ts';
import { SUBJECTS, WIRE_FORMAT_VERSION } from '../../proto/messages.ts';
import { parseExposition } from '../support/exposition.ts';
import { peer, PLENTY_MS } from '../support/nats-fixture.ts';
import { ended, started, type Line } from '../process/support.ts';
import type { Role } from '../support/role.ts';
import { dismiss, Meeting, sets } from '../support/roles.ts';

const OTHER = `sha256:${createHash('sha256').update('something else').digest('hex')}`;
const HONEST: Hello = {
  v: CLUSTER_FORMAT_VERSION, worker: 'stranger', wire: WIRE_FORMAT_VERSION, engine: 'e', deviceClass: 'd', threads: 1, golden: GOLDEN_DIGEST, computing: null, lacks: null, leaving: false,
};

describe('admission to a cluster', { concurrency: 1 }, () => {
  let meeting: Meeting;
  before(async () => { meeting = await Meeting.open(); });
  after(() => meeting.close());

  const asked = async (context: TestContext, hello: Hello): Promise<Assignment> => {
    const { transport } = await peer(context, { url: meeting.server.url });
    const read = ASSIGNMENT.read(await transport.request(CLUSTER_SUBJECTS.work, HELLO.write(hello), { deadlineMs: PLENTY_MS }));
    assert.ok(read.kind === 'value');
    return read.value;
  };

  test('a worker to which no coordinator answers says so while it waits, and still leaves with 0', async () => {
    const child = started(['worker', '--threads', '1', ...meeting.nats], { cwd: meeting.folder });
    const end = ended(child);
    await new Promise<void>((settle) => {
      let told = '';
      child.stderr!.on('data', (text: string) => {
        told += text;
        if (/no coordinator answers: this worker waits for one/.test(told)) settle();
      });
    });
    child.kill('SIGTERM');
    assert.equal((await end).status, 0);
  });

  test('a digest of a data set that is cut short is no path', async () => {
    const leader = await meeting.coordinator('store-digest');
    const { status, lines } = await meeting.asks('submit', resolve('examples/mnist-rbm.yaml'), '--set', 'data.source=sha256:00');
    assert.deepEqual([status, lines.at(-1)?.['code']], [2, 'not-a-digest']);
    await dismiss(leader);
  });

  test('a coordinator refuses another version, and holds a worker whose golden unit is wrong', async (context) => {
    const leader = await meeting.coordinator('store-admission');
    assert.equal((await asked(context, HONEST)).kind, 'wait');
    const newer = await asked(context, { ...HONEST, worker: 'newer', wire: WIRE_FORMAT_VERSION + 1 });
    assert.ok(newer.kind === 'refused' && newer.afterMs === null, JSON.stringify(newer));
    assert.match(newer.message, new RegExp(`this coordinator speaks wire format ${WIRE_FORMAT_VERSION}, the worker ${WIRE_FORMAT_VERSION + 1}: run the same version`));
    const broken = { ...HONEST, worker: 'broken', golden: OTHER };
    const held = await asked(context, broken);
    assert.ok(held.kind === 'refused' && held.code === 'quarantined' && held.afterMs! > 0, JSON.stringify(held));
    const again = await asked(context, { ...broken, golden: GOLDEN_DIGEST });
    assert.ok(again.kind === 'refused' && /golden unit gave sha256:/.test(again.message), 'it is held although it says something else now');
    const listed = (await meeting.asks('workers')).lines.map((line) => [line['worker'], line['state']]);
    assert.deepEqual(listed.filter(([name]) => name === 'stranger'), [['stranger', 'waiting']]);
    assert.equal((await asked(context, { ...HONEST, leaving: true })).kind, 'wait');
    await dismiss(leader);
    const successor = await meeting.coordinator('store-admission'); // quarantines are remembered: the next one is longer
    const later = await asked(context, broken);
    assert.ok(later.kind === 'refused' && later.code === 'quarantined');
    const twice = await asked(context, broken);
    assert.ok(twice.kind === 'refused' && twice.afterMs! > held.afterMs!, JSON.stringify([held, twice]));
    await dismiss(successor);
  });

  test('a message that cannot be read is refused, told and counted by both roles, and the run goes on', async (context) => {
    const { transport } = await peer(context, { url: meeting.server.url });
    const leader = await meeting.coordinator('store-malformed');
    const worker = meeting.worker('reader');
    const id = (await meeting.asks('submit', resolve('examples/mnist-rbm.yaml'), ...sets('checkpoint.every=5', 'evaluate=off'))).lines.at(-1)?.['id'] as string;
    const isSaved = ({ kind }: Line): boolean => kind === 'checkpoint';
    await leader.says(isSaved); // so the worker has joined
    const counted = async (role: Role): Promise<number> => {
      const { url } = role.lines.find(({ kind }) => kind === 'listening') as Line & { readonly url: string };
      return parseExposition(await (await fetch(`${url}/metrics`)).text()).samples.get('ebm_rejected_messages_total{code="malformed"}') ?? 0;
    };
    assert.deepEqual([await counted(leader), await counted(worker)], [0, 0]);
    for (const [role, subject] of [[leader, SUBJECTS.coordinator(id)], [worker, SUBJECTS.worker(id, 'reader')]] as const) {
      transport.publish(subject, Uint8Array.of(0xff, 0xff, 0xff));
      await role.says(({ kind, message }) => kind === 'warning' && String(message).startsWith(`a message on ${subject} was refused: malformed`));
      assert.equal(await counted(role), 1);
    }
    const read = ASSIGNMENT.read(await transport.request(CLUSTER_SUBJECTS.work, Uint8Array.of(1), { deadlineMs: PLENTY_MS }));
    assert.ok(read.kind === 'value' && read.value.kind === 'refused' && read.value.code === 'malformed');
    assert.equal(await counted(leader), 2);
    const saved = leader.lines.filter(isSaved).length;
    await leader.says((line) => isSaved(line) && leader.lines.filter(isSaved).length > saved);
    await dismiss(worker, leader);
  });

  test('a worker that is refused says why and exits with 2; one that is told to go exits with 0', async (context) => {
    const { transport } = await peer(context, { url: meeting.server.url });
    const answers: Assignment[] = [{ kind: 'refused', code: 'protocol', message: 'this coordinator speaks wire format 99', afterMs: null }];
    const service = transport.serve(CLUSTER_SUBJECTS.work, (question) => {
      assert.equal(HELLO.read(question).kind, 'value');
      return Promise.resolve(ASSIGNMENT.write(answers[0]!));
    });
    const refused = await meeting.asks('worker', '--name', 'r', '--threads', '1');
    assert.deepEqual([refused.status, refused.lines.at(-1)?.['message']], [2, 'the coordinator refused this worker: this coordinator speaks wire format 99']);
    answers[0] = { kind: 'leave', message: 'it was drained' };
    const gone = await meeting.asks('worker', '--name', 'r', '--threads', '1');
    assert.deepEqual([gone.status, gone.lines.at(-1)?.kind], [0, 'drained'], gone.stderr);
    service.close();
  });
});
