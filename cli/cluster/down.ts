// `ebm down`: tells the `ebm up` of a store to end, or, if that was killed, ends what it left behind: the roles first, which hand in their
// units, then nats-server. A process is sent a signal only while it is certainly the one that the mark names: process numbers are used again.
import type { DownOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { stopRequestOf } from '../terminal/signals.ts';
import { isCertainlyAlive, readMark, removeMark, SERVER_NAME, stateOf, type Mark, type MarkedProcess } from './mark.ts';
import { pause } from './pause.ts';

const LOOK_MS = 100;

/** Throws UsageError where a cluster is up in a store, or what is left of one that was killed. */
export function refuseAnother(store: string, output: Output): void {
  const mark = readMark(store);
  if (mark === null) return;
  const { owner } = mark;
  const state = stateOf(owner);
  if (state === 'alive') throw new UsageError('already-up', `a cluster is up in ${store}, owned by process ${owner.pid}`, `Stop it with \`ebm down --store ${store}\`, or choose another --store.`);
  if (state === 'unknown') output.warn(`a cluster may be up in ${store}: process ${owner.pid} on ${owner.host} began it, and nothing here can tell whether it still runs`);
  const left = leftOf(mark);
  if (left.length > 0) throw new UsageError('left-over', `the \`ebm up\` of ${store} was killed, and what it had started still runs: ${inWords(left)}`, `End that with \`ebm down --store ${store}\`, then start again; no work is lost.`);
}

export async function down({ store, signal }: DownOptions, output: Output): Promise<ExitCode> {
  const mark = readMark(store);
  if (mark === null) throw notUp(store);
  const { owner } = mark;
  const state = stateOf(owner);
  if (state !== 'dead' && !isCertainlyAlive(owner)) {
    throw new UsageError('not-certain', `process ${owner.pid} on ${owner.host} began the cluster in ${store}, and nothing here can tell whether it still runs`,
      `Use \`ebm down\` there, or end it with \`kill ${owner.pid}\`; if it has ended, remove up.json from ${store}.`);
  }
  if (state === 'alive') await end([{ name: 'ebm up', process: owner }], signal);
  const left = leftOf(readMark(store) ?? { owner, crew: [] });
  await end(left.filter(({ name }) => name !== SERVER_NAME), signal);
  await end(left.filter(({ name }) => name === SERVER_NAME), signal);
  if (signal.aborted) {
    output.note(`the cluster in ${store} has been told to end, and has not ended yet`);
    return stopRequestOf(signal)?.exitCode ?? 1;
  }
  removeMark(store);
  if (state === 'dead' && left.length === 0) throw notUp(store);
  const remark = left.length === 0 ? '' : `; its \`ebm up\` had been killed, and this was left: ${inWords(left)}`;
  output.result({ kind: 'down', store, left: left.map(({ name, process: { pid } }) => ({ name, pid })) }, `down: the cluster in ${store} has ended${remark}`);
  return 0;
}

function notUp(store: string): UsageError {
  return new UsageError('not-up', `no cluster is up in ${store}`, '`ebm up` starts one; --store names its directory.');
}

function leftOf({ crew }: Mark): readonly MarkedProcess[] {
  return crew.filter((one) => isCertainlyAlive(one.process));
}

/** Tells them to end, all at once, and waits until they have, or until the signal. */
async function end(marked: readonly MarkedProcess[], signal: AbortSignal): Promise<void> {
  const living = (): readonly MarkedProcess[] => marked.filter((one) => isCertainlyAlive(one.process));
  if (signal.aborted) return;
  for (const one of living()) process.kill(one.process.pid, 'SIGTERM');
  while (living().length > 0 && !signal.aborted) await pause(LOOK_MS, signal);
}

function inWords(marked: readonly MarkedProcess[]): string {
  return marked.map(({ name, process: { pid } }) => `${name} (process ${pid})`).join(', ');
}
