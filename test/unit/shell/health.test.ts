// The trace of the chains: taken at fixed updates, in windows, and forgotten when the run goes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChainHealth, drawEvery, type ChainFigures, type Traced } from '../../../coordinator/shell/health.ts';
import { fillWords } from '../../../ebm/random/address.ts';

const CHAINS = 8;
/** Draws of a window. */
const WINDOW = 50;

/** Independent chains; `stuck`: each keeps the state that it has at the start. */
function chainsAt(version: number, stuck: boolean, count = CHAINS): Traced {
  const words = new Uint32Array(count);
  fillWords([1, 2], { id: stuck ? 0 : version, halfStep: 0, word3: 0 }, words);
  return { count, traceOf: (chain) => words[chain]! };
}

function figuresAfter(updates: number, every: number, stuck = false): readonly { readonly version: number; readonly figures: ChainFigures }[] {
  const health = new ChainHealth(every);
  return Array.from({ length: updates }, (_, i) => ({ version: i + 1, figures: health.observe(i + 1, chainsAt(i + 1, stuck)) }))
    .flatMap(({ version, figures }) => (figures === null ? [] : [{ version, figures }]));
}

test('a window of 50 draws, one every so many updates, gives one pair of figures', () => {
  assert.deepEqual(figuresAfter(500, 5).map(({ version }) => version), [250, 500]);
});

test('independent draws have R-hat near 1 and an effective sample size near their number', () => {
  const [window] = figuresAfter(WINDOW, 1);
  assert.ok(window!.figures.rHat! > 0.99 && window!.figures.rHat! < 1.03, String(window!.figures.rHat));
  assert.ok(window!.figures.chainEss! > 0.6 * WINDOW * CHAINS, String(window!.figures.chainEss));
});

test('chains that never move have no R-hat near 1', () => {
  const [window] = figuresAfter(WINDOW, 1, true);
  assert.ok(window!.figures.rHat === null || window!.figures.rHat > 2, String(window!.figures.rHat));
});

test('a run that goes back starts its window anew', () => {
  const health = new ChainHealth(1);
  for (let version = 1; version < WINDOW; version += 1) assert.equal(health.observe(version, chainsAt(version, false)), null);
  health.restart();
  assert.equal(health.observe(WINDOW, chainsAt(WINDOW, false)), null);
});

test('a single chain, or none, has no figures', () => {
  const health = new ChainHealth(1);
  for (let version = 1; version <= WINDOW; version += 1) assert.equal(health.observe(version, chainsAt(version, false, version % 2)), null);
});

test('a window with a state that is not a number has no figures, and the next one has', () => {
  const health = new ChainHealth(1);
  const odd: Traced = { count: CHAINS, traceOf: (chain) => (chain === 3 ? Infinity : chain) };
  for (let version = 1; version < WINDOW; version += 1) health.observe(version, chainsAt(version, false));
  assert.deepEqual(health.observe(WINDOW, odd), { rHat: null, chainEss: null });
  const figures = Array.from({ length: WINDOW }, (_, i) => health.observe(WINDOW + 1 + i, chainsAt(WINDOW + 1 + i, false))).at(-1);
  assert.ok(figures!.rHat! > 0.99);
});

test('draws are taken five times a line of the ledger, and not before every chain has moved', () => {
  assert.deepEqual([drawEvery({ ledger: { every: 100 } }, 1), drawEvery({ ledger: { every: 3 } }, 1), drawEvery({ ledger: { every: 100 } }, 50)], [20, 1, 50]);
});
