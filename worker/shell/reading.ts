// What a worker's shell reads of messages for its machine: which are notices, the key of a version's name, what there is to know of a lease.
import type { LeaseMessage, Message, ParametersName, ToWorker } from '../../proto/messages.ts';
import type { Work } from '../machine/state.ts';

export function isNotice(message: Message): message is Exclude<ToWorker, LeaseMessage> {
  return ['welcome', 'refused', 'fence', 'drain', 'cancel'].includes(message.kind);
}

export function keyOf({ branch, version, of }: ParametersName): string {
  return `${of}/${branch}/${version}`;
}

export function workOf({ lease, unit }: LeaseMessage, ticket: number): Work {
  const chains = unit.kind === 'update' && unit.chains.to > unit.chains.from
    ? { branch: unit.branch, update: unit.update, range: unit.chains, sent: unit.states !== null } : null;
  return { lease, ticket, kind: unit.kind, parameters: unit.parameters, chains };
}
