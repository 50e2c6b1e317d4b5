// Arbitrary messages of every kind, for properties of the codec and of transports.
import fc from 'fast-check';
import type { Int64Sums } from '../../ebm/continuous/sums.ts';
import { CODE_BITS, codeRowBytes } from '../../ebm/rbm/difference.ts';
import type { PhaseFactors } from '../../ebm/rbm/factors.ts';
import type { PackedSums } from '../../ebm/rbm/packed.ts';
import type { ContributionContent, Message, ParametersDifference, ParametersName, Range, UnitMessage } from '../../proto/messages.ts';
import type { PhaseSums, UpdateSums } from '../../ebm/rbm/parameters.ts';
import { tinyJob } from './tiny-job.ts';

/** A record like those that literals make, for deep comparison. */
const record = <T extends object>(fields: { readonly [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> => (
  fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>);

const count = fc.integer({ min: 0, max: 0xffff_ffff });
const int32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const wide = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
const worker = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter((name) => name.length <= 128);
const text = fc.string({ maxLength: 80, unit: 'grapheme' });
const bytes = fc.uint8Array({ maxLength: 40 });

const int32Array = fc.array(int32, { maxLength: 12 }).map((values) => Int32Array.from(values));
const integers = fc.array(wide, { maxLength: 12 }).map((values) => Float64Array.from(values));
const numbers = fc.array(fc.double(), { maxLength: 12 }).map((values) => Float64Array.from(values));
const range: fc.Arbitrary<Range> = fc.tuple(count, count).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const name: fc.Arbitrary<ParametersName> = record({ branch: count, version: count, of: fc.constantFrom<ParametersName['of']>('masters', 'average') });
const start = record({ branch: count, version: count });

const phase: fc.Arbitrary<PhaseSums> = record({ count, visible: int32Array, hidden: integers });
const outer: fc.Arbitrary<UpdateSums['outer']> = fc.oneof(
  int32Array.map((difference) => ({ kind: 'difference' as const, difference })),
  integers.map((difference) => ({ kind: 'difference' as const, difference })),
  fc.tuple(int32Array, int32Array).map(([data, model]) => ({ kind: 'both' as const, data, model })),
  fc.tuple(integers, integers).map(([data, model]) => ({ kind: 'both' as const, data, model })),
);

const factorsOfPhase: fc.Arbitrary<PhaseFactors> = record({
  count, visible: bytes, thresholds: fc.array(fc.integer({ min: 0, max: 65535 }), { maxLength: 9 }).map((values) => Uint16Array.from(values)), full: bytes,
});
const packed: fc.Arbitrary<PackedSums> = fc.tuple(bytes, bytes, phase, phase, fc.boolean()).map(([first, second, data, model, isOne]) => (
  { data, model, outer: isOne ? { kind: 'difference', difference: first } : { kind: 'both', data: first, model: second } }));
const words: fc.Arbitrary<Int64Sums> = fc.tuple(fc.array(fc.tuple(count, int32), { maxLength: 9 }), count).map(([pairs, rejected]) => (
  { low: Uint32Array.from(pairs, ([low]) => low), high: Int32Array.from(pairs, ([, high]) => high), rejected }));
const content: fc.Arbitrary<ContributionContent> = fc.oneof(
  packed.map((sums) => ({ kind: 'packed' as const, sums })),
  record({ data: phase, model: phase, outer }).map((sums) => ({ kind: 'sums' as const, sums })),
  record({ data: factorsOfPhase, model: factorsOfPhase }).map((factors) => ({ kind: 'factors' as const, factors })),
  record({ kind: fc.constant('gradient' as const), gradient: words, observed: words }),
);

const unit: fc.Arbitrary<UnitMessage> = fc.oneof(
  record({ kind: fc.constant('update' as const), branch: count, update: count, parameters: name, data: range, chains: range, states: fc.option(bytes), form: fc.constantFrom('sums' as const, 'factors' as const) }),
  record({
    kind: fc.constant('sample' as const), parameters: name, purpose: count, branch: count, word3: count, chains: range, states: bytes, steps: count,
    firstHalfStep: count, clamp: fc.option(record({ mask: bytes, values: bytes })),
  }),
  record({
    kind: fc.constant('log-partition' as const), parameters: name, method: fc.constantFrom('ais' as const, 'reverse' as const, 'raise' as const), runs: range,
    betas: count, baseBias: int32Array, starts: fc.option(bytes),
  }),
  record({ kind: fc.constant('evaluate' as const), parameters: name, set: fc.constantFrom('training' as const, 'validation' as const, 'test' as const), rows: range }),
  record({ kind: fc.constant('exact' as const), parameters: name }),
);

const parameters = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), name, int32).map(([visible, hidden, named, seed]) => ({
  name: named,
  parameters: {
    branch: named.branch, version: named.version, weights: Int16Array.from({ length: visible * hidden }, (_, i) => seed + 7919 * i),
    visibleBias: Int32Array.from({ length: visible }, (_, i) => seed - i), hiddenBias: Int32Array.from({ length: hidden }, (_, i) => seed ^ i),
  },
}));

const difference: fc.Arbitrary<ParametersDifference> = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 9 }), fc.constantFrom(...CODE_BITS), name, count, int32).map(
  ([visible, hidden, bits, named, base, seed]) => ({
    kind: 'parameters-difference' as const, epoch: base, name: named, base,
    weights: {
      bits, codes: Uint8Array.from({ length: visible * codeRowBytes(hidden, bits) }, (_, i) => seed + 31 * i),
      escapes: Int16Array.from({ length: Math.min(3, visible * hidden) }, (_, i) => seed ^ i),
    },
    visibleBias: Int32Array.from({ length: visible }, (_, i) => seed - i), hiddenBias: Int32Array.from({ length: hidden }, (_, i) => seed ^ i),
  }));

const values = fc.oneof(
  numbers.map((one) => ({ kind: 'numbers' as const, numbers: one })),
  record({ kind: fc.constant('samples' as const), states: bytes, visible: bytes, visibleThresholds: int32Array }),
);

/** A message of each kind. */
export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  record({ kind: fc.constant('join' as const), worker, fingerprint: record({ engine: worker, version: text, deviceClass: text, threads: count }) }),
  record({ kind: fc.constant('request' as const), worker, epoch: count }),
  record({
    kind: fc.constant('contribution' as const), worker, epoch: count, lease: count, branch: count, update: count, data: range, chains: range,
    content, states: bytes, spent: record({ waitedUs: count, fetchedUs: count, computedUs: count, encodedUs: count, decodedUs: count }), asks: fc.boolean(),
  }),
  record({ kind: fc.constant('result' as const), worker, epoch: count, lease: count, values, asks: fc.boolean() }),
  record({
    kind: fc.constant('failed' as const), worker, epoch: count, lease: count,
    code: fc.constantFrom('engine' as const, 'states-missing' as const, 'parameters-missing' as const), message: text, asks: fc.boolean(),
  }),
  record({ kind: fc.constant('renew' as const), worker, epoch: count, lease: fc.option(count) }),
  record({ kind: fc.constant('leave' as const), worker, epoch: count }),
  record({ kind: fc.constant('parameters-request' as const), worker, epoch: count, name, have: fc.option(name) }),
  difference,
  record({ kind: fc.constant('welcome' as const), epoch: count, job: fc.integer({ min: 0, max: 99 }).map((seed) => tinyJob({ job: { seed } })), start, heartbeatMs: count }),
  record({
    kind: fc.constant('refused' as const), epoch: count, message: text,
    code: fc.constantFrom('device-class' as const, 'quarantined' as const, 'full' as const, 'unknown-worker' as const, 'over' as const),
  }),
  record({ kind: fc.constant('lease' as const), epoch: count, lease: count, termMs: count, unit }),
  record({ kind: fc.constant('fence' as const), epoch: count, start }),
  fc.tuple(count, parameters).map(([epoch, one]) => ({ kind: 'parameters' as const, epoch, ...one })),
  fc.tuple(count, name, fc.array(fc.float(), { maxLength: 9 })).map(([epoch, named, floats]) => (
    { kind: 'parameters' as const, epoch, name: named, parameters: { branch: named.branch, version: named.version, values: Float32Array.from(floats) } })),
  record({ kind: fc.constant('parameters-missing' as const), epoch: count, name }),
  record({ kind: fc.constant('drain' as const), epoch: count }),
  record({ kind: fc.constant('cancel' as const), epoch: count, lease: count }),
);
