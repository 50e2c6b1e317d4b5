// One step under construction: the state so far and the commands so far. A draft lives inside a single call of `step`; outside, states
// are values that never change. What is no longer the same object as in `before` was made in this step, nobody else has seen it, and it is
// changed in place: a step copies each thing that it changes once. Rows are never changed, and removing one always makes a new table, so
// that tables may be walked while rows of them are replaced or removed.
import type { Command } from './events.ts';
import type { Duel, Lease, Member, Run, State, Task } from './state.ts';
import { putRow, withoutRow, type Table } from './table.ts';

export interface Draft { readonly before: State; state: State; readonly commands: Command[] }

type Mutable<Value> = { -readonly [Field in keyof Value]: Value[Field] };
interface Rows { readonly tasks: Task; readonly leases: Lease; readonly duels: Duel }
type TableOf<Name extends keyof Rows> = Record<Name, Table<Rows[Name]>>;

function ownState(draft: Draft): Mutable<State> {
  if (draft.state === draft.before) draft.state = { ...draft.before };
  return draft.state;
}

function ownRun(draft: Draft): Mutable<Run> {
  const state = ownState(draft);
  if (state.run === draft.before.run) state.run = { ...draft.before.run };
  return state.run;
}

export function draftOf(before: State): Draft {
  return { before, state: before, commands: [] };
}

export function emit(draft: Draft, command: Command): void {
  draft.commands.push(command);
}

export function changeState(draft: Draft, change: Partial<State>): void {
  Object.assign(ownState(draft), change);
}

export function changeRun(draft: Draft, change: Partial<Run>): void {
  Object.assign(ownRun(draft), change);
}

/** Adds a row to a table of the run, or replaces the one of its key. */
export function put<Name extends keyof Rows>(draft: Draft, name: Name, row: Rows[Name]): void {
  const tables = ownRun(draft) as unknown as TableOf<Name>; // the compiler does not relate a field's type to a name that is a variable
  tables[name] = putRow<Rows[Name]>(tables[name], row, (draft.before.run as unknown as TableOf<Name>)[name]);
}

export function drop(draft: Draft, name: keyof Rows, key: number): void {
  const tables = ownRun(draft) as Record<keyof Rows, Table<Rows[keyof Rows]>>;
  tables[name] = withoutRow(tables[name], key);
}

export function putMember(draft: Draft, member: Member): void {
  const state = ownState(draft);
  state.members = putRow(state.members, member, draft.before.members);
}

export function changeMember(draft: Draft, member: Member, change: Partial<Member>): void {
  putMember(draft, Object.assign({ ...member }, change)); // two spreads in one literal take V8's slow path
}

/** A number that was never given before: of a task, a lease, a duel, or a place in the queue. */
export function nextNumber(draft: Draft): number {
  const state = ownState(draft);
  state.counter += 1;
  return state.counter;
}
