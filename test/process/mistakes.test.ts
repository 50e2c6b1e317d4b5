// What a user can get wrong, through the real command line with the real actions: each ends with exit code 2, nothing on disk, and a
// message that says what is wrong, where, and what is accepted. One case a kind, most of them in this process, to save their starting;
// the modules' own tests have the details.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { bytesOfNumbers, idxBytes, npyBytes, npzBytes, pngBytes, safetensorsBytes } from '../unit/data/fixtures.ts';
import { assertRefused, blocks, csv, folder, last, set } from './support.ts';

type Case = readonly [what: string, code: string, message: RegExp, words?: readonly string[]];
type FileCase = readonly [what: string, file: string, content: string | Uint8Array, code: string, message: RegExp];

const BITS = Uint8Array.from(blocks().flat());
const floats = (change: (value: number, index: number) => number = (value) => value): Uint8Array => npyBytes({ descr: '<f4', shape: [60, 12], data: bytesOfNumbers(Float32Array.from(BITS, change)) });
const table = (change: (value: number, row: number, column: number) => number | string): string => csv(blocks().map((row, r) => row.map((value, c) => change(value, r, c))));

const JOBS: readonly FileCase[] = [
  ['fields that there are not, wrong types and values out of range, all at once', 'several.yaml', 'data: { source: data.csv }\nmodel: { kind: bernoulli-rbn, hiden: 5 }\ntrain:\n  steps: 0\n  batch: ten\n',
    'job-invalid', /several\.yaml has 4 problems:\n {2}model\.kind \(line 2\): "bernoulli-rbn" is not one of the choices\. Accepted: .*Did you mean bernoulli-rbm\?\n {2}model\.hiden \(line 2\): no such field\. .*Did you mean model\.hidden\?\n {2}train\.steps \(line 4\): 0 is too small\. .*\n {2}train\.batch \(line 5\): "ten" is not a number/],
  ['a job without data and model', 'bare.yaml', 'name: bare\n', 'job-invalid', /data\.source: is missing.*\n.*model\.kind: is missing/],
  ['a job that is empty', 'empty.yaml', '', 'job-unreadable', /empty\.yaml: is empty where a job belongs\. Accepted: a section with at least data\.source and model\.kind\.$/],
  ['a job that is not YAML', 'malformed.yaml', 'data: { source: [\n', 'job-invalid', /malformed\.yaml.*line/s],
  ['a job of a newer format', 'newer.yaml', 'formatVersion: 2\nsurprise: yes\n', 'job-too-new', /newer\.yaml: formatVersion \(line 1\): 2 was written by a newer ebm; this one reads formats up to 1/],
];

const SETTINGS: readonly Case[] = [
  ['epochs and updates at once', 'job-invalid', /the length of the run is set twice/, set('train.epochs=2', 'train.updates=5')],
  ['chains with cd', 'job-invalid', /train\.chains.*8 chains cannot persist with objective cd/, set('train.objective=cd', 'train.chains=8')],
  ['no binarising for binary units', 'job-invalid', /data\.binarise.*none is for continuous models/, set('data.binarise=none')],
  ['a setting of another optimiser', 'job-invalid', /train\.optimiser\.beta1.*0\.5 does not apply to the sgd optimiser/, set('train.optimiser.beta1=0.5')],
  ['a warm-up that is longer than the run', 'job-invalid', /train\.optimiser\.warmup: the rate would still be rising when the run ends, after 60 updates/, set('train.optimiser.warmup=60')],
  ['more rows held out than there are', 'split', /data\.validation: 60 of the 60 training rows are to be held out, which leaves none; accepted: 0 to 59/, set('data.validation=60')],
  ['log Z by enumeration of too many units', 'job-invalid', /evaluate\.logPartition\.kind: log Z of 24 visible and 30 hidden units cannot be enumerated\. Accepted: exact with at most 20 units in one layer, or ais/, set('data.source=wide.csv', 'model.hidden=30')],
  ['RAISE without a test set', 'job-invalid', /evaluate\.logPartition\.raise: RAISE is measured on the test set, and this data has none/, set('evaluate.logPartition={ raise: true }')],
  ['a name that is no name of a directory', 'job-invalid', /name \(--set name=a\/b\): "a\/b" is not such a text/, set('name=a/b')],
  ['--set without a value', 'job-invalid', /train\.steps \(--set train\.steps\): has no value/, set('train.steps')],
  ['--set of no field', 'job-invalid', /train\.step \(--set train\.step=2\): no such field.*Did you mean train\.steps\?/, set('train.step=2')],
  ['data that are not there', 'missing', /nothing\.csv.*no such file/s, set('data.source=nothing.csv')],
  ['a built-in name that is not one', 'missing', /mnits/, set('data.source=mnits')],
  ['more memory than there is', 'not-enough-memory', /^the run needs about 3\d\d GB of memory, and [\d.]+ [GM]B are free$/, set('model.hidden=65536', 'train.chains=131072', 'train.batch=1048576')],
  ['more disk than there is', 'not-enough-disk', /^the run needs about [\d.]+ TB of disk, and [\d.]+ [GM]B are free on the disk of .+$/, set('train.updates=4000000000', 'ledger.every=1', 'checkpoint.every=4000000000', 'evaluate=off')],
  ['no threads', 'invalid-argument', /'--threads <N>' argument '0' is invalid\. Accepted: a whole number from 1 to/, ['--threads', '0']],
  ['an address to serve at that is none', 'listen-address', /^--serve is "here", which is no address to listen on$/, ['--serve', 'here']],
  ['a port that there is not', 'listen-address', /^--serve is "127\.0\.0\.1:65536"/, ['--serve', '127.0.0.1:65536']],
  ['half a worker', 'invalid-argument', /'--workers <N>' argument '1\.5' is invalid/, ['--workers', '1.5']],
  ['a flag that there is not', 'unknown-option', /unknown option '--thread'\. Did you mean --threads\?/, ['--thread', '2']],
];

const DATA: readonly FileCase[] = [
  ['a format that is not known', 'data.txt', '0 1\n', 'unknown-format', /data\.txt/],
  ['an empty file', 'empty.csv', '', 'empty-file', /empty\.csv: the file is empty/],
  ['NaN in a CSV', 'nan.csv', table((value, row, column) => (row === 3 && column === 2 ? 'NaN' : value)), 'not-finite', /nan\.csv: line 4, column 3: the value is NaN/],
  ['text in a CSV', 'text.csv', table((value, row, column) => (row === 1 && column === 0 ? 'on' : value)), 'not-a-number', /text\.csv: line 2, column 1: the cell is "on"/],
  ['values beyond 1', 'beyond.csv', table((value, row, column) => (row === 7 && column === 11 ? 1.5 : value)), 'out-of-range', /beyond\.csv: .*the value is 1\.5/],
  ['lines of different lengths', 'ragged.csv', '0,1,0\n1,0\n', 'width-mismatch', /ragged\.csv: line 2: the line has 2 columns, and line 1 has 3/],
  ['a table without rows', 'none.npy', npyBytes({ descr: '<f4', shape: [0, 12], data: new Uint8Array(0) }), 'no-rows', /none\.npy: there are 0 rows/],
  ['NaN in an array', 'nan.npy', floats((value, index) => (index === 25 ? NaN : value)), 'not-finite', /nan\.npy: row 2, column 1 \(from 0\), byte 228: the value is NaN/],
  ['a negative value', 'negative.npy', floats((value, index) => (index === 0 ? -0.25 : value)), 'out-of-range', /negative\.npy: row 0, column 0 \(from 0\), byte 128: the value is -0\.25/],
  ['an array of the wrong shape', 'shape.npy', npyBytes({ descr: '<f4', shape: [60, 3, 2, 2], data: new Uint8Array(4 * 720) }), 'wrong-shape', /shape\.npy: the shape is/],
  ['an array that ends too early', 'short.npy', floats().subarray(0, 1_000), 'truncated', /short\.npy: .*the data end after \d+ bytes of the 2880/],
  ['an array with more behind it', 'long.npy', Uint8Array.from([...floats(), 0]), 'trailing-bytes', /long\.npy: byte 3008: 1 bytes follow the 2880/],
  ['something else under the name of an array', 'other.npy', 'no array at all', 'wrong-magic', /other\.npy: byte 0: the first bytes are 6e 6f 20 61 72 72; accepted: 93 4e 55 4d 50 59, an \.npy file/],
  ['Python objects', 'pickled.npy', npyBytes({ descr: '|O', shape: [60, 12], data: new Uint8Array(100) }), 'pickled', /pickled\.npy: .*pickled Python objects/],
  ['bytes that are only 0 and 1', 'scale.npy', npyBytes({ descr: '|u1', shape: [60, 12], data: BITS }), 'ambiguous-scale', /scale\.npy: every value is 0 or 1/],
  ['an archive with several arrays', 'several.npz', npzBytes({ one: floats(), two: floats() }), 'ambiguous-array', /several\.npz/],
  ['an archive that ends too early', 'short.npz', npzBytes({ x_train: floats() }).subarray(0, 500), 'truncated', /short\.npz/],
  ['training and test rows of different widths', 'widths.npz', npzBytes({ x_train: floats(), x_test: npyBytes({ descr: '<f4', shape: [2, 3], data: new Uint8Array(24) }) }), 'width-mismatch', /widths\.npz/],
  ['an IDX file that ends too early', 'short.idx', idxBytes(8, [60, 12], new Uint8Array(719)), 'truncated', /short\.idx: .*719 bytes of the 720/],
  ['an IDX file that is none', 'other.idx', new Uint8Array(20).fill(7), 'wrong-magic', /other\.idx: byte 0: the first bytes are 07 07 07 07/],
  ['a safetensors file that ends too early', 'short.safetensors', safetensorsBytes({ data: { dtype: 'F32', shape: [60, 12], data: new Uint8Array(2_880) } }).subarray(0, 40), 'truncated', /short\.safetensors/],
];

describe('ebm train refuses', { concurrency: 2 }, () => {
  const here = folder();
  writeFileSync(here.file('wide.csv'), csv(blocks().map((row) => [...row, ...row])));
  after(() => { here.remove(); });

  async function refused(words: readonly string[], code: string, message: RegExp): Promise<void> {
    await assertRefused(['train', ...words, '--out', here.file('out')], code, message);
    assert.equal(existsSync(here.file('out')), false, 'no run directory was begun');
  }
  const job = here.file('job.yaml');

  for (const [what, file, content, code, message] of JOBS) {
    test(what, async () => {
      writeFileSync(here.file(file), content);
      await refused([here.file(file)], code, message);
    });
  }

  for (const [what, code, message, words = []] of SETTINGS) test(what, () => refused([job, ...words], code, message));

  for (const [what, file, content, code, message] of DATA) {
    test(what, async () => {
      writeFileSync(here.file(file), content);
      await refused([job, ...set(`data.source=${file}`)], code, message);
    });
  }

  test('folders without pictures, and with pictures of different sizes', async () => {
    mkdirSync(here.file('folder'));
    await refused([job, ...set('data.source=folder')], 'no-pictures', /folder: the folder is empty/);
    writeFileSync(here.file('folder', 'a.png'), pngBytes({ width: 2, height: 2, colour: 0, depth: 8, rows: [Uint8Array.of(0, 255), Uint8Array.of(255, 0)] }));
    writeFileSync(here.file('folder', 'b.png'), pngBytes({ width: 3, height: 1, colour: 0, depth: 8, rows: [Uint8Array.of(0, 255, 0)] }));
    await refused([job, ...set('data.source=folder')], 'width-mismatch', /b\.png: the picture is 3 wide and 1 high/);
  });

  test('an address to listen on that is none, before any server is looked for', async () => {
    for (const role of ['coordinator', 'worker']) await assertRefused([role, '--listen', 'here', '--nats', 'nats://127.0.0.1:1'], 'listen-address', /--listen \(or EBM_LISTEN\) is "here"/);
  });

  test('to begin without a job', async () => {
    await refused([], 'missing-argument', /missing required argument 'FILE'/);
    await refused([here.file('none.yaml')], 'job-unreadable', /none\.yaml: there is no such file/);
  });
});

describe('ebm as a process', { concurrency: 2 }, () => {
  const here = folder();
  after(() => { here.remove(); });

  test('ends with 2 and says on stderr what was wrong, where, what is accepted and what is near', async () => {
    writeFileSync(here.file('job.yaml'), 'data: { source: data.csv }\nmodel: { kind: bernoulli-rbm }\ntrian: { steps: 2 }\n');
    for (const [words, message] of [
      [['trian', 'job.yaml'], "error: unknown command 'trian'. Did you mean train?\nSee `ebm --help`.\n"],
      [['train', 'job.yaml'], /^error: job\.yaml: trian \(line 3\): no such field\. Accepted: [^.]*train[^.]*\. Did you mean train\?\n$/],
      [['train', 'job.yaml', '--threads', '0'], /^error: option '--threads <N>' argument '0' is invalid\. Accepted: a whole number from 1 to \d+\.\nSee `ebm train --help`\.\n$/],
    ] as const) {
      const { status, stdout, stderr } = await here.text(words);
      assert.deepEqual([status, stdout], [2, '']);
      if (typeof message === 'string') assert.equal(stderr, message);
      else assert.match(stderr, message);
    }
  });

  test('ends with 2 and one line of JSON that has every problem by itself', async () => {
    const end = await here.run(['train', 'data.csv']);
    const { code, problems } = last(end, 'failed');
    assert.deepEqual([end.status, end.stderr, end.lines.length, code], [2, '', 1, 'job-unreadable']);
    assert.ok(Array.isArray(problems) && problems.length === 1);
  });
});
