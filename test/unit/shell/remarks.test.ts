// What a run says of its job when it begins: noise that samples at another temperature than the job's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remarksOn } from '../../../coordinator/shell/observations.ts';
import { compileJob } from '../../../platform/config/compile.ts';
import { parseJob } from '../../../platform/config/read.ts';
import type { AnyJob } from '../../../ebm/job.ts';
import { tinyJob } from '../../support/tiny-job.ts';

const facts = { digest: `sha256:${'a'.repeat(64)}`, trainingRows: 100, validationRows: 0, testRows: 0, visible: 2 };
const jobOf = (...settings: readonly string[]): AnyJob => compileJob(parseJob('data: { source: eight-gaussians }\nmodel: { kind: energy, energy: { kind: quadratic } }\n', settings), facts);

test('exact noise, given or not, is nothing to remark on, and neither is a job without chains', () => {
  for (const job of [jobOf(), jobOf('train.sampler.stepSize=0.02', 'train.sampler.noise=0.2'), jobOf('train.sampler.temperature=0.5'), jobOf('train.objective=denoising'), tinyJob()]) {
    assert.deepEqual(remarksOn(job), []);
  }
});

test('other noise is told with the temperature that it samples at, the exact noise, and what to do', () => {
  assert.deepEqual(remarksOn(jobOf('train.sampler.stepSize=0.02', 'train.sampler.noise=0.005')), [
    'Chains are sampled at temperature 0.000625: the exact noise of a step of 0.02 at temperature 1 is 0.2, and train.sampler.noise is 0.005. What is learned is the density e^(-E / T) at that temperature, '
      + 'and figures are of it; leave train.sampler.noise out for T = 1.',
  ]);
  assert.match(remarksOn(jobOf('train.sampler.noise=0'))[0]!, /^Chains have no noise and are no samples/);
});
