// The flags of the roles of a cluster: what may come from the environment, and what stops them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../../cli/commands/program.ts';
import { fakeActions, keptSink } from './support.ts';

/** The signals that `ebm WORDS` heeds. */
async function heeded(...words: string[]): Promise<readonly string[]> {
  const names: string[] = [];
  await run(words, fakeActions().actions, {
    stdout: keptSink(), stderr: keptSink(), environment: {}, nowMs: () => 0, version: '9.8.7', exitNow: () => undefined,
    signals: { on: (name) => names.push(name), off: () => undefined },
  });
  return names.sort();
}

test('a role goes on when nobody reads what it says; other commands stop', async () => {
  for (const role of ['coordinator', 'worker', 'up']) assert.deepEqual(await heeded(role), ['SIGINT', 'SIGTERM'], role);
  for (const words of [['train', 'examples/mnist-rbm.yaml'], ['watch', 'a'], ['logs', 'a', '-f'], ['down']]) assert.deepEqual(await heeded(...words), ['SIGINT', 'SIGPIPE', 'SIGTERM'], words[0]);
});
