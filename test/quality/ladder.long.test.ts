// Rows A and B of the ladder (docs/quality.md): what examples/ladder-a.yaml and ladder-b.yaml reach on all of MNIST, beside the published
// figures (MATHS.md; row A: Melchior, Fischer and Wiskott 2016, centred and plain; row B: at least -86 by an AIS that can be relied on).
// Minutes. Each run prints a line of docs/quality.md's tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runJob, type QualityRun } from './run.ts';

const ROW_A = { centred: -142.56, plain: -149.05, tolerance: 1.5, seeds: [1, 2, 3, 4, 5] } as const;
const ROW_B = { least: -86, seeds: [1, 2, 3] } as const;

function exactOf({ last }: QualityRun): number {
  const figure = last.testLogLikelihood;
  assert.ok(figure !== null && 'exact' in figure && figure.exact !== null);
  return figure.exact;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function rowA(centred: boolean): Promise<readonly number[]> {
  const figures: number[] = [];
  for (const seed of ROW_A.seeds) {
    const run = await runJob('examples/ladder-a.yaml', [`seed=${seed}`, `model.centred=${centred}`]);
    assert.equal(run.rollbacks, 0);
    figures.push(exactOf(run));
    console.log(`| ${centred ? 'centred' : 'plain'} | ${seed} | ${exactOf(run).toFixed(2)} | ${run.trainingSeconds.toFixed(1)} |`);
  }
  return figures;
}

test('row A: with 16 hidden units and exact log Z, centred PCD is within 1.5 nats of the published mean or better, and better than plain', async () => {
  const [centred, plain] = [await rowA(true), await rowA(false)];
  assert.ok(meanOf(centred) > ROW_A.centred - ROW_A.tolerance, `centred: ${meanOf(centred)}`);
  assert.ok(meanOf(plain) > ROW_A.plain - ROW_A.tolerance, `plain: ${meanOf(plain)}`);
  assert.ok(meanOf(centred) > meanOf(plain));
});

test('row B: with 500 hidden units the averaged model reaches -86 by a reliable AIS, with RAISE beside it, from every seed', async () => {
  for (const seed of ROW_B.seeds) {
    const { last, epochs, rollbacks, trainingSeconds, evaluationSeconds } = await runJob('examples/ladder-b.yaml', [`seed=${seed}`]);
    const { testLogLikelihood: figure, logPartition: partition } = last;
    assert.ok(figure !== null && 'ais' in figure && figure.ais !== null && typeof figure.raise === 'number');
    assert.ok(partition?.kind === 'ais' && partition.ess !== null && partition.standardError !== null);
    console.log(`| ${seed} | ${figure.ais.toFixed(2)} | ${partition.standardError.toFixed(2)} | ${partition.ess.toFixed(1)} | ${figure.raise.toFixed(2)} | ${epochs} | ${trainingSeconds.toFixed(1)} | ${evaluationSeconds.toFixed(1)} |`);
    assert.deepEqual([partition.runs, partition.betas, rollbacks], [100, 10_000, 0]);
    assert.ok(partition.ess >= 0.05 * partition.runs && figure.reliable, `seed ${seed}: ESS ${partition.ess}`);
    assert.ok(figure.ais >= ROW_B.least && figure.raise >= ROW_B.least, `seed ${seed}: AIS ${figure.ais}, RAISE ${figure.raise}`);
  }
});
