// The annealing kernels against ebm's definition: the same log-weights to the bit, for odd sizes, int32 sums, threads and cuts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearBetas } from '../../../ebm/partition/temperatures.ts';
import { fillWords } from '../../../ebm/random/address.ts';
import { bytesOf, packRow } from '../../../ebm/rbm/bits.ts';
import type { Parameters } from '../../../ebm/rbm/parameters.ts';
import type { Engine, LogPartitionUnit, Problem } from '../../../engine/engine.ts';
import { openReferenceEngine } from '../../../engine/reference/engine.ts';
import { openWasmEngine } from '../../../engine/wasm/engine.ts';

interface Sizes { readonly visible: number; readonly hidden: number; /** Largest |W| and |b|, in grid units. */ readonly weight: number; readonly bias: number }

const RUNS = 21;

function words(count: number, id: number): Uint32Array {
  const out = new Uint32Array(count);
  fillWords([17, 4], { id, halfStep: 0, word3: 0 }, out);
  return out;
}

const spread = (count: number, id: number, most: number): number[] => Array.from(words(count, id), (word) => Math.round((word / 0xffff_ffff - 0.5) * 2 * most));

function parametersOf({ visible, hidden, weight, bias }: Sizes): Parameters {
  return {
    branch: 2, version: 3, weights: Int16Array.from(spread(visible * hidden, 1, weight)),
    visibleBias: Int32Array.from(spread(visible, 2, bias)), hiddenBias: Int32Array.from(spread(hidden, 3, bias)),
  };
}

function unitOf(sizes: Sizes, kind: LogPartitionUnit['kind']): Omit<LogPartitionUnit, 'parameters'> {
  const { visible } = sizes;
  const starts = new Uint8Array(RUNS * bytesOf(visible));
  for (let run = 0; run < RUNS; run += 1) {
    packRow(Array.from(words(visible, 10 + run), (word) => word & 1), starts.subarray(run * bytesOf(visible), (run + 1) * bytesOf(visible)));
  }
  return {
    kind, runs: { from: 4, to: 4 + RUNS }, betas: linearBetas(7), baseBias: Int32Array.from(spread(visible, 4, 3000)),
    starts: kind === 'ais' ? null : starts,
  };
}

function problemOf({ visible, hidden }: Sizes): Problem {
  return {
    seed: 9, visible, hidden, grid: 10, objective: 'pcd', steps: 1, batch: 3, chains: 3, centred: true, average: 0, data: null,
    optimiser: { kind: 'sgd', learningRate: 0.1, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  };
}

async function weightsOf(engine: Engine, sizes: Sizes, kind: LogPartitionUnit['kind'], cuts: readonly number[] = []): Promise<Float64Array> {
  const session = await engine.load(problemOf(sizes));
  const parameters = await session.adopt(parametersOf(sizes));
  const unit = unitOf(sizes, kind);
  const bytes = bytesOf(sizes.visible);
  const out = new Float64Array(RUNS);
  let from = 0;
  for (const to of [...cuts, RUNS]) {
    const runs = { from: unit.runs.from + from, to: unit.runs.from + to };
    out.set(await session.logPartition({ ...unit, parameters, runs, starts: unit.starts?.subarray(from * bytes, to * bytes) ?? null }), from);
    from = to;
  }
  await session.close();
  return out;
}

const CASES: readonly Sizes[] = [
  { visible: 1, hidden: 1, weight: 2000, bias: 4000 },
  { visible: 7, hidden: 8, weight: 2000, bias: 4000 },
  { visible: 63, hidden: 9, weight: 3000, bias: 20_000 },
  { visible: 65, hidden: 65, weight: 3000, bias: 4000 },
  { visible: 40, hidden: 515, weight: 1500, bias: 4000 },
  { visible: 130, hidden: 40, weight: 32_000, bias: 400_000 },
  { visible: 40, hidden: 130, weight: 30_000, bias: 400_000 },
];

for (const threads of [1, 2, 3]) {
  test(`log-weights are the reference's to the bit, for every kind of path and any cut of the runs, with ${threads} threads`, async () => {
    const reference = openReferenceEngine();
    const wasm = await openWasmEngine({ threads });
    try {
      for (const sizes of CASES) {
        for (const kind of ['ais', 'reverse', 'raise'] as const) {
          const expected = await weightsOf(reference, sizes, kind);
          assert.ok(expected.every((weight) => Number.isFinite(weight)));
          const name = `${kind}, ${sizes.visible} x ${sizes.hidden}, weights up to ${sizes.weight}`;
          assert.deepEqual(await weightsOf(wasm, sizes, kind), expected, name);
          assert.deepEqual(await weightsOf(wasm, sizes, kind, [1, 9, 10]), expected, `${name}, cut`);
        }
      }
    } finally {
      await wasm.close();
    }
  });
}
