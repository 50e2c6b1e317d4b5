// The golden unit: a small unit that goes through every kernel of an update, with pre-activations at their bound. Whatever engine, processor
// and thread count, its bytes are the same; a worker that gets others is damaged, or lies, and is kept away from runs (ARCHITECTURE, Worker).
import { deriveKey, fillWords } from '../ebm/random/address.ts';
import type { Parameters } from '../ebm/rbm/parameters.ts';
import type { Contribution, Engine, Problem, UpdateUnit } from './engine.ts';

const VISIBLE = 72;
const HIDDEN = 40;
const ROWS = 96;
const CHAINS = 64;
/** The largest sum of |W| and |b| over the inputs of a unit (EXACT.md): float32 products are exact up to here, and not one beyond. */
const BOUND = 0x100_0000;
/** A purpose that no run has. */
const PURPOSE = 0x676f6c64;

function words(id: number, count: number): Uint32Array {
  const out = new Uint32Array(count);
  fillWords(deriveKey(1, PURPOSE, 0), { id, halfStep: 0, word3: 0 }, out);
  return out;
}

function bytes(id: number, count: number): Uint8Array {
  return new Uint8Array(words(id, Math.ceil(count / 4)).buffer, 0, count);
}

function parametersOf(): Parameters {
  const weights = Int16Array.from(words(1, VISIBLE * HIDDEN), (word) => (word % 4_001) - 2_000);
  // Two units whose inputs, all on, add up to exactly 2^24 and to 2^24 - 1, with all low bits set.
  let total = 0;
  for (let v = 0; v < VISIBLE; v += 1) {
    weights[v * HIDDEN] = 32_767;
    weights[v * HIDDEN + 1] = 32_767;
    total += 32_767;
  }
  const hiddenBias = Int32Array.from(words(2, HIDDEN), (word) => (word % 8_001) - 4_000);
  hiddenBias[0] = BOUND - total;
  hiddenBias[1] = BOUND - 1 - total;
  return { branch: 0, version: 3, weights, visibleBias: Int32Array.from(words(3, VISIBLE), (word) => (word % 8_001) - 4_000), hiddenBias };
}

function rows(): Uint8Array {
  const bits = bytes(4, ROWS * (VISIBLE / 8)).slice();
  bits.fill(0xff, 0, VISIBLE / 8); // one row with every unit on
  return bits;
}

function problemOf(objective: Problem['objective']): Problem {
  return {
    seed: 20_261, visible: VISIBLE, hidden: HIDDEN, grid: 10, objective, steps: 3, batch: ROWS, chains: objective === 'cd' ? ROWS : CHAINS, centred: true, average: 0,
    optimiser: { kind: 'sgd', learningRate: 0.05, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    data: { kind: 'bits', rows: ROWS, visible: VISIBLE, bits: rows() },
  };
}

/** What an engine makes of the golden unit, for a digest: sums and chains of both objectives, little-endian. */
export async function goldenUnit(engine: Engine): Promise<readonly Uint8Array[]> {
  const results: Uint8Array[] = [];
  for (const objective of ['pcd', 'cd'] as const) {
    const session = await engine.load(problemOf(objective));
    try {
      const unit: UpdateUnit = { branch: 0, update: 3, version: 3, data: { from: 0, to: ROWS }, chains: { from: 0, to: objective === 'cd' ? ROWS : CHAINS } };
      const states = bytes(5, CHAINS * (HIDDEN / 8)).slice(0, objective === 'cd' ? 0 : CHAINS * (HIDDEN / 8));
      const contribution = await session.evaluate(unit, await session.adopt(parametersOf()), states);
      results.push(...bytesOf(contribution));
      session.release(contribution);
    } finally {
      await session.close();
    }
  }
  return results;
}

/** As float64 whatever the engine keeps them in. */
function bytesOf({ sums: { data, model, outer }, chains }: Contribution): Uint8Array[] {
  const outers = outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model];
  const arrays = [data.visible, data.hidden, model.visible, model.hidden, ...outers];
  return [...arrays.map((array) => new Uint8Array(Float64Array.from(array).buffer)), chains.slice()];
}
