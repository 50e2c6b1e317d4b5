// data push, data list and the flags of a worker's cache: what is asked of the actions, and what is not accepted.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fakeActions, jsonLines, ran } from './support.ts';

async function asked(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
  const { actions, asked: all } = fakeActions();
  const { exitCode, stderr } = await ran(words, actions, environment);
  assert.equal(exitCode, 0, stderr);
  return { command: all[0]?.command, ...all[0]?.options as object };
}

describe('data sets on the command line', () => {
  test('push names a path, list nothing; both take the flags of a connection', async () => {
    const push = await asked(['data', 'push', 'digits.npz', '--nats', 'nats://a:1']);
    assert.deepEqual([push['command'], push['path'], push['nats']], ['dataPush', 'digits.npz', 'nats://a:1']);
    const list = await asked(['data', 'list', '--json'], { EBM_NATS: 'nats://b:2' });
    assert.deepEqual([list['command'], list['nats']], ['dataList', 'nats://b:2']);
  });

  test('help has an example', async () => {
    for (const [words, example] of [[['data', 'push'], '$ ebm data push digits.npz'], [['data', 'list'], '$ ebm data list']] as const) {
      assert.ok((await ran([...words, '--help'])).stdout.includes(example));
    }
  });

  test("a worker's cache comes from flags, else from the environment, else is left to the program", async () => {
    const cacheOf = async (words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<unknown> => {
      const { cache, cacheBytes } = await asked(['worker', ...words], environment);
      return [cache, cacheBytes];
    };
    const environment = { EBM_CACHE: '/e', EBM_CACHE_BYTES: '3GiB' };
    assert.deepEqual(await cacheOf([]), [null, null]);
    assert.deepEqual(await cacheOf([], environment), ['/e', 3 * 2 ** 30]);
    assert.deepEqual(await cacheOf(['--cache', '/f', '--cache-bytes', '1.5kB'], environment), ['/f', 1_500]);
  });

  test('a size that is none is refused with what is accepted', async () => {
    for (const size of ['0', '-1', '5 apples', '1e9', 'constructor', '']) {
      const { exitCode, stdout } = await ran(['worker', '--cache-bytes', size, '--json']);
      assert.equal(exitCode, 2, size);
      assert.match(String(jsonLines(stdout).at(-1)?.['message']), /500MB/, size);
    }
    const { exitCode, stdout } = await ran(['worker', '--json'], fakeActions().actions, { EBM_CACHE_BYTES: 'much' });
    assert.deepEqual([exitCode, jsonLines(stdout).at(-1)?.['code'], jsonLines(stdout).at(-1)?.['message']], [2, 'bad-size', "EBM_CACHE_BYTES is 'much'"]);
  });
});
