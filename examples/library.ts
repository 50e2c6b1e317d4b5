// ebm-fleet as a library: a job is a value, a run is an async iterator, and the trained model is what comes out of it.
// Here it is compiled and run by the tests; in a project of your own it needs `npm install ebm-fleet` and nothing else.
import { evaluate, RunError, sample, train, type Job } from 'ebm-fleet';

// Everything but `source` and `kind` has a default; your editor knows the fields.
const job = {
  name: 'library',
  data: { source: 'mnist' },
  model: { kind: 'bernoulli-rbm', hidden: 16 },
  train: { objective: 'pcd', updates: 600, optimiser: { learningRate: 0.05 } },
  evaluate: { every: 0, logPartition: { kind: 'exact' } },
} satisfies Job;

// Training begins at once. Without a directory nothing is written; with `{ directory: 'runs/mine' }` the run can be resumed.
const run = train(job);
try {
  for await (const event of run) {
    if (event.kind === 'started') console.log(`${event.rows} rows, ${event.updates} updates on ${event.threads} threads`);
    if (event.kind === 'progress') console.log(`update ${event.update}: energy gap ${event.energyGap?.toFixed(2) ?? '-'} nats`);
  }
} catch (error) {
  // Thrown by the loop after the event `failed`, and by `run.result`.
  if (error instanceof RunError) console.error(`training failed after ${error.update} updates (${error.code})`);
  throw error;
}

const { kind, facts, model } = await run.result;
console.log(`${kind}: W is ${model.visible} x ${model.hidden}, first visible bias ${model.visibleBias[0]?.toFixed(3) ?? '-'} nats`);
if (kind === 'finished') console.log(`parameters ${facts.parameters}`);

// Log-likelihood of the test set in nats a picture, exact for so few hidden units.
const { testLogLikelihood } = await evaluate(model);
if (testLogLikelihood !== null && 'exact' in testLogLikelihood) console.log(`test log-likelihood ${testLogLikelihood.exact?.toFixed(2) ?? '-'} nats`);

// New pictures; then lower halves, given an upper half that is empty.
const { means } = await sample(model, { count: 4, steps: 200, seed: 7 });
console.log(`mean intensity of 4 samples: ${(means.reduce((sum, x) => sum + x, 0) / means.length).toFixed(3)}`);
const upper = Uint8Array.from({ length: model.visible }, (_, i) => (i < model.visible / 2 ? 1 : 0));
const { bits } = await sample(model, { count: 4, known: { mask: upper, values: new Uint8Array(model.visible) } });
console.log(`pixels on in 4 lower halves: ${bits.reduce((sum, bit) => sum + bit, 0)}`);

// To stop early, abort a signal, or leave the loop: the update is finished, and the result is the model as far as it is trained.
const stop = new AbortController();
const longer = train({ ...job, train: { epochs: 100 } }, { signal: stop.signal });
for await (const event of longer) if (event.kind === 'progress') stop.abort();
const stopped = await longer.result;
console.log(`${stopped.kind} after ${stopped.model.update > 0 ? 'some' : 'no'} updates`);
