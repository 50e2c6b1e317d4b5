import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { listenForStop, ROLE_STOPS, stopRequestOf, type StopRequest } from '../../../cli/terminal/signals.ts';

function listening(names?: typeof ROLE_STOPS) {
  const source = new EventEmitter();
  const first: StopRequest[] = [];
  const exits: number[] = [];
  const stop = listenForStop(source, (request) => { first.push(request); }, ({ exitCode }) => { exits.push(exitCode); }, names);
  return { source, first, exits, stop };
}

test('the first signal asks for a soft stop and says which exit code answers it', () => {
  for (const [name, exitCode] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGPIPE', 141]] as const) {
    const { source, first, exits, stop } = listening();
    assert.equal(stopRequestOf(stop.signal), null);
    source.emit(name);
    assert.ok(stop.signal.aborted);
    assert.deepEqual(stopRequestOf(stop.signal), { signal: name, exitCode });
    assert.deepEqual(first, [{ signal: name, exitCode }]);
    assert.deepEqual(exits, []);
  }
});

test('the second signal, of either kind, ends the process at once', () => {
  const { source, first, exits } = listening();
  source.emit('SIGINT');
  source.emit('SIGTERM');
  assert.deepEqual(exits, [143]);
  assert.equal(first.length, 1);
});

test('a reader that has gone is told of again and again, and ends nothing at once; a signal after it does', () => {
  const { source, first, exits } = listening();
  source.emit('SIGPIPE');
  source.emit('SIGPIPE');
  assert.deepEqual([first.length, exits], [1, []]);
  source.emit('SIGINT');
  assert.deepEqual(exits, [130]);
});

test('a role goes on without a reader', () => {
  const { source, first, stop } = listening(ROLE_STOPS);
  source.emit('SIGPIPE');
  assert.deepEqual([first, stop.signal.aborted], [[], false]);
  source.emit('SIGTERM');
  assert.ok(stop.signal.aborted);
});

test('a closed listener leaves the process as it was', () => {
  const { source, stop } = listening();
  stop.close();
  assert.equal(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM') + source.listenerCount('SIGPIPE'), 0);
});

test('an abort that is not a signal\'s has no exit code', () => {
  assert.equal(stopRequestOf(AbortSignal.abort()), null);
  assert.equal(stopRequestOf(AbortSignal.abort('why not')), null);
});
