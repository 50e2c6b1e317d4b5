// The package as a stranger's TypeScript project sees it: its declarations compile with the strictest settings and every library checked,
// and refuse what would fail at run time. So do the programs that the pages of the documentation show.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { compile, strangersProject } from './stranger.ts';

const USE = `
import { evaluate, open, readJob, resume, RunError, sample, train, type BinarySamples, type BoltzmannModel, type EnergyModel, type Job, type Model, type RealSamples, type Run, type RunEvent, type Samples, type TrainResult } from 'ebm-fleet';

const job: Job = { data: { source: 'mnist' }, model: { kind: 'bernoulli-rbm' } };
const longer = { data: { source: 'mnist', binarise: 'stochastic' }, model: { kind: 'bernoulli-rbm', hidden: 5 }, train: { objective: 'cd', epochs: 2 }, evaluate: 'off' } as const;
const run: Run = train(job, { directory: 'runs/mine', threads: 2, signal: AbortSignal.timeout(1) });
train(longer);
train(await readJob('job.yaml'), {});
const gaps: (number | null)[] = [];
for await (const event of run) {
  if (event.kind === 'progress') gaps.push(event.energyGap);
  const told: RunEvent = event;
  if (told.kind === 'failed') throw new Error(told.message);
}
const result: TrainResult = await run.result;
if (result.kind === 'finished') result.facts.parameters satisfies string;
else result.facts.path satisfies string | null;
const any: Model = result.model;
if (any.kind !== 'bernoulli-rbm') throw new Error(any.kind);
const model: BoltzmannModel = any;
const { means }: BinarySamples = await sample(model, { count: 2, known: { mask: new Uint8Array(784), values: [0, 1] } });
means satisfies Float32Array;
const { testLogLikelihood } = await evaluate('runs/mine', { exact: true });
if (testLogLikelihood !== null && 'ais' in testLogLikelihood) testLogLikelihood.reliable satisfies boolean;
resume('runs/mine', { epochs: 20, directory: undefined } as { epochs: number });
const opened = await open('runs/mine');
if (opened.kind === 'bernoulli-rbm') opened.weights satisfies Float32Array;
if (opened.kind === 'score') (await opened.scores([0, 1], { sigma: 0.1 })) satisfies Float32Array;
const known = { data: { source: 'two-moons' }, model: { kind: 'energy', energy: { kind: 'mlp', layers: [8] } } } satisfies Job;
const energy: EnergyModel = (await train(known).result).model;
const drawn: RealSamples = await sample(energy, { count: 2, sampler: 'mala', stepSize: 0.1, start: 'noise' });
drawn.values satisfies Float32Array;
(await energy.energies(drawn.values)) satisfies Float64Array;
(await evaluate(energy, { betas: 100 })).divergence satisfies number | null;
const samples: Samples = await sample('runs/mine', { count: 2, method: 'ode', known: { mask: [1], values: [0] } });
if (samples.kind === 'real') samples.acceptance satisfies number | null;
else samples.bits satisfies Uint8Array;
if ((await run.result.catch((error: unknown) => error)) instanceof RunError) gaps.pop();

// @ts-expect-error a job needs data
train({ model: { kind: 'bernoulli-rbm' } });
// @ts-expect-error a name that no job has
train({ data: { source: 'mnist' }, model: { kind: 'bernoulli-rbm', hiden: 5 } });
// @ts-expect-error a value that no job accepts
train({ data: { source: 'mnist', binarise: 'sometimes' }, model: { kind: 'bernoulli-rbm' } });
// @ts-expect-error samples need a count
await sample(model, {});
// @ts-expect-error a way from noise is a score model's
await sample(energy, { count: 1, method: 'ode' });
// @ts-expect-error a model is not to be written to
model.update = 3;
// @ts-expect-error nothing but the door can be imported
import { bytesOf } from 'ebm-fleet/dist/ebm/rbm/bits.js';
bytesOf(1);
`;

/** The TypeScript that a page shows, its pieces one after the other. */
function programOf(page: string): string {
  const pieces = [...readFileSync(page, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, piece]) => piece);
  assert.ok(pieces.length > 0, page);
  return pieces.join('\n');
}

test('its declarations compile, strictly and with every library checked; mistakes do not', () => {
  const folder = strangersProject();
  writeFileSync(join(folder, 'use.ts'), USE);
  for (const page of ['README.md', 'docs/library.md', 'docs/energies.md']) writeFileSync(join(folder, `${basename(page)}.ts`), programOf(page));
  assert.equal(compile(folder, 'use.ts', 'README.md.ts', 'library.md.ts', 'energies.md.ts'), '');
});
