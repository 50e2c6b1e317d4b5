// Two clusters that meet on one NATS server after both of them began: the leader says so, to people and to probes, and leads on.
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { connect } from 'nats';
import { SERVICE_NAME, STORE_FIELD, watchStrangers } from '../../cli/cluster/strangers.ts';
import { virtualClock } from '../../platform/clock/virtual.ts';
import type { Line } from '../process/support.ts';
import { arrived, peer } from '../support/nats-fixture.ts';
import { dismiss, Meeting } from '../support/roles.ts';
import { promises } from '../support/virtual-time.ts';

describe('two clusters on one server', { concurrency: 1 }, () => {
  let meeting: Meeting;
  before(async () => { meeting = await Meeting.open(); });
  after(() => meeting.close());

  /** Answers a ping as a leader of a store does, until it is told to go. */
  const leaderOf = async (context: TestContext, store: string): Promise<() => Promise<void>> => {
    const connection = await connect({ servers: meeting.server.url });
    context.after(() => connection.close());
    const subscription = connection.subscribe(`$SRV.PING.${SERVICE_NAME}`, { callback: (_, message) => { message.respond(JSON.stringify({ metadata: { [STORE_FIELD]: store } })); } });
    await connection.flush();
    return async () => {
      subscription.unsubscribe();
      await connection.flush();
    };
  };

  test('a leader of another store is seen when it appears and when it goes, and one of our own store never', async (context) => {
    const { transport } = await peer(context, { url: meeting.server.url });
    const clock = virtualClock();
    const changes = arrived<boolean>();
    await leaderOf(context, 'ours');
    const watching = watchStrangers(transport, 'ours', { clock, onChange: changes.push });
    clock.advance(5_000);
    for (const [isMixed, change] of [[true, await leaderOf(context, 'theirs')], [false, null]] as const) {
      const next = changes.next();
      const looking = setInterval(() => { clock.advance(5_000); }, 20);
      assert.equal(await next, isMixed);
      clearInterval(looking);
      await promises();
      await change?.();
    }
    watching.stop();
  });

  test('a leader that meets another one warns and is not ready, and goes on answering', async (context) => {
    const leader = await meeting.coordinator('one');
    const { url } = leader.lines.find(({ kind }) => kind === 'listening') as Line & { readonly url: string };
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    await leaderOf(context, 'another');
    await leader.says(({ kind, message }) => kind === 'warning' && /a coordinator of another store leads on this NATS server/.test(String(message)));
    const probe = await fetch(`${url}/readyz`);
    assert.equal(probe.status, 503);
    assert.match(await probe.text(), /"state":"leading","reasons":\["a coordinator of another store leads/);
    assert.equal((await meeting.asks('list')).status, 0);
    await dismiss(leader);
  });
});
