// Runs of continuous models on another device class than they began on: refused with both named, unless the job lets its bits depend on it; then the
// ledger says who computed what. The classes are those of two engines.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { bits, folder, jsonLines, last, messages, set } from './support.ts';

const SETTINGS = `name: tiny
data: { source: eight-gaussians }
model: { kind: energy, energy: { kind: quadratic } }
train: { objective: pcd, chains: 24, batch: 12, microbatch: 4, steps: 2, updates: 12 }
evaluate: off
checkpoint: { every: 4 }
ledger: { every: 2 }
resources: { engine: reference }
`;
const OTHER = set('resources.engine=wasm');

describe('a continuous run and device classes', { concurrency: 1 }, () => {
  const here = folder();
  const begun = async (name: string): Promise<string> => {
    await here.run(['train', 'tiny.yaml', '--out', name], { kind: 'checkpoint', count: 1, signal: 'SIGKILL' });
    return name;
  };
  before(() => { writeFileSync(here.file('tiny.yaml'), SETTINGS); });
  after(() => { here.remove(); });

  test('its ledger says by whom it was computed', async () => {
    await here.run(['train', 'tiny.yaml', '--out', 'whole']);
    const asides = jsonLines(here.file('whole', 'ledger.jsonl')).map(({ aside }) => aside as Readonly<Record<string, unknown>>);
    assert.deepEqual([...new Set(asides.map(({ engine, deviceClass }) => `${String(engine)} on ${String(deviceClass)}`))].map((text) => / on javascript$/.test(text)), [true]);
    assert.equal(last(await here.run(['verify', 'whole']), 'verified')['equal'], true);
  });

  test('resume goes on in its class and refuses another one, and says what to do', async () => {
    const run = await begun('killed');
    const refused = await here.run(['resume', run, ...OTHER]);
    const { code, message, advice } = last(refused, 'failed');
    assert.deepEqual([refused.status, code], [2, 'device-class']);
    assert.match(String(message), /^the run was computed by \S+ on javascript, and this machine computes by tfjs\S* .* on tfjs-wasm .*: a continuous model has the same bits within one device class only$/);
    assert.match(String(advice), /--set resources\.mixedClasses=true/);
    const resumed = await here.run(['resume', run, ...set('resources.engine=reference')]);
    assert.deepEqual(bits(resumed), bits(await here.run(['train', 'tiny.yaml', '--out', 'again'])));
  });

  test('with resources.mixedClasses it goes on, and the ledger notes who joined', async () => {
    const run = await begun('mixed');
    const resumed = await here.run(['resume', run, ...OTHER, ...set('resources.mixedClasses=true')]);
    assert.equal(resumed.status, 0, resumed.stdout);
    assert.match(String(last(resumed, 'finished')['engine']), /^reference\S* \+ tfjs/);
    const classes = jsonLines(here.file(run, 'ledger.jsonl')).map(({ aside }) => String((aside as Readonly<Record<string, unknown>>)['deviceClass']));
    assert.deepEqual([classes[0], classes.at(-1)?.startsWith('javascript + tfjs-wasm')], ['javascript', true]);
    const verified = await here.run(['verify', run]);
    assert.match(messages(verified)[0] ?? '', /^device classes may be mixed in this run \(resources\.mixedClasses\)/);
    assert.equal(last(verified, 'verified')['equal'], false);
  });

  test('verify refuses to compare with another class than the ledger names', async () => {
    here.copy('whole', 'stranger');
    const ledger = here.file('stranger', 'ledger.jsonl');
    writeFileSync(ledger, readFileSync(ledger, 'utf8').replaceAll('"deviceClass":"javascript"', '"deviceClass":"abacus"'));
    const refused = await here.run(['verify', 'stranger']);
    assert.deepEqual([refused.status, last(refused, 'failed')['code']], [2, 'device-class']);
    assert.match(String(last(refused, 'failed')['message']), /on abacus, and this machine computes by/);
  });
});
