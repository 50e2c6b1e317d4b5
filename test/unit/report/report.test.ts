import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { chosenSamples } from '../../../cli/report/pictures.ts';
import { REPORT_LIMITS } from '../../../cli/report/input.ts';
import type { ReportInput } from '../../../cli/report/input.ts';
import { renderReport } from '../../../cli/report/report.ts';
import { REPORT_SCRIPT } from '../../../cli/report/script.ts';
import { REPORT_STYLE } from '../../../cli/report/style.ts';
import type { ContinuousJob } from '../../../ebm/job.ts';
import { madeUpJob, madeUpMosaic, madeUpReport } from '../../support/report-input.ts';

/** The text of a section as a reader sees it, without tags. */
function sectionText(page: string, id: string): string {
  const found = new RegExp(`<section id="${id}">(.*?)</section>`, 's').exec(page);
  assert.ok(found, `section ${id}`);
  return found[1]!.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();
}

const embeddedData = (page: string): Record<string, unknown> =>
  JSON.parse(/<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(page)![1]!) as Record<string, unknown>;

const nothing: Partial<ReportInput> = {
  metrics: [], ledger: [], samples: [], data: null, filters: null, strip: null, warnings: [], versions: {},
  digests: { job: 'sha256:00', parameters: null, chains: null, ledger: null },
  results: { updates: 0, rollbacks: 0, branch: 0, testLogLikelihood: null, logPartition: null, samplesPerSecond: null, seconds: null, residentBytesMax: null },
};

test('equal inputs are equal bytes', () => {
  assert.equal(renderReport(madeUpReport()), renderReport(madeUpReport()));
});

test('the page names nothing outside itself, and its policy allows only its own style and script', () => {
  const page = renderReport(madeUpReport());
  assert.ok(!/\b(?:src|href)="(?!data:image\/png;base64,|#)/.test(page), 'every address is a picture inside or a place in the page');
  assert.ok(!/url\((?!#)|@import|https?:/.test(page));
  const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!.replace(/&#39;/g, "'");
  assert.equal(policy, `default-src 'none'; img-src data:; style-src ${digest(REPORT_STYLE)}; script-src ${digest(REPORT_SCRIPT)}; base-uri 'none'; form-action 'none'`);
  assert.ok(page.includes(`<style>${REPORT_STYLE}</style>`) && page.includes(`<script>${REPORT_SCRIPT}</script>`));
  assert.ok(!/\sstyle="|\son[a-z]+="/.test(page), 'inline attributes would be blocked');
});

test('what comes from a run can neither open nor close a tag, wherever it stands', () => {
  const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(2)><!-- ]]></title></style>\u2028&lt;`;
  const page = renderReport(madeUpReport({
    job: { ...madeUpJob, name: hostile, data: { ...madeUpJob.data, source: hostile }, facts: { ...madeUpJob.facts, digest: hostile } },
    directory: hostile, engine: hostile, writtenAt: hostile, warnings: [hostile], versions: { [hostile]: hostile },
    outcome: { kind: 'failed', code: hostile, message: hostile },
    digests: { job: hostile, parameters: hostile, chains: hostile, ledger: hostile },
    metrics: [{ kind: hostile, update: 1, branch: hostile, energyGap: hostile, [hostile]: 1 }, { update: 5, energyGap: 2, __proto__: null, constructor: hostile }],
    ledger: [{ update: hostile, branch: hostile, parameters: hostile, chains: hostile }],
    filters: { png: madeUpMosaic(1), caption: hostile }, strip: { png: madeUpMosaic(1), caption: hostile }, data: { png: madeUpMosaic(1), caption: hostile },
  }));
  const plain = renderReport(madeUpReport({ filters: { png: madeUpMosaic(1), caption: 'x' }, strip: { png: madeUpMosaic(1), caption: 'x' }, data: { png: madeUpMosaic(1), caption: 'x' } }));
  for (const tag of ['<script', '</script', '<style', '</style', '</title', '<!--', '<img']) {
    assert.equal(page.split(tag).length, plain.split(tag).length, `as many ${tag} as in a harmless report`);
  }
  assert.ok(!page.includes('onerror=alert(2)>'));
  assert.equal(embeddedData(page)['name'], hostile);
});

test('the commands to copy quote the directory, and the job file has a plain name', () => {
  const page = renderReport(madeUpReport({ directory: "my runs/it's", job: { ...madeUpJob, name: 'a/b $(x)' } }));
  const text = sectionText(page, 'reproduce');
  assert.ok(text.includes("ebm verify 'my runs/it'\\''s'"));
  assert.ok(text.includes('ebm train a_b___x_.yaml --out runs/a_b___x_-again'));
});

test('a finished run shows its figures, their error, what they may be relied on for, and the rest', () => {
  const text = sectionText(renderReport(madeUpReport()), 'outcome');
  assert.match(text, /−86\.12 ± 0\.21 nats a test row by AIS , 100 runs of 10,000 inverse temperatures; ± is one standard error of log Z/);
  assert.match(text, /−89\.31 nats a test row by RAISE , the conservative figure/);
  assert.match(text, /AIS is reliable here The effective sample size is 43\.1 of 100 runs \(43 %; 5 % is the least\)/);
  assert.match(text, /log Z = 473\.62 ± 0\.21 nats.*10,000 test rows/);
  assert.match(text, /Updates 6,000 of 6,000 Epochs 10 Time 2 min 11 s Samples a second 61,234 Memory, at most 312 MB Rollbacks 1 \(branch 1\)/);
  assert.match(text, /Warnings checkpoint 00001800 is damaged/);
});

test('an AIS figure that is not reliable is said to be, and does not come first', () => {
  const { results } = madeUpReport();
  const text = sectionText(renderReport(madeUpReport({ results: { ...results, testLogLikelihood: { ais: -79.2, raise: -104.5, reliable: false }, logPartition: { ...results.logPartition!, ess: 3.2 } } })), 'outcome');
  assert.ok(text.indexOf('−104.50') < text.indexOf('−79.20'));
  assert.match(text, /AIS is not reliable here The effective sample size is 3\.2 of 100 runs \(3\.2 %; 5 % is the least\)\. .* Compare models by RAISE/);
});

test('an exact figure is called exact, and needs no reliability', () => {
  const { results } = madeUpReport();
  const text = sectionText(renderReport(madeUpReport({ results: { ...results, testLogLikelihood: { exact: -142.561 }, logPartition: { kind: 'exact', mean: 310.18 } } })), 'outcome');
  assert.match(text, /−142\.56 nats a test row, exact : log Z by enumeration/);
  assert.ok(!/AIS|RAISE|reliable/.test(text));
});

test('reverse AIS is never called a bound', () => {
  const { results } = madeUpReport();
  const text = sectionText(renderReport(madeUpReport({ results: { ...results, testLogLikelihood: { ais: -86, reverse: -85, reliable: true } } })), 'outcome');
  assert.match(text, /−85\.00 nats a test row by reverse AIS ; its starts are no exact samples, so it is no bound/);
});

test('validation figures and the error of the choice of rows stand beside, where they are known', () => {
  const { results } = madeUpReport();
  const text = sectionText(renderReport(madeUpReport({ results: { ...results, validationLogLikelihood: { ais: -85.5, raise: null }, standardErrors: { annealing: 0.3, images: 0.412 } } })), 'outcome');
  assert.match(text, /−86\.12 ± 0\.30 nats/);
  assert.match(text, /On the validation rows: −85\.50 by AIS\. log Z = .*Other test rows of the same kind would move it by about 0\.41 \(one standard error\)\./);
});

test('a run of which nothing is known yet still opens, and says what is missing', () => {
  const page = renderReport(madeUpReport({ ...nothing, outcome: { kind: 'running' } }));
  assert.match(sectionText(page, 'outcome'), /was not measured\. ebm evaluate does it\. Updates 0 of 6,000 Epochs 0 Time unknown/);
  assert.match(sectionText(page, 'curves'), /Nothing was measured along the way/);
  assert.match(sectionText(page, 'digests'), /The ledger has no line yet/);
  assert.ok(!page.includes('<section id="samples">') && !page.includes('href="#samples"'));
  assert.ok(!/NaN|undefined|Infinity|\bnull\b/.test(page.replace(REPORT_SCRIPT, '').replace(/<script type.*?<\/script>/s, '')));
});

test('null figures of every kind are unknown, not zero', () => {
  const { results } = madeUpReport();
  const page = renderReport(madeUpReport({ results: { ...results, testLogLikelihood: { ais: null, raise: null, reliable: null }, logPartition: { kind: 'ais', mean: null, standardError: null, ess: null, runs: 100, betas: 10 } } }));
  assert.match(sectionText(page, 'outcome'), /was not measured/);
});

test('a failed run says why first; evaluation that is off is not missing', () => {
  const page = renderReport(madeUpReport({ ...nothing, outcome: { kind: 'failed', code: 'diverged', message: 'a weight left the grid' }, job: { ...madeUpJob, evaluate: 'off' } }));
  assert.match(sectionText(page, 'outcome'), /^Outcome diverged a weight left the grid The test log-likelihood was not measured: the job says evaluate: off/);
  assert.match(page, /<span class="badge bad">failed<\/span>/);
});

test('every setting of the compiled job is in the table with its unit and meaning', () => {
  const text = sectionText(renderReport(madeUpReport()), 'settings');
  const leaves = (value: unknown, path: string): string[] => (typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`)) : [path]);
  for (const path of leaves(madeUpJob, '').filter((leaf) => leaf !== 'facts.digest')) assert.ok(text.includes(`${path} `), path);
  assert.match(text, /train\.batch 100 rows Training rows an update\./);
  assert.match(text, /evaluate\.logPartition\.betas 10000 temperatures Inverse temperatures from 0 to 1\./);
});

test('the digests stand whole, and the ledger by its last lines', () => {
  const text = sectionText(renderReport(madeUpReport()), 'digests');
  for (const letter of ['a', 'b', 'c', 'd', 'e']) assert.ok(text.includes(`sha256:${letter.repeat(64)}`), letter);
  assert.match(text, /The last 12 of 60 lines/);
  assert.match(text, /6,000 1 sha256:999999999999… sha256:000000000000…$/);
});

test('a program may read the figures, the digests and the drawn values out of the page', () => {
  const input = madeUpReport();
  const data = embeddedData(renderReport(input));
  assert.deepEqual([data['formatVersion'], data['results'], data['digests'], data['outcome']], [1, input.results, input.digests, input.outcome]);
});

test('samples are the last one large and all of them in a row, with words for each', () => {
  const page = renderReport(madeUpReport());
  const pictures = [...page.matchAll(/<img ([^>]*)>/g)].map((found) => found[1]!);
  assert.equal(pictures.length, 1 + 10 + 1);
  assert.ok(pictures.every((attributes) => /alt="[^"]+"/.test(attributes)));
  const last = Buffer.from(madeUpReport().samples.at(-1)!.png).toString('base64');
  assert.ok(pictures[0]!.includes(last) && pictures[0]!.includes('id="frame"'));
});

test('of very many or very large mosaics a few are kept, the first and the last among them', () => {
  const many = Array.from({ length: 500 }, (_, at) => ({ update: at, png: new Uint8Array(1000) }));
  const chosen = chosenSamples(many);
  assert.deepEqual([chosen.length, chosen[0]!.update, chosen.at(-1)!.update], [REPORT_LIMITS.sampleFramesMax, 0, 499]);
  const large = many.slice(0, 40).map((sample) => ({ ...sample, png: new Uint8Array(1_000_000) }));
  assert.deepEqual(chosenSamples(large).map((sample) => sample.update), [0, 6, 11, 17, 22, 28, 33, 39]);
  const one = [{ update: 1, png: new Uint8Array(20_000_000) }];
  assert.deepEqual(chosenSamples([...one, ...one]), one, 'the last is always shown');
  assert.match(renderReport({ ...madeUpReport(), samplesLeftOut: 990 }), /10 of 1,000 mosaics, evenly spaced/);
});

test('a huge run makes a small page', () => {
  const metrics = Array.from({ length: 20_000 }, (_, at) => ({ kind: 'progress', update: at, branch: 0, energyGap: Math.sin(at), flipRate: 0.2, learningRate: 0.1, weightNorm: at, samplesPerSecond: 5, rHat: 1, chainEss: 1, reconstructionError: 1 }));
  const ledger = Array.from({ length: 20_000 }, (_, at) => ({ update: at }));
  const warnings = Array.from({ length: 5_000 }, (_, at) => `warning ${at}`);
  const page = renderReport(madeUpReport({ metrics, ledger, warnings, samples: [], filters: null }));
  assert.ok(page.length < 400_000, `${page.length} characters`);
  assert.match(sectionText(page, 'outcome'), /and 4,950 more$/);
});

const planarJob: ContinuousJob = {
  ...madeUpJob, name: 'moons', data: { source: 'two-moons', binarise: 'none', validation: 0 },
  model: { kind: 'energy', energy: { kind: 'mlp', layers: [64, 32], activation: 'swish' } },
  train: {
    ...madeUpJob.train, objective: 'pcd', microbatch: 100, gradientNormMax: null, spectralNorm: null, restart: 0, energyPenalty: 0,
    sampler: { kind: 'mala', stepSize: 0.01, noise: null, temperature: 1, leapfrogs: 10, clip: null, low: null, high: null }, start: { kind: 'normal', low: 0, high: 1, deviation: 1 },
  },
  evaluate: { every: 0, logPartition: { kind: 'quadrature', points: 200 } }, facts: { ...madeUpJob.facts, visible: 2, shape: [2] },
};

test('of an energy it says what is true of energies, and nothing that is only of Boltzmann machines', () => {
  const metrics = [10, 20].map((update) => ({ kind: 'progress', update, branch: 0, energyGap: -0.2, dataEnergy: -2.5, modelEnergy: -2.3, acceptance: 0.7, loss: null, flipRate: null, weightNorm: 12 }));
  const page = renderReport(madeUpReport({
    job: planarJob, filters: null, metrics: [...metrics, { kind: 'evaluated', update: 20, testLogLikelihood: { exact: -1.2 } }],
    results: { ...madeUpReport().results, testLogLikelihood: { exact: -1.2 }, validationLogLikelihood: { exact: -1.3 }, logPartition: { kind: 'quadrature', mean: 2.5 }, standardErrors: { annealing: 0, images: 0.01 } },
  }));
  const outcome = sectionText(page, 'outcome');
  assert.match(outcome, /−1\.20 nats a test row, log Z by quadrature/);
  assert.match(outcome, /On the validation rows: −1\.30 by quadrature\. log Z = 2\.50 nats\..*square around the training rows/);
  const curves = sectionText(page, 'curves');
  for (const title of ['Energy of the data', 'Energy of the chains', 'Acceptance', 'Norm of the parameters']) assert.ok(curves.includes(title), title);
  assert.match(sectionText(page, 'samples'), /Points are chains; brightness/);
  assert.match(sectionText(page, 'settings'), /model\.energy\.layers 64, 32 Widths of the dense layers \(mlp\)\. model\.energy\.activation/);
  const text = page.replace(/<style>.*?<\/style>|<script.*?<\/script>/gs, '').replace('with binary visible and hidden units', ''); // what the other kind of model is, in the table of settings
  for (const wrong of [/grid parameters/, /hidden units/, /chains\u2019 means/, /mosaic/i, /AIS errs/, /Norm of the weights/, /mix of engines/, /Flip rate/, /Loss/]) assert.doesNotMatch(text, wrong);
});
