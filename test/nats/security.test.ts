// deploy/nats on a real server: what each user may do it can do, and whatever else is tried is refused by the server, in words.
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { connect, type NatsConnection } from 'nats';
import { encodeFrame, parseFrame } from '../../platform/transport/framing.ts';
import { arrived, pattern, peer, PLENTY_MS, type Peer } from '../support/nats-fixture.ts';
import { passwordOf, startGuardedServer, type User } from '../support/guarded-server.ts';
import type { NatsServer } from '../support/nats-server.ts';
import { SUBJECTS } from '../../proto/messages.ts';
import { CLUSTER_SUBJECTS } from '../../platform/cluster/messages.ts';

const asked = { deadlineMs: PLENTY_MS };
const LARGE = 3_000_000;

let server: NatsServer;
before(async () => { server = await startGuardedServer(); });
after(() => server.close());

/** The transport as the commands open it. */
function as(context: TestContext, user: User): Promise<Peer> {
  return peer(context, { url: server.url, user, password: passwordOf(user), inboxPrefix: `_INBOX.${user}`, pullName: user, answerPrefix: '_INBOX.' });
}

/** A client without manners. */
async function raw(context: TestContext, user: User): Promise<NatsConnection> {
  const client = await connect({ servers: server.url, user, pass: passwordOf(user), inboxPrefix: `_INBOX.${user}` });
  context.after(() => client.close());
  return client;
}

describe('what a user may not do', () => {
  const others = ['ebm.pull.worker-2.000000000001', 'ebm.pull.submitter.000000000001', '_INBOX.coordinator.x', '_INBOX.worker-2.x', '_INBOX.submitter.x'];
  const store = ['ebm.store.cluster.o.head', '$KV.lease.leader', '$JS.API.INFO', '$JS.API.STREAM.DELETE.KV_lease', '$JS.ACK.x', '$SYS.REQ.SERVER.PING'];
  const everything = ['>', 'ebm.>', '_INBOX.>', '$KV.>', '$SYS.>'];
  const served = ['ebm.cluster.work', 'ebm.run.r.coordinator', 'ebm.run.*.parameters', 'ebm.jobs.>', 'ebm.jobs.submit', 'ebm.data.get', '$SRV.>'];
  const privately = ['ebm.run.r.worker.worker-2', 'ebm.run.*.worker.*', 'ebm.pull.>', 'ebm.pull.worker-2.*', 'ebm.pull.coordinator.*', '_INBOX.worker-2.>', '_INBOX.coordinator.>'];
  const forbidden: Readonly<Record<Exclude<User, 'worker-2'>, { readonly publish: readonly string[]; readonly subscribe: readonly string[] }>> = {
    'worker-1': {
      publish: ['ebm.jobs.submit', 'ebm.jobs.list', 'ebm.events.job-1', 'ebm.run.r.published', 'ebm.run.r.worker.worker-1', 'ebm.run.r.worker.worker-2', ...others, ...store],
      subscribe: [...everything, ...served, ...privately, 'ebm.events.*'],
    },
    submitter: {
      publish: ['ebm.cluster.work', 'ebm.run.r.coordinator', 'ebm.run.r.parameters', 'ebm.run.r.published', 'ebm.run.r.worker.worker-1', 'ebm.events.job-1', 'ebm.data.get', ...others, ...store],
      subscribe: [...everything, ...served, ...privately],
    },
    observer: {
      publish: [
        ...['submit', 'cancel', 'pause', 'unpause', 'drain', 'files', 'read', 'data.offer', 'data.chunk'].map((operation) => `ebm.jobs.${operation}`),
        'ebm.cluster.work', 'ebm.run.r.coordinator', 'ebm.run.r.parameters', 'ebm.run.r.published', 'ebm.run.r.worker.worker-1', 'ebm.events.job-1', 'ebm.data.get', ...others, ...store,
      ],
      subscribe: [...everything, ...served, ...privately],
    },
    coordinator: {
      publish: ['ebm.cluster.work', 'ebm.jobs.submit', 'ebm.data.get', 'ebm.run.r.coordinator', 'elsewhere', '$SYS.REQ.SERVER.PING', '$SRV.PING'],
      subscribe: [...everything, 'ebm.run.*.worker.*', 'ebm.events.*', 'ebm.pull.>', 'ebm.pull.worker-1.*', '_INBOX.worker-1.>', '_INBOX.submitter.>'],
    },
  };

  for (const [user, { publish, subscribe }] of Object.entries(forbidden) as [User, (typeof forbidden)['coordinator']][]) {
    test(`${user}: ${publish.length} subjects to publish on and ${subscribe.length} to subscribe to are refused, each by name`, async (context) => {
      const client = await raw(context, user);
      const errors = arrived<Error>();
      void (async () => { for await (const status of client.status()) if (status.type === 'error') errors.push(status.error); })();
      for (const subject of publish) {
        client.publish(subject, 'x');
        assert.equal((await errors.next()).message, `Permissions Violation for Publish to "${subject}"`);
      }
      for (const subject of subscribe) {
        client.subscribe(subject, { callback: () => undefined });
        assert.equal((await errors.next()).message, `Permissions Violation for Subscription to "${subject}"`);
      }
    });
  }

  test('who has no password, a wrong one, or one of somebody else is not let in', async () => {
    for (const login of [{}, { user: 'worker-1' }, { user: 'worker-1', pass: passwordOf('worker-2') }, { user: 'admin', pass: 'admin' }]) {
      await assert.rejects(connect({ servers: server.url, ...login }), { name: 'AuthorizationError' });
    }
  });
});

describe('what a user may do', () => {
  test('worker and coordinator: questions and messages of any size, both ways', async (context) => {
    const [coordinator, worker] = [await as(context, 'coordinator'), await as(context, 'worker-1')];
    const [told, leased] = [await coordinator.hear(SUBJECTS.coordinator('job-1')), await worker.hear(SUBJECTS.worker('job-1', 'worker-1'))];
    for (const subject of [CLUSTER_SUBJECTS.work, SUBJECTS.parameters('job-1'), 'ebm.data.get']) coordinator.transport.serve(subject, (payload) => payload);
    await coordinator.transport.flush(asked);
    for (const payload of [Uint8Array.of(1), pattern(LARGE)]) {
      for (const subject of [CLUSTER_SUBJECTS.work, SUBJECTS.parameters('job-1'), 'ebm.data.get']) assert.deepEqual(await worker.transport.request(subject, payload, asked), payload);
      worker.transport.publish(SUBJECTS.coordinator('job-1'), payload);
      assert.deepEqual(await told.next(), payload);
      coordinator.transport.publish(SUBJECTS.worker('job-1', 'worker-1'), payload);
      assert.deepEqual(await leased.next(), payload);
    }
  });

  test('submitter and observer: questions, answers and events of any size; the observer looks only', async (context) => {
    const [coordinator, submitter, observer] = [await as(context, 'coordinator'), await as(context, 'submitter'), await as(context, 'observer')];
    for (const operation of ['submit', 'list'] as const) coordinator.transport.serve(CLUSTER_SUBJECTS.jobs(operation), (payload) => payload.length === 1 ? pattern(LARGE) : payload);
    await coordinator.transport.flush(asked);
    const heard = [await submitter.hear(CLUSTER_SUBJECTS.events('job-1')), await observer.hear(CLUSTER_SUBJECTS.events('job-1'))];
    assert.deepEqual(await submitter.transport.request(CLUSTER_SUBJECTS.jobs('submit'), pattern(LARGE, 2), asked), pattern(LARGE, 2));
    assert.deepEqual(await observer.transport.request(CLUSTER_SUBJECTS.jobs('list'), Uint8Array.of(1), asked), pattern(LARGE));
    coordinator.transport.publish(CLUSTER_SUBJECTS.events('job-1'), pattern(LARGE));
    for (const ear of heard) assert.deepEqual(await ear.next(), pattern(LARGE));
    await assert.rejects(observer.transport.request(CLUSTER_SUBJECTS.jobs('submit'), Uint8Array.of(1), asked),
      { code: 'forbidden', message: "user observer may not publish on ebm.jobs.submit: the NATS server's permissions do not allow it" });
  });

  test('a worker answers each pull once and nothing else: no second answer, none to a question that it was not asked', async (context) => {
    const [coordinator, worker] = [await raw(context, 'coordinator'), await raw(context, 'worker-1')];
    const refused = arrived<string>();
    void (async () => { for await (const status of worker.status()) if (status.type === 'error') refused.push(status.error.message); })();
    worker.subscribe('ebm.pull.worker-1.*', { callback: (_error, message) => { message.respond('one'); message.respond('two'); } });
    await worker.flush();
    const answer = await coordinator.request('ebm.pull.worker-1.000000000001', 'x');
    assert.equal(answer.string(), 'one');
    assert.equal(await refused.next(), `Permissions Violation for Publish to "${answer.subject}"`);
  });
});

describe('what a user may do is of no use against others', () => {
  test('T5: a worker that pulls from the coordinator gets what was offered to it, and cannot guess what was offered to another', async (context) => {
    const [coordinator, thief] = [await as(context, 'coordinator'), await raw(context, 'worker-2')];
    const offers = arrived<Uint8Array>();
    thief.subscribe(SUBJECTS.worker('job-1', 'worker-2'), { callback: (_error, message) => { offers.push(message.data); } });
    await thief.flush();
    const numbers: number[] = [];
    for (const worker of ['worker-2', 'worker-1', 'worker-2']) {
      coordinator.transport.publish(SUBJECTS.worker('job-1', worker), pattern(LARGE));
      if (worker === 'worker-1') continue;
      const parsed = parseFrame(await offers.next());
      assert.ok(parsed.kind === 'frame');
      const { frame: { sender, message, totalBytes, count } } = parsed;
      numbers.push(message);
      const pull = async (number: number): Promise<string> => {
        const answer = await thief.request(`ebm.pull.coordinator.${sender.toString(16).padStart(12, '0')}`, encodeFrame({ kind: 'pull', sender: 1, message: number, totalBytes, index: 0, count }));
        const read = parseFrame(answer.data);
        return read.kind === 'frame' ? read.frame.kind : read.reason;
      };
      assert.deepEqual([await pull(message), await pull(message + 1), await pull(message - 1)], ['chunk', 'gone', 'gone']);
    }
    assert.ok(Math.abs(numbers[1]! - numbers[0]!) > 1_000, 'numbers of messages do not follow each other');
  });

  test('an answer that is wanted where only the coordinator may publish is not given', async (context) => {
    const [coordinator, submitter] = [await as(context, 'coordinator'), await raw(context, 'submitter')];
    coordinator.transport.serve(CLUSTER_SUBJECTS.jobs('list'), () => { throw new Error('it was heard'); });
    await coordinator.transport.flush(asked);
    const frame = encodeFrame({ kind: 'request', sender: 1, message: 1, totalBytes: 0, index: 0, count: 1 });
    submitter.publish(CLUSTER_SUBJECTS.jobs('list'), frame, { reply: '$KV.lease.leader' });
    assert.deepEqual(await coordinator.refusals.next(), { reason: 'foreign-reply', subject: 'ebm.jobs.list', detail: 'an answer is wanted on "$KV.lease.leader"' });
  });

  test('an offer in the name of another is fetched from the other, who has none', async (context) => {
    const [coordinator, honest, thief] = [await as(context, 'coordinator'), await as(context, 'worker-1'), await raw(context, 'worker-2')];
    const told = await coordinator.hear(SUBJECTS.coordinator('job-1'));
    const offer = encodeFrame({ kind: 'publish-offer', sender: 7, message: 9, totalBytes: LARGE, index: 0, count: 3 }, new TextEncoder().encode('worker-1'));
    thief.publish(SUBJECTS.coordinator('job-1'), offer);
    await thief.flush();
    honest.transport.publish(SUBJECTS.coordinator('job-1'), Uint8Array.of(1));
    assert.deepEqual(await told.next(), Uint8Array.of(1));
    assert.equal((await coordinator.refusals.next()).reason, 'gone');
  });
});
