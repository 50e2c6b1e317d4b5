// How a job stands, in a word: what is under way with it is told until it is done and on record.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold, jobOf, NO_HISTORY, type Decision } from '../../../coordinator/machine/cluster/history.ts';
import { clusterStep } from '../../../coordinator/machine/cluster/machine.ts';
import { jobState } from '../../../coordinator/machine/cluster/standing.ts';
import { initialCluster, type ClusterState } from '../../../coordinator/machine/cluster/state.ts';

const LED = initialCluster(fold(NO_HISTORY, { epoch: 1, decision: { kind: 'fence', leader: 'x' } }));
const after = (state: ClusterState, ...decisions: readonly Decision[]): ClusterState => decisions.reduce((last, decision) => clusterStep(last, { kind: 'recorded', decision, nowMs: 0 }).state, state);
const over = (state: ClusterState, end: Record<string, unknown> | null): ClusterState => clusterStep(state, { kind: 'run-ended', job: 'a', end, nowMs: 0 }).state;
const wished = (wish: 'go' | 'pause' | 'cancel'): Decision => ({ kind: 'wished', id: 'a', wish });
const ended = (kind: string): Decision => ({ kind: 'ended', id: 'a', end: { kind } });
const stateOf = (state: ClusterState): string => jobState(state, jobOf(state.history, 'a')!);

test('a wish is told until the run is saved, and an end until it is on record', () => {
  const running = after(LED, { kind: 'submitted', id: 'a', number: 1, name: 'a', priority: 0, spec: {}, key: 'a' });
  const pausing = after(running, wished('pause'));
  const cancelling = after(running, wished('cancel'));
  assert.deepEqual([running, pausing, over(pausing, null), cancelling, after(pausing, wished('go'))].map(stateOf), ['running', 'pausing', 'paused', 'cancelling', 'running']);
  // These ends are not on record, as on a full disk.
  assert.deepEqual([over(running, { kind: 'failed' }), over(pausing, { kind: 'failed' }), over(cancelling, null), over(cancelling, { kind: 'failed' })].map(stateOf), ['ending', 'ending', 'cancelling', 'cancelling']);
  assert.deepEqual([after(over(running, { kind: 'failed' }), ended('failed')), after(over(cancelling, null), ended('cancelled'))].map(stateOf), ['failed', 'cancelled']);
});
