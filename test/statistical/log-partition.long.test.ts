// The estimators at MNIST's size, with 16 hidden units, so that the exact figure is known: a model trained by the reference engine, then
// AIS, reverse AIS from long Gibbs chains, RAISE and the published variant of row B beside enumeration. Some minutes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startsFromVisibleBias } from '../../ebm/partition/annealing.ts';
import { baseBiases } from '../../ebm/partition/base.ts';
import { exactLogPartition } from '../../ebm/partition/enumeration.ts';
import { estimateLogPartition, estimateReverseLogPartition, raiseLogLikelihood, spreadRows, testLogLikelihood } from '../../ebm/partition/estimate.ts';
import { linearBetas } from '../../ebm/partition/temperatures.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { meanOf } from '../../ebm/rbm/binarise.ts';
import { rowOf } from '../../ebm/rbm/bits.ts';
import { initialise, startChains } from '../../ebm/rbm/initial.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import type { Model } from '../../ebm/rbm/preactivation.ts';
import type { Problem } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { loadData } from '../../platform/data/load.ts';
import { anneal, negativeFreeEnergies } from '../support/annealing-figures.ts';

const HIDDEN = 16;
const UPDATES = 1_500;

async function trainedOnMnist(): Promise<{ readonly model: Model; readonly mean: Float64Array; readonly test: Uint8Array; readonly samples: Uint8Array }> {
  const data = await loadData({ source: 'mnist', binarise: 'threshold', validation: 0 }, '.', 1);
  const problem: Problem = {
    seed: 1, visible: 784, hidden: HIDDEN, grid: 10, objective: 'pcd', steps: 1, batch: 100, chains: 100, centred: true,
    optimiser: { kind: 'sgd', learningRate: 0.05, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    average: 0, data: data.training,
  };
  const session = await openReferenceEngine().load(problem);
  const state = session.createState();
  const mean = meanOf(data.training);
  initialise(state, problem, mean);
  let chains = startChains(1, { from: 0, to: 100 }, HIDDEN);
  const first = await session.publish(state.masters, 0, 0);
  assert.ok(first.kind === 'applied');
  let parameters: Parameters = first.published;
  const whole = { from: 0, to: 100 };
  for (let update = 0; update < UPDATES; update += 1) {
    const contribution = await session.evaluate({ branch: 0, update, version: update, data: whole, chains: whole }, parameters, chains);
    chains = contribution.chains;
    const outcome = await session.apply(state, contribution.sums, { update, branch: 0, learningRate: Math.fround(0.05 * (1 - update / UPDATES)) });
    assert.ok(outcome.kind === 'applied');
    parameters = outcome.published;
  }
  const drawn = await session.sample({
    parameters, purpose: PURPOSES.samples, branch: 0, word3: parameters.version, chains: whole, states: chains.slice(), steps: 2_000, firstHalfStep: 0, clamp: null,
  });
  assert.ok(data.test !== null);
  return { model: { visible: 784, hidden: HIDDEN, grid: 10, parameters }, mean, test: data.test.bits, samples: drawn.visible };
}

test('784 x 16 on MNIST: AIS within 3 standard errors and 0.5 nats of enumeration; RAISE within 3 standard errors, and below with few temperatures', async (context) => {
  const { model, mean, test: images, samples } = await trainedOnMnist();
  const exact = exactLogPartition(model);
  const subject = { model, baseBias: baseBiases(mean, 10), seed: 1 };
  const energies = negativeFreeEnergies(model, images);
  const exactFigure = testLogLikelihood(energies, { mean: exact, standardError: 0 });
  const ais = estimateLogPartition(anneal(subject, 'ais', 100, 5_000));
  context.diagnostic(`exact log Z ${exact}, test ${exactFigure.mean}; AIS ${ais.mean} +- ${ais.standardError}, ESS ${ais.ess}`);
  const reverse = estimateReverseLogPartition(anneal(subject, 'reverse', samples, 2_000));
  const published = estimateLogPartition(anneal(subject, 'reverse',
    startsFromVisibleBias({ model, seed: 1, runs: { from: 0, to: 100 }, betas: linearBetas(2_000) }), 2_000));
  const bytes = 98;
  const starts = new Uint8Array(100 * bytes);
  spreadRows(10_000, 100).forEach((row, run) => { starts.set(rowOf(images, 784, row), run * bytes); });
  const raise = raiseLogLikelihood(energies, anneal(subject, 'raise', starts, 5_000), 1);
  const coarse = raiseLogLikelihood(energies, anneal(subject, 'raise', starts, 100), 1);
  context.diagnostic(`reverse AIS ${reverse.mean} +- ${reverse.standardError}, ESS ${reverse.ess}; published variant ${published.mean}, ESS ${published.ess}`);
  context.diagnostic(`RAISE ${raise.mean} +- ${raise.standardError}; with 100 temperatures ${coarse.mean} +- ${coarse.standardError}; images +- ${raise.imagesStandardError}`);
  assert.ok(Math.abs(ais.mean - exact) < Math.min(0.5, 3 * ais.standardError!) && ais.reliable, `${ais.mean} ${exact}`);
  assert.ok(Math.abs(raise.mean - exactFigure.mean) < 3 * raise.standardError!, `${raise.mean} ${exactFigure.mean}`);
  assert.ok(coarse.mean < raise.mean && coarse.mean < exactFigure.mean, `${coarse.mean}`);
});
