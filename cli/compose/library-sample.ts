// Samples of a trained model for the library: those of `ebm sample`, and with known units those of `ebm inpaint`. Owns what goes in and
// comes out as arrays; the chains are gibbs.ts's.
import { bytesOf, packRow, rowOf, unpackRow } from '../../ebm/rbm/bits.ts';
import { startChains } from '../../ebm/rbm/initial.ts';
import { UsageError } from '../terminal/failure.ts';
import { drawn, type Chains, type DrawnPart } from './gibbs.ts';
import { modelFrom, parametersOf, type Model } from './library-model.ts';
import { abortable, signalOption, threadsOption, wholeOption, type UseOptions } from './library-options.ts';
import { startsFrom } from './sample.ts';
import { withModel } from './trained.ts';
import { startWork } from './work.ts';

/** Visible units whose values are given. */
export interface KnownUnits {
  /** 1 where the value is known, 0 elsewhere [visible]. */
  readonly mask: ArrayLike<number>;
  /** 0 or 1: the same for all samples [visible], or a row for each [count * visible]. What the mask leaves out is not looked at. */
  readonly values: ArrayLike<number>;
}

export interface SampleOptions extends UseOptions {
  /** Samples, each from a chain of its own. */
  readonly count: number;
  /** Gibbs steps each takes: 100 by default from the model's persistent chains, 1,000 from copies of them or random states, 500 with `known`. */
  readonly steps?: number | undefined;
  /** Unsigned 32-bit; without it the job's. Equal options give equal samples. */
  readonly seed?: number | undefined;
  /** Samples are drawn given these; chains then start from random states. */
  readonly known?: KnownUnits | undefined;
}

export interface Samples {
  readonly count: number;
  readonly visible: number;
  readonly steps: number;
  /** The probabilities that the bits were drawn with, in [0, 1] [count * visible]: what is mostly looked at. */
  readonly means: Float32Array;
  /** The samples, 0 or 1 [count * visible]. */
  readonly bits: Uint8Array;
}

const ONE = 65_536;
const STEPS_WITH_KNOWN = 500;
const STEPS_MAX = 1_000_000;
const SEED_MAX = 0xffff_ffff;
/** Five bytes each. */
const VALUES_MAX = 268_435_456;

/**
 * New rows of a model. The same model, count, steps and seed give the same bits on any machine, with any threads.
 * Rejects with UsageError or StorageError, and with the signal's reason once it is aborted.
 */
export async function sample(modelOrDirectory: Model | string, options: SampleOptions): Promise<Samples> {
  const signal = signalOption(options);
  signal.throwIfAborted();
  const model = await modelFrom(modelOrDirectory, options);
  const { visible } = model;
  const count = wholeOption('count', options.count, [1, Math.floor(VALUES_MAX / visible)], 1);
  const job = { ...model.job, seed: wholeOption('seed', options.seed, [0, SEED_MAX], model.job.seed) };
  const chains = chainsFor({ ...model, job }, count, options);
  const samples: Samples = { count, visible, steps: chains.steps, means: new Float32Array(count * visible), bits: new Uint8Array(count * visible) };
  const output = { work: options.onProgress ?? (() => undefined) };
  await abortable(signal, () => withModel({ job, parameters: parametersOf(model) }, threadsOption(options), async (loaded) => {
    const report = startWork({ output, signal }, { what: 'sampling', unit: 'steps', total: count * chains.steps, long: false });
    for await (const part of drawn(loaded, chains, report)) lay(part, samples);
  }));
  return samples;
}

function chainsFor({ job, visible, hidden, chains }: Model, count: number, { steps, known }: SampleOptions): Chains {
  const stepsOr = (otherwise: number): number => wholeOption('steps', steps, [1, STEPS_MAX], otherwise);
  if (known === undefined) {
    const { startOf, defaultSteps } = startsFrom(job, chains, count);
    return { count, visible, steps: stepsOr(defaultSteps), startOf, clampOf: () => null };
  }
  const { mask, valuesOf } = packed(known, visible, count);
  return {
    count, visible, steps: stepsOr(STEPS_WITH_KNOWN),
    startOf: (range) => startChains(job.seed, range, hidden),
    clampOf: ({ from, to }) => ({ mask, values: valuesOf(from, to) }),
  };
}

interface PackedKnown {
  readonly mask: Uint8Array;
  readonly valuesOf: (from: number, to: number) => Uint8Array;
}

function packed({ mask, values }: KnownUnits, visible: number, count: number): PackedKnown {
  const wrong = (message: string): UsageError => new UsageError('wrong-option', message);
  if (mask.length !== visible) throw wrong(`known.mask has ${mask.length} elements, and the model ${visible} visible units`);
  if (values.length !== visible && values.length !== count * visible) {
    throw wrong(`known.values has ${values.length} elements where ${visible} belong, or ${count * visible} for ${count} samples`);
  }
  requireBits('known.mask', mask, () => true);
  requireBits('known.values', values, (index) => mask[index % visible] === 1);
  const isShared = values.length === visible;
  const valuesOf = (from: number, to: number): Uint8Array => {
    const rows = new Uint8Array((to - from) * bytesOf(visible));
    for (let row = from; row < to; row += 1) {
      const start = isShared ? 0 : row * visible;
      packRow(Array.from({ length: visible }, (_, unit) => (mask[unit] === 1 ? values[start + unit]! : 0)), rowOf(rows, visible, row - from));
    }
    return rows;
  };
  const packedMask = new Uint8Array(bytesOf(visible));
  packRow(mask, packedMask);
  return { mask: packedMask, valuesOf };
}

function requireBits(name: string, values: ArrayLike<number>, isMeant: (index: number) => boolean): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value !== 0 && value !== 1 && isMeant(index)) throw new UsageError('wrong-option', `element ${index} of ${name} is ${String(value)}, and must be 0 or 1`);
  }
}

function lay({ range, result }: DrawnPart, { visible, means, bits }: Samples): void {
  const start = range.from * visible;
  for (let i = 0; i < result.visibleThresholds.length; i += 1) means[start + i] = result.visibleThresholds[i]! / ONE;
  for (let row = 0; row < range.to - range.from; row += 1) bits.set(unpackRow(rowOf(result.visible, visible, row), visible), start + row * visible);
}
