// A made-up run for the tests of the report: realistic curves without any training. Figures are smooth functions plus a fixed ripple.
import { squareShape, sampleMosaic } from '../../cli/pictures/mosaic.ts';
import { encodePng } from '../../cli/pictures/picture.ts';
import type { ReportInput } from '../../cli/report/input.ts';
import type { MetricsLine } from '../../cli/report/metrics.ts';
import type { CompiledJob } from '../../ebm/job.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

export const madeUpJob: CompiledJob = {
  formatVersion: 1,
  name: 'mnist-rbm',
  seed: 1,
  data: { source: 'mnist', binarise: 'threshold', validation: 0 },
  model: { kind: 'bernoulli-rbm', hidden: 500, centred: true, grid: 10 },
  train: {
    objective: 'pcd', steps: 1, chains: 100, batch: 100, updates: 6000, epochs: 10,
    optimiser: { kind: 'sgd', learningRate: 0.05, schedule: 'linear', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    average: 0, staleness: 0, rollbacks: 3,
  },
  evaluate: { every: 600, logPartition: { kind: 'ais', runs: 100, betas: 10_000, raise: true, reverse: false } },
  checkpoint: { every: 600, keep: 3 },
  ledger: { every: 100 },
  resources: { engine: 'wasm', priority: 0, mixedClasses: false },
  facts: { digest: digest('d'), trainingRows: 60_000, validationRows: 0, testRows: 10_000, visible: 784 },
};

/** A repeatable ripple in -1..1. */
const ripple = (at: number): number => Math.sin(at * 12.9898) * Math.cos(at * 78.233);

function progress(update: number, branch: number): MetricsLine {
  const share = update / 6000;
  return {
    kind: 'progress', update, updates: 6000, epoch: update / 600, branch,
    energyGap: -18 / (1 + update / 40) + 1.5 * ripple(update), reconstructionError: 0.11 / (1 + update / 700) + 0.03 + 0.002 * ripple(update + 1),
    flipRate: 0.3 - 0.12 * share + 0.01 * ripple(update + 2), rHat: 1.02 + 0.3 / (1 + update / 500) + 0.01 * ripple(update + 3), chainEss: 400 + 30 * ripple(update + 4),
    samplesPerSecond: 61_000 + 2_500 * ripple(update + 5), updatesPerSecond: 610, secondsLeft: (6000 - update) / 610,
    learningRate: 0.05 * (1 - share) / (branch + 1), weightNorm: 6 + 60 * Math.sqrt(share),
  };
}

function evaluated(update: number): MetricsLine {
  const ais = -84 - 60 / (1 + update / 300) + 0.6 * ripple(update);
  return {
    kind: 'evaluated', update, testLogLikelihood: { ais, raise: ais - 3 - 500 / update, reliable: update > 1000 },
    logPartition: { kind: 'ais', mean: 470 + update / 60, standardError: 0.15 + 900 / update, ess: update > 1000 ? 40 + 5 * ripple(update) : 3.2, runs: 100, betas: 10_000 },
  };
}

export interface Shape { readonly every: number; readonly rollbackAt: number | null; readonly resumeAt: number | null }

/** The lines of a run of 6,000 updates that may fall back once (by 500 updates) and be resumed once (200 updates are computed again). */
export function madeUpMetrics(shape: Shape): MetricsLine[] {
  const lines: MetricsLine[] = [];
  let branch = 0;
  const part = (from: number, to: number): void => {
    for (let update = from + shape.every; update <= to; update += shape.every) {
      lines.push(progress(update, branch));
      if (update % 600 === 0) lines.push(evaluated(update));
    }
  };
  let at = 0;
  if (shape.rollbackAt !== null) {
    part(at, shape.rollbackAt);
    at = shape.rollbackAt - 500;
    for (let step = 1; step <= 8; step++) lines.push({ ...progress(shape.rollbackAt + step * shape.every, branch), energyGap: -3 * step ** 3, weightNorm: 25 + step ** 3 });
    branch = 1;
    lines.push({ kind: 'rollback', from: shape.rollbackAt + 8 * shape.every, to: at, branch, learningRate: 0.025 });
  }
  if (shape.resumeAt !== null) {
    part(at, shape.resumeAt);
    at = shape.resumeAt - 200;
    lines.push({ kind: 'resumed', update: at, branch });
  }
  part(at, 6000);
  return lines;
}

/** A small mosaic: 16 blobs that sharpen with `share` (0..1). */
export function madeUpMosaic(share: number): Uint8Array {
  const side = 14;
  const values = Float64Array.from({ length: 16 * side * side }, (_, at) => {
    const tile = Math.floor(at / (side * side));
    const [y, x] = [Math.floor((at % (side * side)) / side) - 3 - (tile % 4) * 2, (at % side) - 3 - Math.floor(tile / 4) * 2];
    return Math.max(0, Math.min(1, share / (1 + (x * x + y * y) / 6) + (1 - share) * (0.5 + 0.4 * ripple(at + 31 * tile))));
  });
  return encodePng(sampleMosaic({ values, count: 16, visible: side * side, full: 1, shape: squareShape(side * side) }, { scale: 4 }));
}

export function madeUpReport(changes: Partial<ReportInput> = {}): ReportInput {
  return {
    job: madeUpJob,
    directory: 'runs/mnist-rbm-1',
    outcome: { kind: 'finished' },
    results: {
      updates: 6000, rollbacks: 1, branch: 1, samplesPerSecond: 61_234, seconds: 131.4, residentBytesMax: 312_000_000,
      testLogLikelihood: { ais: -86.1234, raise: -89.31, reliable: true },
      logPartition: { kind: 'ais', mean: 473.62, standardError: 0.214, ess: 43.1, runs: 100, betas: 10_000 },
    },
    digests: { job: digest('a'), parameters: digest('b'), chains: digest('c'), ledger: digest('e') },
    metrics: madeUpMetrics({ every: 20, rollbackAt: 1400, resumeAt: 3200 }),
    ledger: Array.from({ length: 60 }, (_, at) => ({ update: (at + 1) * 100, branch: at < 9 ? 0 : 1, rollbacks: at < 9 ? 0 : 1, parameters: digest(String(at % 10)), chains: digest(String((at + 1) % 10)), chain: digest('f') })),
    samples: [600, 1200, 1800, 2400, 3000, 3600, 4200, 4800, 5400, 6000].map((update) => ({ update, png: madeUpMosaic(update / 6000) })),
    data: null,
    filters: { png: madeUpMosaic(0.3), caption: 'Weights into 16 of 500 hidden units.' },
    strip: null,
    warnings: ['checkpoint 00001800 is damaged (state.bin: wrong SHA-256); the one before was taken'],
    engine: `wasm/1 ${digest('9')}`,
    versions: { 'ebm-fleet': '0.1.0', node: 'v20.20.0' },
    writtenAt: null,
    ...changes,
  };
}
