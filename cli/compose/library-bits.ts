// Samples of a Boltzmann machine for the library: those of `ebm sample`, and with known units those of `ebm inpaint`. Owns what goes in and comes out as
// arrays; the chains are gibbs.ts's.
import { bytesOf, packRow, rowOf, unpackRow } from '../../ebm/rbm/bits.ts';
import { startChains } from '../../ebm/rbm/initial.ts';
import { drawn, type Chains, type DrawnPart } from './gibbs.ts';
import { parametersOf, type BoltzmannModel } from './library-model.ts';
import { abortable, checkKnown, seedOption, signalOption, stepsOption, threadsOption, wholeOption, type CommonSampling, type KnownUnits } from './library-options.ts';
import { startsFrom } from './sample.ts';
import { withModel } from './trained.ts';
import { startWork } from './work.ts';

export interface BoltzmannSampling extends CommonSampling {
  /** Samples are drawn given these, 0 or 1; chains then start from random states. */
  readonly known?: KnownUnits | undefined;
}

export interface BinarySamples {
  readonly kind: 'binary';
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
/** Five bytes each. */
const VALUES_MAX = 268_435_456;

export async function sampleBits(model: BoltzmannModel, options: BoltzmannSampling): Promise<BinarySamples> {
  const { visible } = model;
  const signal = signalOption(options);
  const count = wholeOption('count', options.count, [1, Math.floor(VALUES_MAX / visible)], 1);
  const job = { ...model.job, seed: seedOption(options, model.job.seed) };
  const chains = chainsFor({ ...model, job }, count, options);
  const samples: BinarySamples = { kind: 'binary', count, visible, steps: chains.steps, means: new Float32Array(count * visible), bits: new Uint8Array(count * visible) };
  const output = { work: options.onProgress ?? (() => undefined) };
  await abortable(signal, () => withModel({ job, parameters: parametersOf(model) }, threadsOption(options), async (loaded) => {
    const report = startWork({ output, signal }, { what: 'sampling', unit: 'steps', total: count * chains.steps, long: false });
    for await (const part of drawn(loaded, chains, report)) lay(part, samples);
  }));
  return samples;
}

function chainsFor({ job, visible, hidden, chains }: BoltzmannModel, count: number, { known, ...options }: BoltzmannSampling): Chains {
  if (known === undefined) {
    const { startOf, defaultSteps } = startsFrom(job, chains, count);
    return { count, visible, steps: stepsOption(options, defaultSteps), startOf, clampOf: () => null };
  }
  const { mask, valuesOf } = packed(known, visible, count);
  return {
    count, visible, steps: stepsOption(options, STEPS_WITH_KNOWN),
    startOf: (range) => startChains(job.seed, range, hidden),
    clampOf: ({ from, to }) => ({ mask, values: valuesOf(from, to) }),
  };
}

interface PackedKnown {
  readonly mask: Uint8Array;
  readonly valuesOf: (from: number, to: number) => Uint8Array;
}

function packed({ mask, values }: KnownUnits, visible: number, count: number): PackedKnown {
  checkKnown({ mask, values }, { visible, count, isValue: (value) => value === 0 || value === 1, accepted: '0 or 1' });
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

function lay({ range, result }: DrawnPart, { visible, means, bits }: BinarySamples): void {
  const start = range.from * visible;
  for (let i = 0; i < result.visibleThresholds.length; i += 1) means[start + i] = result.visibleThresholds[i]! / ONE;
  for (let row = 0; row < range.to - range.from; row += 1) bits.set(unpackRow(rowOf(result.visible, visible, row), visible), start + row * visible);
}
