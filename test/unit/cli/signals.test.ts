import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { listenForStop, stopRequestOf, type StopRequest } from '../../../cli/terminal/signals.ts';

function listening() {
  const source = new EventEmitter();
  const first: StopRequest[] = [];
  const exits: number[] = [];
  const stop = listenForStop(source, (request) => { first.push(request); }, (exitCode) => { exits.push(exitCode); });
  return { source, first, exits, stop };
}

test('the first signal asks for a soft stop and says which exit code answers it', () => {
  for (const [name, exitCode] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
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

test('a closed listener leaves the process as it was', () => {
  const { source, stop } = listening();
  stop.close();
  assert.equal(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM'), 0);
});

test('an abort that is not a signal\'s has no exit code', () => {
  assert.equal(stopRequestOf(AbortSignal.abort()), null);
  assert.equal(stopRequestOf(AbortSignal.abort('why not')), null);
});
