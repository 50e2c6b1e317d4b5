// The worker's machine: idle, fetching, computing, draining. Events in, commands out; it owns no socket, array, thread or clock.
// K1: a worker computes one unit at a time, and asks for the next when it has delivered, or when a unit that was given up has ended.
// K2: a message of a lower epoch changes nothing.
// K3: a new epoch voids the unit at hand, all parameters, chains above the version that it starts from or of other branches, and what was
//     asked for before.
// K4: a draining worker finishes its unit or hands it back, asks for no more, and leaves; no worker leaves while its engine is at a unit.
// K5: whatever message is lost, a tick asks again.
import type { ParametersName, Range } from '../../proto/messages.ts';
import { PARAMETERS_MAX, type Command, type Event, type LeaveReason, type State, type Work } from './state.ts';

export interface Step { readonly state: State; readonly commands: readonly Command[] }
type Of<Kind extends Event['kind']> = Extract<Event, { readonly kind: Kind }>;

export function step(state: State, event: Event): Step {
  if (state.phase.kind === 'left') return { state, commands: event.kind === 'computed' ? [{ kind: 'discard', ticket: event.ticket }] : [] };
  switch (event.kind) {
    case 'start': return { state, commands: [{ kind: 'join' }] };
    case 'tick': return { state, commands: state.phase.kind === 'leaving' ? [] : [sign(state)] };
    case 'message': return heed(state, event.message);
    case 'lease': return accept(state, event);
    case 'fetched': return event.epoch < state.epoch ? fetchFailed(state, { name: event.name, gone: false }) : fetched(state, event.name); // K2, K5: of a leader that is deposed
    case 'fetch-failed': return fetchFailed(state, event);
    case 'computed': return computed(state, event);
    case 'failed': return unitFailed(state, event);
    case 'drain': return drain(state);
  }
}

/** K5: the sign of life of a phase is also its question. */
function sign({ phase }: State): Command {
  switch (phase.kind) {
    case 'joining': return { kind: 'join' };
    case 'idle': return { kind: 'request' };
    case 'fetching': case 'computing': return { kind: 'renew', lease: phase.kind === 'computing' && phase.isVoid ? null : phase.work.lease };
    case 'leaving': case 'left': return { kind: 'leave' };
  }
}

function heed(state: State, message: Of<'message'>['message']): Step {
  if (message.epoch < state.epoch || state.phase.kind === 'leaving') return { state, commands: [] };
  switch (message.kind) {
    case 'welcome': {
      if (state.phase.kind !== 'joining') return { state, commands: [] };
      const { state: entered, commands } = enter(state, message.epoch, message.start);
      const next = ask({ ...entered, phase: { kind: 'idle' } });
      return { state: next.state, commands: [...commands, ...next.commands] };
    }
    case 'fence': {
      const { state: entered, commands } = message.epoch > state.epoch ? enter(state, message.epoch, message.start) : { state, commands: [] };
      const next = abandon(entered);
      return { state: next.state, commands: [...commands, ...next.commands] };
    }
    case 'refused': return refused(state, message);
    case 'drain': return drain(state);
    case 'cancel': return holdsLease(state, message.lease) ? abandon(state) : { state, commands: [] };
  }
}

function holdsLease({ phase }: State, lease: number): boolean {
  return (phase.kind === 'fetching' || phase.kind === 'computing') && phase.work.lease === lease;
}

/** K3. Versions below the start are right and go all the same: an engine gives up the memory of the oldest that it got, not of the dead. */
function enter(state: State, epoch: number, start: { readonly branch: number; readonly version: number }): Step {
  const { chains, parameters } = state;
  const isDead = chains === null || chains.branch !== start.branch || chains.version > start.version;
  return { state: { ...state, epoch, parameters: [], chains: isDead ? null : chains }, commands: forgetting(parameters) };
}

function forgetting(names: State['parameters']): readonly Command[] {
  return names.length === 0 ? [] : [{ kind: 'forget', names }];
}

/** The unit at hand is void: fetching ends at once, computing when it is done. */
function abandon(state: State): Step {
  const { phase } = state;
  if (phase.kind === 'computing') return { state: { ...state, phase: { ...phase, isVoid: true } }, commands: [] };
  return phase.kind === 'joining' ? { state, commands: [] } : ask({ ...state, phase: { kind: 'idle' } });
}

function ask(state: State): Step {
  return state.draining ? leave(state, { kind: 'drained' }) : { state, commands: [{ kind: 'request' }] };
}

function leave(state: State, reason: LeaveReason): Step {
  const goodbye: readonly Command[] = reason.kind === 'drained' ? [{ kind: 'leave' }] : [];
  if (state.running !== null) return { state: { ...state, phase: { kind: 'leaving', reason } }, commands: goodbye };
  return { state: { ...state, phase: { kind: 'left', reason } }, commands: [...goodbye, { kind: 'stop', reason }] };
}

function refused(state: State, message: { readonly code: string; readonly message: string }): Step {
  switch (message.code) {
    case 'unknown-worker': return state.phase.kind === 'joining' ? { state, commands: [] } : { state: { ...state, phase: { kind: 'joining' } }, commands: [{ kind: 'join' }] };
    case 'full': return { state, commands: [] };
    default: return leave(state, { kind: 'refused', code: message.code, message: message.message });
  }
}

function accept(state: State, { epoch, work }: Of<'lease'>): Step {
  if (state.phase.kind !== 'idle' || state.running !== null || epoch < state.epoch) return { state, commands: [] };
  const current: State = epoch > state.epoch ? { ...state, epoch, parameters: [], chains: null } : state;
  const commands = epoch > state.epoch ? forgetting(state.parameters) : [];
  if (work.chains !== null && !work.chains.sent && !hasChains(current, work.chains)) {
    return { state: current, commands: [...commands, { kind: 'fail', lease: work.lease, code: 'states-missing', message: 'the states of the chains are not cached here', asks: true }] };
  }
  if (current.parameters.some((name) => sameName(name, work.parameters))) {
    return { state: { ...current, phase: { kind: 'computing', work, isVoid: false }, running: work.ticket }, commands: [...commands, { kind: 'compute', ticket: work.ticket }] };
  }
  return { state: { ...current, phase: { kind: 'fetching', work } }, commands: [...commands, { kind: 'fetch', name: work.parameters }] };
}

function hasChains({ chains }: State, wanted: { readonly branch: number; readonly update: number; readonly range: Range }): boolean {
  if (wanted.range.from === wanted.range.to) return true;
  if (chains?.branch !== wanted.branch || chains.version !== wanted.update) return false;
  let reached = wanted.range.from; // pieces of one version may lie beside each other
  for (const range of [...chains.ranges].sort((a, b) => a.from - b.from)) {
    if (range.from <= reached && range.to > reached) reached = range.to;
  }
  return reached >= wanted.range.to;
}

export function sameName(a: ParametersName, b: ParametersName): boolean {
  return a.version === b.version && a.branch === b.branch && a.of === b.of;
}

function fetched(state: State, name: ParametersName): Step {
  const known = state.parameters.some((one) => sameName(one, name)) ? state.parameters : [...state.parameters, name];
  const dropped = known.slice(0, Math.max(0, known.length - PARAMETERS_MAX));
  const next: State = { ...state, parameters: known.slice(dropped.length) };
  const commands = forgetting(dropped);
  if (state.phase.kind !== 'fetching' || !sameName(state.phase.work.parameters, name)) return { state: next, commands };
  const { work } = state.phase;
  return { state: { ...next, phase: { kind: 'computing', work, isVoid: false }, running: work.ticket }, commands: [...commands, { kind: 'compute', ticket: work.ticket }] };
}

function fetchFailed(state: State, { name, gone }: Pick<Of<'fetch-failed'>, 'name' | 'gone'>): Step {
  if (state.phase.kind !== 'fetching' || !sameName(state.phase.work.parameters, name)) return { state, commands: [] };
  if (!gone) return { state, commands: [{ kind: 'fetch', name }] };
  const { lease } = state.phase.work;
  return { state: { ...state, phase: { kind: 'idle' } }, commands: [{ kind: 'fail', lease, code: 'parameters-missing', message: 'the parameters are no longer kept', asks: !state.draining }] };
}

/** The end of a unit that was given up, for a coordinator that did not know this worker: a lease may have come meanwhile, and was not taken. */
function resumed(state: State, ticket: number, commands: readonly Command[]): Step {
  if (state.running !== ticket) return { state, commands };
  const rested: State = { ...state, running: null };
  const { phase } = state;
  if (phase.kind === 'leaving') return { state: { ...rested, phase: { kind: 'left', reason: phase.reason } }, commands: [...commands, { kind: 'stop', reason: phase.reason }] };
  return { state: rested, commands: state.phase.kind === 'idle' ? [...commands, { kind: 'request' }] : commands };
}

function computed(state: State, { ticket, keeps }: Of<'computed'>): Step {
  const { phase } = state;
  if (phase.kind !== 'computing' || phase.work.ticket !== ticket) return resumed(state, ticket, [{ kind: 'discard', ticket }]);
  const { lease } = phase.work;
  const idle: State = { ...state, phase: { kind: 'idle' }, running: null };
  if (phase.isVoid) {
    const next = ask(idle);
    return { state: next.state, commands: [{ kind: 'discard', ticket }, ...next.commands] };
  }
  const after: State = keeps ? { ...idle, chains: withChains(state.chains, phase.work) } : idle;
  if (!state.draining) return { state: after, commands: [{ kind: 'deliver', ticket, lease, asks: true }] };
  const next = leave(after, { kind: 'drained' });
  return { state: next.state, commands: [{ kind: 'deliver', ticket, lease, asks: false }, ...next.commands] };
}

function withChains(chains: State['chains'], { chains: made }: Work): State['chains'] {
  if (made === null) return chains;
  const { branch, update, range } = made;
  const same = chains?.branch === branch && chains.version === update + 1;
  return { branch, version: update + 1, ranges: same ? [...chains.ranges, range] : [range] };
}

function unitFailed(state: State, { ticket, message }: Of<'failed'>): Step {
  const { phase } = state;
  if (phase.kind !== 'computing' || phase.work.ticket !== ticket) return resumed(state, ticket, []);
  const idle: State = { ...state, phase: { kind: 'idle' }, running: null };
  if (phase.isVoid) return ask(idle);
  const report: Command = { kind: 'fail', lease: phase.work.lease, code: 'engine', message, asks: !state.draining };
  if (!state.draining) return { state: idle, commands: [report] };
  const next = leave(idle, { kind: 'drained' });
  return { state: next.state, commands: [report, ...next.commands] };
}

/** K4. */
function drain(state: State): Step {
  const draining: State = { ...state, draining: true };
  if (state.phase.kind === 'leaving') return { state, commands: [] };
  return state.phase.kind === 'computing' ? { state: draining, commands: [] } : leave(draining, { kind: 'drained' });
}
