// Between the wire's messages and the machine's words. What a message carries in bulk stays with the message.
import type { Message, ToCoordinator, ToWorker } from '../../proto/messages.ts';
import { wantsDigest } from '../machine/duels.ts';
import type { Command, Event } from '../machine/events.ts';
import type { State } from '../machine/state.ts';
import { contributionDigest } from './digest.ts';
import { misfit } from './fitness.ts';

/** The event that a worker's message is; null for a message that is not for a coordinator. */
export function eventOf(message: Message, state: State, nowMs: number): Event | null {
  if (!isForCoordinator(message)) return null;
  switch (message.kind) {
    case 'join': return { kind: 'join', nowMs, worker: message.worker, fingerprint: message.fingerprint };
    case 'contribution': {
      const { worker, epoch, lease, branch, update, data, chains, asks } = message;
      const unfit = misfit(state.settings, message);
      if (unfit !== null) return { kind: 'failed', nowMs, worker, epoch, lease, code: 'engine', message: `a contribution does not fit the job: ${unfit}`, asks };
      const digest = wantsDigest(state, lease) ? contributionDigest(message.content, message.states) : null;
      return { kind: 'contribution', nowMs, worker, epoch, lease, branch, update, data, chains, digest, asks };
    }
    case 'advanced': {
      const { worker, epoch, lease, branch, update, done, divergence, asks } = message;
      return { kind: 'advanced', nowMs, worker, epoch, lease, branch, update, done, divergence: divergence === null ? null : `${divergence.reason} at ${divergence.where}`, asks };
    }
    case 'result': return { kind: 'result', nowMs, worker: message.worker, epoch: message.epoch, lease: message.lease, asks: message.asks };
    case 'failed': {
      const { worker, epoch, lease, code, asks } = message;
      return { kind: 'failed', nowMs, worker, epoch, lease, code, message: message.message, asks };
    }
    case 'request': case 'leave': return { kind: message.kind, nowMs, worker: message.worker, epoch: message.epoch };
    case 'renew': return { kind: 'renew', nowMs, worker: message.worker, epoch: message.epoch, lease: message.lease };
  }
}

function isForCoordinator(message: Message): message is ToCoordinator {
  switch (message.kind) {
    case 'join': case 'request': case 'contribution': case 'advanced': case 'result': case 'failed': case 'renew': case 'leave': return true;
    case 'welcome': case 'refused': case 'lease': case 'fence': case 'drain': case 'cancel': return false;
    case 'parameters-request': case 'parameters': case 'parameters-difference': case 'parameters-missing': return false;
  }
}

export type Notice = Extract<Command, { readonly kind: 'welcome' | 'refuse' | 'cancel' | 'fence' | 'drain' }>;

/** The message that a notice of the machine is. */
export function noticeOf(command: Notice, { epoch, settings, run }: State): ToWorker {
  // While a version is being restored, that is where the epoch starts from: what workers hold above it is dead.
  const start = { branch: run.branch, version: run.phase.kind === 'restoring' ? run.phase.target ?? 0 : run.version };
  switch (command.kind) {
    case 'welcome': return { kind: 'welcome', epoch, job: settings.job, start, heartbeatMs: settings.fleet.heartbeatMs };
    case 'refuse': return { kind: 'refused', epoch, code: command.code, message: command.message };
    case 'cancel': return { kind: 'cancel', epoch, lease: command.lease };
    case 'fence': return { kind: 'fence', epoch, start };
    case 'drain': return { kind: 'drain', epoch };
  }
}
