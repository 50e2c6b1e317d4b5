// The codec: every message crosses unchanged, and nothing that comes in makes it crash.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode, encode, type Decoded } from '../../../proto/codec.ts';
import { ebm } from '../../../proto/gen/ebm.js';
import type { Message } from '../../../proto/messages.ts';
import { anyMessage } from '../../support/arbitrary-messages.ts';
import { tinyJob } from '../../support/tiny-job.ts';

const SEED = { seed: 20261123 };
const NOTHING = { waitedUs: 0, fetchedUs: 0, computedUs: 0, encodedUs: 0, decodedUs: 0 };

function reasonOf(decoded: Decoded): string {
  assert.equal(decoded.kind, 'rejected');
  return `${decoded.code}: ${decoded.reason}`;
}

/** A frame that the generated code writes, whatever the codec would say. */
function frame(fields: ebm.Frame.$Properties): Uint8Array {
  return ebm.Frame.encode({ format: 1, ...fields }).finish();
}

test('every message of every kind crosses the wire unchanged, typed arrays included', () => {
  const seen = new Set<string>();
  fc.assert(fc.property(anyMessage, (message) => {
    seen.add(message.kind);
    assert.deepEqual(decode(encode(message)), { kind: 'message', message });
  }), { ...SEED, numRuns: 1_500 });
  assert.equal(seen.size, 17);
});

test('what passes by reference alone is refused with the reason', () => {
  const range = { from: 0, to: 1 };
  const [state, bytes] = [new Float32Array(1), new Uint8Array(1)];
  const masters = { weights: state, visibleBias: state, hiddenBias: state };
  const lent = { visible: 1, hidden: 1, masters, slots: [], average: null, visibleOffset: state, hiddenOffset: state };
  const unit = { kind: 'span', branch: 0, update: 0, parameters: { branch: 0, version: 0, of: 'masters' }, data: range, chains: range, states: bytes, lookEvery: 1, learningRates: [1, 1], lent, pause: () => null } as const;
  assert.throws(() => encode({ kind: 'lease', epoch: 1, lease: 1, termMs: 1, unit }), /^TypeError: a span passes by reference/);
  const advanced = { kind: 'advanced', worker: 'w-1', epoch: 1, lease: 1, branch: 0, update: 0, done: 0, divergence: null, published: null, states: bytes, looks: [], asks: true } as const;
  assert.throws(() => encode(advanced), /^TypeError: how a span ended passes by reference/);
});

test('sums beyond 2^32 and log-weights keep every bit', () => {
  const big = Float64Array.of(2 ** 53 - 1, -(2 ** 52) - 1, 2 ** 32 + 1, 0);
  const sums = { data: { count: 40_000, visible: Int32Array.of(40_000), hidden: big }, model: { count: 40_000, visible: Int32Array.of(-1), hidden: big }, outer: { kind: 'difference', difference: big } } as const;
  const message: Message = {
    kind: 'contribution', worker: 'w', epoch: 1, lease: 2, branch: 0, update: 0xffff_ffff, data: { from: 0, to: 40_000 }, chains: { from: 0, to: 40_000 }, content: { kind: 'sums', sums },
    states: new Uint8Array(0), spent: NOTHING, asks: true,
  };
  assert.deepEqual(decode(encode(message)), { kind: 'message', message });
  const result: Message = { kind: 'result', worker: 'w', epoch: 1, lease: 2, values: { kind: 'numbers', numbers: Float64Array.of(-0, 5e-324, -Infinity, 0.1) }, asks: false };
  assert.deepEqual(decode(encode(result)), { kind: 'message', message: result });
});

test('encoding copies: arrays may change as soon as it returns', () => {
  const states = Uint8Array.of(1, 2, 3);
  const wire = encode({
    kind: 'lease', epoch: 1, lease: 1, termMs: 1,
    unit: { kind: 'update', branch: 0, update: 0, parameters: { branch: 0, version: 0, of: 'masters' }, data: { from: 0, to: 1 }, chains: { from: 0, to: 1 }, states, form: 'sums' },
  });
  states.fill(9);
  const decoded = decode(wire);
  assert.ok(decoded.kind === 'message' && decoded.message.kind === 'lease' && decoded.message.unit.kind === 'update');
  assert.deepEqual(decoded.message.unit.states, Uint8Array.of(1, 2, 3));
});

test('arbitrary bytes are a message or rejected, never a crash', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const decoded = decode(bytes);
    assert.ok(decoded.kind === 'message' || decoded.reason.length > 0);
  }), { ...SEED, numRuns: 3_000 });
});

test('a message that was cut short or had bytes changed is a message or rejected, never a crash', () => {
  const damage = fc.record({ message: anyMessage, keep: fc.double({ min: 0, max: 1, noNaN: true }), at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) });
  fc.assert(fc.property(damage, ({ message, keep, at, value }) => {
    const whole = encode(message);
    const cut = whole.slice(0, Math.floor(whole.length * keep));
    decode(cut);
    const changed = whole.slice();
    changed[at % whole.length] = value;
    decode(changed);
  }), { ...SEED, numRuns: 3_000 });
});

test('a newer format is refused by name, and a frame without one is malformed', () => {
  assert.match(reasonOf(decode(ebm.Frame.encode({ format: 4, drain: { epoch: 1 } }).finish())), /newer-format: wire format 4 is newer than 3/);
  assert.match(reasonOf(decode(ebm.Frame.encode({ drain: { epoch: 1 } }).finish())), /malformed: the format version is missing/);
});

test('a frame of no known kind is malformed', () => {
  assert.match(reasonOf(decode(frame({}))), /malformed: a frame without a message of a known kind/);
});

const PHASE: ebm.Phase.$Properties = { visible: new Uint8Array(0), hidden: new Uint8Array(0) };
const FACTORS: ebm.PhaseFactors.$Properties = { visible: new Uint8Array(0), thresholds: new Uint8Array(0), full: new Uint8Array(0) };

const malformed: readonly (readonly [string, ebm.Frame.$Properties, RegExp])[] = [
  ['a range that ends before it starts', { lease: { epoch: 1, evaluate: { parameters: {}, rows: { from: 5, to: 2 } } } }, /the rows ends before it starts/],
  ['an array that is no whole number of elements', { result: { worker: 'w', numbers: new Uint8Array(7) } }, /the numbers is no whole number of float64/],
  ['a worker without a name', { request: { epoch: 1 } }, /the worker must have 1 to 128 characters/],
  ['a name that is too long', { request: { worker: 'w'.repeat(129) } }, /the worker must have 1 to 128 characters/],
  ['an unknown method', { lease: { logPartition: { parameters: {}, method: 9, runs: {} } } }, /the method 9 is not known/],
  ['a lease without a unit', { lease: { epoch: 1 } }, /a lease without a unit/],
  ['packed sums in float64', { contribution: { worker: 'w', data: {}, chains: {}, sums: { data: PHASE, model: PHASE, packed: true, wide: true, difference: new Uint8Array(8) } } }, /packed sums in float64/],
  ['factors of one phase', { contribution: { worker: 'w', data: {}, chains: {}, factors: { data: FACTORS } } }, /the model phase is missing/],
  ['thresholds of half a number', { contribution: { worker: 'w', data: {}, chains: {}, factors: { data: { ...FACTORS, thresholds: new Uint8Array(3) }, model: FACTORS } } }, /thresholds is no whole number of uint16/],
  ['a difference of codes of 3 bits', { parametersDifference: { name: {}, bits: 3 } }, /codes of 3 bits are not known/],
  ['a difference of too few codes', { parametersDifference: { name: {}, bits: 2, codes: new Uint8Array(1), escapes: new Uint8Array(0), visibleBias: new Uint8Array(8), hiddenBias: new Uint8Array(4) } }, /1 bytes of codes and 0 escapes for 2 visible and 1 hidden/],
  ['a difference of more escapes than weights', { parametersDifference: { name: {}, bits: 8, codes: new Uint8Array(1), escapes: new Uint8Array(4), visibleBias: new Uint8Array(4), hiddenBias: new Uint8Array(4) } }, /1 bytes of codes and 2 escapes/],
  ['a contribution without sums', { contribution: { worker: 'w', data: {}, chains: {} } }, /the sums is missing/],
  ['weights that do not fit the biases', { parameters: { name: {}, weights: new Uint8Array(2), visibleBias: new Uint8Array(8), hiddenBias: new Uint8Array(4) } }, /1 weights for 2 visible and 1 hidden/],
  ['a job that is no JSON', { welcome: { job: '{', start: {} } }, /malformed/],
  ['a job with a field of another kind', { welcome: { job: JSON.stringify({ ...tinyJob(), seed: '1' }), start: {} } }, /not a compiled job/],
  ['a job that lacks a field', { welcome: { job: JSON.stringify({ ...tinyJob(), ledger: {} }), start: {} } }, /not a compiled job/],
  ['a job that is too large', { welcome: { job: ' '.repeat(1_048_577), start: {} } }, /larger than 1048576/],
];

for (const [name, fields, reason] of malformed) {
  test(`${name} is malformed`, () => {
    assert.match(reasonOf(decode(frame(fields))), reason);
  });
}
