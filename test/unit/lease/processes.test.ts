// Telling a process that still runs from one that does not, from one that cannot be judged.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { processes, type ProcessSystem } from '../../../platform/lease/processes.ts';

const stat = (pid: number, state: string, ticks: number): string => `${pid} (a name) with ) brackets) ${state} ${'0 '.repeat(18)}${ticks} 0 0`;

function system(pid: number, changes: Readonly<Record<string, string | null>> = {}, running: readonly number[] = [pid]): ProcessSystem {
  const content: Readonly<Record<string, string | null>> = {
    '/proc/self/stat': stat(pid, 'R', pid + 100), '/proc/sys/kernel/random/boot_id': 'boot-1\n', '/etc/machine-id': 'machine-1\n',
    [`/proc/${pid}/stat`]: stat(pid, 'R', pid + 100), 'ns': 'pid:[1]', ...changes,
  };
  return { pid, host: changes['host'] ?? 'anna', read: (path) => content[path] ?? null, readLink: () => content['ns'] ?? null, exists: (other) => running.includes(other) };
}

const identity = (changes: Readonly<Record<string, string | null>> = {}) => processes(system(10, changes)).self();

describe('processes', () => {
  test('a process knows itself: number, start, boot, machine and namespace', () => {
    assert.deepEqual(identity(), { pid: 10, host: 'anna', startTicks: 110, bootId: 'boot-1', machineId: 'machine-1', pidNamespace: 'pid:[1]' });
  });

  const seen = (other = identity(), changes: Readonly<Record<string, string | null>> = {}, running = [10, 20]): string =>
    processes(system(20, { '/proc/10/stat': stat(10, 'S', 110), ...changes }, running)).stateOf(other);

  test('it is alive while its number runs with its start time', () => { assert.equal(seen(), 'alive'); });
  test('it is dead if its number does not run', () => { assert.equal(seen(identity(), {}, [20]), 'dead'); });
  test('it is dead if its number was given to a later process', () => { assert.equal(seen(identity(), { '/proc/10/stat': stat(10, 'S', 999) }), 'dead'); });
  test('it is dead if it has ended and waits for its parent', () => { assert.equal(seen(identity(), { '/proc/10/stat': stat(10, 'Z', 110) }), 'dead'); });
  test('it is dead if the machine has started anew', () => { assert.equal(seen(identity({ '/proc/sys/kernel/random/boot_id': 'boot-0' })), 'dead'); });
  test('it cannot be judged on another host, machine or in another container', () => {
    assert.equal(seen(identity({ host: 'berta' })), 'unknown');
    assert.equal(seen(identity({ '/etc/machine-id': 'machine-2' })), 'unknown');
    assert.equal(seen(identity({ ns: 'pid:[2]' })), 'unknown');
  });
  test('without /proc its number alone decides, toward alive', () => {
    const bare = { '/proc/self/stat': null, '/proc/sys/kernel/random/boot_id': null, '/etc/machine-id': null, ns: null, '/proc/10/stat': null };
    assert.equal(seen(identity(bare), bare), 'alive');
    assert.equal(seen(identity(bare), bare, [20]), 'dead');
  });
  test('where other users hide their processes it still counts as alive', () => { assert.equal(seen(identity(), { '/proc/10/stat': null }), 'alive'); });

  test('a real child is alive until it has been killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const table = processes();
    const other = { ...table.self(), pid: child.pid!, startTicks: null };
    assert.equal(table.stateOf(other), 'alive');
    assert.equal(table.stateOf({ ...other, startTicks: 1 }), process.platform === 'linux' ? 'dead' : 'alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(table.stateOf(other), 'dead');
    assert.equal(table.stateOf(table.self()), 'alive');
  });
});
