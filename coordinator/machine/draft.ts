// One step under construction: the state so far and the commands so far. A draft lives inside a single call of `step`; outside, states
// are values that never change.
import type { Command } from './events.ts';
import type { Member, Run, State } from './state.ts';
import { withRow } from './table.ts';

export interface Draft { state: State; readonly commands: Command[] }

export function emit(draft: Draft, command: Command): void {
  draft.commands.push(command);
}

export function changeState(draft: Draft, change: Partial<State>): void {
  draft.state = Object.assign({ ...draft.state }, change);
}

export function changeRun(draft: Draft, change: Partial<Run>): void {
  changeState(draft, { run: Object.assign({ ...draft.state.run }, change) }); // two spreads in one literal take V8's slow path
}

export function changeMember(draft: Draft, member: Member, change: Partial<Member>): void {
  changeState(draft, { members: withRow(draft.state.members, Object.assign({ ...member }, change)) });
}

/** A number that was never given before: of a task, a lease, a duel, or a place in the queue. */
export function nextNumber(draft: Draft): number {
  const counter = draft.state.counter + 1;
  changeState(draft, { counter });
  return counter;
}
