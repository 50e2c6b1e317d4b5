// An embedded run by both machines, on the reference engine, against a bare loop of the engine's own calls.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../../ebm/job.ts';
import { rateAt } from '../../../ebm/optimiser/schedule.ts';
import { initialise, startChains } from '../../../ebm/rbm/initial.ts';
import { chainsDigest, parametersDigest } from '../../../coordinator/shell/digest.ts';
import { openReferenceEngine } from '../../../engine/reference/engine.ts';
import { runEmbedded } from '../../support/embedded.ts';
import { tinyData, tinyJob, tinyProblem } from '../../support/tiny-job.ts';

/** The law, without roles: evaluate the whole update, apply, take its chains. */
async function bareRun(job: CompiledJob): Promise<{ parameters: string; chains: string | null }> {
  const problem = tinyProblem(job);
  const session = await openReferenceEngine().load(problem);
  const state = session.createState();
  initialise(state, { seed: job.seed, centred: job.model.centred }, tinyData(job).dataMean);
  const isCd = job.train.objective === 'cd';
  let chains = isCd ? new Uint8Array(0) : startChains(job.seed, { from: 0, to: problem.chains }, problem.hidden);
  const first = await session.publish(state.masters, 0, 0);
  if (first.kind !== 'applied') throw new Error('the start diverged');
  const versions = [first.published];
  for (let update = 0; update < job.train.updates; update += 1) {
    const parameters = versions[Math.max(0, update - job.train.staleness)]!;
    const unit = { branch: 0, update, version: parameters.version, data: { from: 0, to: problem.batch }, chains: { from: 0, to: problem.chains } };
    const contribution = await session.evaluate(unit, parameters, chains);
    const learningRate = rateAt(job.train.optimiser, { update, updates: job.train.updates, rateScale: 1 });
    const outcome = await session.apply(state, contribution.sums, { update, branch: 0, learningRate });
    if (outcome.kind !== 'applied') throw new Error('diverged');
    versions.push(outcome.published);
    chains = contribution.chains;
  }
  return { parameters: parametersDigest(state.masters), chains: isCd ? null : chainsDigest(chains) };
}

const jobs: readonly (readonly [string, CompiledJob])[] = [
  ['PCD with as many chains as samples', tinyJob()],
  ['PCD with more chains than samples', tinyJob({ train: { chains: 13 } })],
  ['PCD with fewer chains than samples', tinyJob({ train: { chains: 3, steps: 2 } })],
  ['CD', tinyJob({ train: { objective: 'cd', chains: null } })],
  ['staleness 1', tinyJob({ train: { staleness: 1 } })],
];

for (const [name, job] of jobs) {
  for (const workers of [1, 3]) {
    test(`${name}: ${workers} workers end with the bits of a bare loop`, async () => {
      const { outcome } = await runEmbedded(job, { workers });
      assert.equal(outcome.kind, 'finished');
      const { parameters, chains } = await bareRun(job);
      assert.deepEqual({ parameters: outcome.parameters, chains: outcome.chains }, { parameters, chains });
    });
  }
}
