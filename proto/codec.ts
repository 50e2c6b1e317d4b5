// The only place where bytes become messages, and messages bytes. Whatever comes in, decoding gives a message or says why not: it never
// throws, and what it gives is complete and of the right types. Meaning (epochs, leases, shapes of a job) is the roles' business.
import protobuf from 'protobufjs/minimal.js';
import { ebm } from './gen/ebm.js';
import { wireBytes } from './arrays.ts';
import { readContent, readDifference, readSpent, readUnit, wireContent, wireDifference, wireName, wireSpent, wireUnit } from './bulk.ts';
import { WIRE_LIMITS } from './limits.ts';
import { WIRE_FORMAT_VERSION, type ContributionMessage, type Failed, type Message, type ParametersResponse, type Refused, type ResultMessage, type Welcome } from './messages.ts';
import { bytes, entry, float32, float64, int16, int32, Malformed, name, parametersName, present, range, start, text } from './reader.ts';
import { isCompiledJob } from './shape.ts';

/** From so many bytes on it pays to take memory for a message in one piece, with room for its names and lengths. */
const BULK_BYTES_MIN = 65_536;
const ROOM_BYTES = 4_096;

export type Decoded =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'rejected'; readonly code: 'malformed' | 'too-large' | 'newer-format'; readonly reason: string };

/** Numbers on the wire are positions here: entries are added at the end, never moved. */
const FAILURES: readonly Failed['code'][] = ['engine', 'states-missing', 'parameters-missing'];
const REFUSALS: readonly Refused['code'][] = ['device-class', 'quarantined', 'full', 'unknown-worker', 'over'];

/** The message's bytes. Arrays are copied: the caller may use them again at once. */
export function encode(message: Message): Uint8Array {
  const frame = { format: WIRE_FORMAT_VERSION, ...wireField(message) };
  const bulk = bulkBytes(message);
  if (bulk < BULK_BYTES_MIN) return ebm.Frame.encode(frame).finish();
  // A writer that need not grow, and whose memory is the message: growing and finishing would each copy it once more.
  const writer = protobuf.Writer.create();
  writer.buf = protobuf.BufferWriter.alloc(bulk + ROOM_BYTES);
  return ebm.Frame.encode(frame, writer).finish(true);
}

/** Bytes of the large array of a message whose memory should be taken at once. */
function bulkBytes(message: Message): number {
  if (message.kind === 'parameters-difference') {
    const { weights: { codes, escapes }, visibleBias, hiddenBias } = message;
    return codes.byteLength + escapes.byteLength + visibleBias.byteLength + hiddenBias.byteLength;
  }
  if (message.kind !== 'contribution' || message.content.kind !== 'packed') return 0;
  const { outer } = message.content.sums;
  const phases = 8 * (message.content.sums.data.hidden.length + message.content.sums.data.visible.length);
  return message.states.length + 2 * phases + (outer.kind === 'difference' ? outer.difference.length : outer.data.length + outer.model.length);
}

export function decode(wire: Uint8Array): Decoded {
  if (wire.length > WIRE_LIMITS.messageBytesMax) return rejected('too-large', `${wire.length} bytes are more than ${WIRE_LIMITS.messageBytesMax}`);
  try {
    const frame = ebm.Frame.decode(wire);
    if (frame.format > WIRE_FORMAT_VERSION) return rejected('newer-format', `wire format ${frame.format} is newer than ${WIRE_FORMAT_VERSION}, the newest that this program reads`);
    if (frame.format === 0) return rejected('malformed', 'the format version is missing');
    return { kind: 'message', message: read(frame) };
  } catch (error) {
    return rejected('malformed', error instanceof Error ? error.message : String(error));
  }
}

function rejected(code: 'malformed' | 'too-large' | 'newer-format', reason: string): Decoded {
  return { kind: 'rejected', code, reason };
}

function wireField(message: Message): Omit<ebm.Frame.$Properties, 'format'> {
  switch (message.kind) {
    case 'join': {
      const { worker, fingerprint: { engine, version, deviceClass, threads } } = message;
      return { join: { worker, engine, version, deviceClass, threads } };
    }
    case 'request': return { request: { worker: message.worker, epoch: message.epoch } };
    case 'contribution': return { contribution: wireContribution(message) };
    case 'advanced': throw new TypeError('how a span ended passes by reference: it has arrays of the session that its worker shares');
    case 'result': return { result: wireResult(message) };
    case 'failed': {
      const { worker, epoch, lease, code, asks } = message;
      return { failed: { worker, epoch, lease, code: FAILURES.indexOf(code), text: text(message.message), asks } };
    }
    case 'renew': return { renew: { worker: message.worker, epoch: message.epoch, ...(message.lease === null ? {} : { lease: message.lease }) } };
    case 'leave': return { leave: { worker: message.worker, epoch: message.epoch } };
    case 'parameters-request': {
      const { worker, epoch, name: wanted, have } = message;
      return { parametersRequest: { worker, epoch, name: wireName(wanted), ...(have === null ? {} : { have: wireName(have) }) } };
    }
    case 'parameters-difference': return { parametersDifference: wireDifference(message) };
    case 'welcome': return { welcome: { epoch: message.epoch, job: JSON.stringify(message.job), start: message.start, heartbeatMs: message.heartbeatMs } };
    case 'refused': return { refused: { epoch: message.epoch, code: REFUSALS.indexOf(message.code), text: text(message.message) } };
    case 'lease': return { lease: { epoch: message.epoch, lease: message.lease, termMs: message.termMs, ...wireUnit(message.unit) } };
    case 'fence': return { fence: { epoch: message.epoch, start: message.start } };
    case 'parameters': return { parameters: wireParameters(message) };
    case 'parameters-missing': return { parametersMissing: { epoch: message.epoch, name: wireName(message.name) } };
    case 'drain': return { drain: { epoch: message.epoch } };
    case 'cancel': return { cancel: { epoch: message.epoch, lease: message.lease } };
  }
}

function wireContribution({ worker, epoch, lease, branch, update, data, chains, content, states, spent, asks }: ContributionMessage): ebm.Contribution.$Properties {
  return { worker, epoch, lease, branch, update, data, chains, states, asks, ...wireContent(content), spent: wireSpent(spent) };
}

function wireResult({ worker, epoch, lease, values, asks }: ResultMessage): ebm.Result.$Properties {
  if (values.kind === 'numbers') return { worker, epoch, lease, asks, numbers: wireBytes(values.numbers) };
  const { states, visible, visibleThresholds } = values;
  return { worker, epoch, lease, asks, samples: { states, visible, visibleThresholds: wireBytes(visibleThresholds) } };
}

function wireParameters({ epoch, name: called, parameters }: ParametersResponse): ebm.Parameters.$Properties {
  if ('values' in parameters) return { epoch, name: wireName(called), values: wireBytes(parameters.values) };
  const { weights, visibleBias, hiddenBias } = parameters;
  return { epoch, name: wireName(called), weights: wireBytes(weights), visibleBias: wireBytes(visibleBias), hiddenBias: wireBytes(hiddenBias) };
}

function read(frame: ebm.Frame): Message {
  return readFromWorker(frame) ?? readToWorker(frame);
}

function readFromWorker({ join, request, contribution, result, failed, renew, leave, parametersRequest }: ebm.Frame): Message | null {
  if (join) {
    const fingerprint = { engine: name(join.engine, 'the engine'), version: text(join.version), deviceClass: text(join.deviceClass), threads: join.threads ?? 0 };
    return { kind: 'join', worker: worker(join), fingerprint };
  }
  if (request) return { kind: 'request', worker: worker(request), epoch: request.epoch ?? 0 };
  if (contribution) return readContribution(contribution);
  if (result) return readResult(result);
  if (failed) return { kind: 'failed', ...workOf(failed), code: entry(FAILURES, failed.code, 'the failure'), message: text(failed.text) };
  if (renew) return { kind: 'renew', worker: worker(renew), epoch: renew.epoch ?? 0, lease: renew.lease ?? null };
  if (leave) return { kind: 'leave', worker: worker(leave), epoch: leave.epoch ?? 0 };
  if (parametersRequest) {
    const { epoch, name: wanted, have } = parametersRequest;
    const known = have === null || have === undefined ? null : parametersName(have);
    return { kind: 'parameters-request', worker: worker(parametersRequest), epoch: epoch ?? 0, name: parametersName(wanted), have: known };
  }
  return null;
}

function readToWorker({ welcome, refused, lease, fence, parameters, parametersDifference, parametersMissing, drain, cancel }: ebm.Frame): Message {
  if (welcome) return readWelcome(welcome);
  if (refused) return { kind: 'refused', epoch: refused.epoch ?? 0, code: entry(REFUSALS, refused.code, 'the refusal'), message: text(refused.text) };
  if (lease) return { kind: 'lease', epoch: lease.epoch ?? 0, lease: lease.lease ?? 0, termMs: lease.termMs ?? 0, unit: readUnit(lease) };
  if (fence) return { kind: 'fence', epoch: fence.epoch ?? 0, start: start(fence.start) };
  if (parameters) return readParameters(parameters);
  if (parametersDifference) return readDifference(parametersDifference);
  if (parametersMissing) return { kind: 'parameters-missing', epoch: parametersMissing.epoch ?? 0, name: parametersName(parametersMissing.name) };
  if (drain) return { kind: 'drain', epoch: drain.epoch ?? 0 };
  if (cancel) return { kind: 'cancel', epoch: cancel.epoch ?? 0, lease: cancel.lease ?? 0 };
  throw new Malformed('a frame without a message of a known kind');
}

function worker(message: { readonly worker?: string | null | undefined }): string {
  return name(message.worker, 'the worker');
}

type Work = Pick<ebm.Failed.$Properties, 'worker' | 'epoch' | 'lease' | 'asks'>;

function workOf(message: Work): { worker: string; epoch: number; lease: number; asks: boolean } {
  return { worker: worker(message), epoch: message.epoch ?? 0, lease: message.lease ?? 0, asks: message.asks ?? false };
}

function readContribution(message: ebm.Contribution.$Properties): ContributionMessage {
  const { branch, update, data, chains, states, spent } = message;
  return {
    kind: 'contribution', ...workOf(message), branch: branch ?? 0, update: update ?? 0, data: range(data, 'the data'), chains: range(chains, 'the chains'),
    content: readContent(message), states: bytes(states, 'the states'), spent: readSpent(spent),
  };
}

function readResult(message: ebm.Result.$Properties): ResultMessage {
  const { numbers, samples } = message;
  if (!samples) return { kind: 'result', ...workOf(message), values: { kind: 'numbers', numbers: float64(present(numbers, 'the numbers'), 'the numbers') } };
  const values = {
    kind: 'samples', states: bytes(samples.states, 'the states'), visible: bytes(samples.visible, 'the visible bits'),
    visibleThresholds: int32(samples.visibleThresholds, 'the thresholds'),
  } as const;
  return { kind: 'result', ...workOf(message), values };
}

function readParameters(message: ebm.Parameters.$Properties): ParametersResponse {
  const called = parametersName(message.name);
  const { branch, version } = called;
  if (message.values !== null && message.values !== undefined) {
    return { kind: 'parameters', epoch: message.epoch ?? 0, name: called, parameters: { branch, version, values: float32(message.values, 'the values') } };
  }
  const weights = int16(message.weights, 'the weights');
  const visibleBias = int32(message.visibleBias, 'the visible biases');
  const hiddenBias = int32(message.hiddenBias, 'the hidden biases');
  if (weights.length !== visibleBias.length * hiddenBias.length) throw new Malformed(`${weights.length} weights for ${visibleBias.length} visible and ${hiddenBias.length} hidden units`);
  return { kind: 'parameters', epoch: message.epoch ?? 0, name: called, parameters: { branch, version, weights, visibleBias, hiddenBias } };
}

function readWelcome(message: ebm.Welcome.$Properties): Welcome {
  const json = message.job ?? '';
  if (json.length > WIRE_LIMITS.jobCharactersMax) throw new Malformed(`a job of ${json.length} characters is larger than ${WIRE_LIMITS.jobCharactersMax}`);
  const job: unknown = JSON.parse(json);
  if (!isCompiledJob(job)) throw new Malformed('the job is not a compiled job of format 1');
  return { kind: 'welcome', epoch: message.epoch ?? 0, job, start: start(message.start), heartbeatMs: message.heartbeatMs ?? 0 };
}
