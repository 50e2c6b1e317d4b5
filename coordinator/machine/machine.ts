// The coordinator's machine: events in, commands out. It owns no socket, file, thread or clock, and no bulk data.
// Its parts hold the invariants: leases (L), membership (M, E), duels (W), scheduling (U, R1), spans (S), run (R, U1).
import { collect, contribute, renew, spanEnded, unitFailed } from './contributions.ts';
import { changeState, draftOf, type Draft } from './draft.ts';
import type { Command, Event } from './events.ts';
import { expireLeases, expireMembers, isOver, join, leave, release, request } from './membership.ts';
import { advance, applied, begin, checkpointed, diverged, fail, measured, ready, restored, wish } from './run.ts';
import { assign } from './scheduling.ts';
import type { State } from './state.ts';

export interface Step { readonly state: State; readonly commands: readonly Command[] }

export function step(state: State, event: Event): Step {
  const draft = draftOf(state);
  if (state.nowMs !== event.nowMs) changeState(draft, { nowMs: event.nowMs });
  handle(draft, event);
  if (!isOver(draft.state)) {
    advance(draft);
    assign(draft);
  }
  return { state: draft.state, commands: draft.commands };
}

function handle(draft: Draft, event: Event): void {
  switch (event.kind) {
    case 'start': begin(draft); return;
    case 'tick': tick(draft); return;
    case 'join': join(draft, event); return;
    case 'request': request(draft, event); return;
    case 'contribution': contribute(draft, event); return;
    case 'advanced': spanEnded(draft, event); return;
    case 'result': collect(draft, event); return;
    case 'failed': unitFailed(draft, event); return;
    case 'renew': renew(draft, event); return;
    case 'leave': leave(draft, event); return;
    case 'release': release(draft, event); return;
    case 'restored': restored(draft, event); return;
    case 'applied': applied(draft, event); return;
    case 'diverged': diverged(draft, event); return;
    case 'ready': ready(draft); return;
    case 'measured': measured(draft); return;
    case 'checkpointed': checkpointed(draft, event); return;
    case 'wish': wish(draft, event); return;
    case 'broken': fail(draft, event.code, event.message); return;
  }
}

function tick(draft: Draft): void {
  expireLeases(draft);
  expireMembers(draft);
  const { nowMs, run, settings } = draft.state;
  const undecided = run.duels.find((duel) => duel.disputedMs !== null && nowMs - duel.disputedMs >= settings.fleet.disputeMs);
  if (undecided !== undefined) {
    const workers = undecided.votes.map((vote) => vote.worker).join(', ');
    fail(draft, 'workers-disagree', `${workers} computed one range differently and no other worker came to decide`);
  }
}
