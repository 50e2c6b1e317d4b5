import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from 'fast-png';
import fc from 'fast-check';
import { gridFor } from '../../../cli/pictures/grid.ts';
import { filterCaption, filterMosaic, filterUnits, sampleMosaic, squareShape } from '../../../cli/pictures/mosaic.ts';
import { blankPicture, encodePng } from '../../../cli/pictures/picture.ts';
import type { Picture } from '../../../cli/pictures/picture.ts';
import { previewSamples } from '../../../cli/pictures/preview.ts';

const pixel = (picture: Picture, x: number, y: number): number[] =>
  [...picture.pixels.subarray((y * picture.width + x) * picture.channels, (y * picture.width + x + 1) * picture.channels)];

/** Tile t of 2 x 3 cells is t * 0.1 everywhere but its first cell, which is 1. */
function marked(count: number): Float64Array {
  return Float64Array.from({ length: count * 6 }, (_, at) => (at % 6 === 0 ? 1 : Math.floor(at / 6) * 0.1));
}

test('every cell of every tile is at its place, enlarged, with borders between', () => {
  const picture = sampleMosaic({ values: marked(5), count: 5, visible: 6, full: 1, shape: { height: 2, width: 3 } }, { columns: 3, scale: 4 });
  assert.deepEqual([picture.width, picture.height, picture.channels], [3 * 14 + 2, 2 * 10 + 2, 1]);
  for (let tile = 0; tile < 5; tile++) {
    const left = 2 + (tile % 3) * 14;
    const top = 2 + Math.floor(tile / 3) * 10;
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 12; x++) {
        const expected = x < 4 && y < 4 ? 255 : Math.round(tile * 0.1 * 255);
        assert.deepEqual(pixel(picture, left + x, top + y), [expected]);
      }
    }
    assert.deepEqual(pixel(picture, left - 1, top), [72]);
    assert.deepEqual(pixel(picture, left, top - 1), [72]);
  }
  assert.deepEqual(pixel(picture, picture.width - 5, picture.height - 5), [72], 'the sixth place is empty');
});

test('thresholds and means of the same probabilities draw the same picture', () => {
  const means = Float64Array.from({ length: 64 }, (_, at) => at / 64);
  const thresholds = Int32Array.from(means, (mean) => mean * 65536);
  const shape = squareShape(16);
  const samples = { count: 4, visible: 16, shape };
  assert.deepEqual(sampleMosaic({ ...samples, values: means, full: 1 }), sampleMosaic({ ...samples, values: thresholds, full: 65536 }));
});

test('values beyond black and white are clamped, and a value that is not finite is refused by its place', () => {
  const picture = sampleMosaic({ values: [-1, 2, 0, 1], count: 1, visible: 4, full: 1, shape: { height: 2, width: 2 } }, { scale: 1 });
  assert.deepEqual([1, 2].flatMap((y) => [1, 2].flatMap((x) => pixel(picture, x, y))), [0, 255, 0, 255]);
  const bad = { values: [0, 1, NaN, 1], count: 1, visible: 4, full: 1, shape: null };
  assert.throws(() => sampleMosaic(bad), { name: 'RangeError', message: /value 2 .* NaN/ });
});

test('lengths that do not fit, no samples and pictures without end are refused', () => {
  const one = { count: 1, visible: 4, full: 1, shape: { height: 2, width: 2 } };
  assert.throws(() => sampleMosaic({ ...one, values: [1, 2, 3] }), /1 tiles of 4 cells are 4 values, not 3/);
  assert.throws(() => sampleMosaic({ ...one, values: [], count: 0 }), /at least one tile/);
  assert.throws(() => sampleMosaic({ ...one, values: [0, 0, 0, 0], shape: { height: 3, width: 2 } }), /tiles of 4 cells are not 3 x 2/);
  assert.throws(() => filterMosaic({ weights: [1], visible: 2, hidden: 2, shape: null, most: 9, scale: 'tile' }), /are 4 values, not 1/);
  assert.throws(() => blankPicture(10_000, 10_000, [0]), /above the limit/);
});

test('the bytes are a PNG of exactly these pixels, and the same every time', () => {
  const picture = sampleMosaic({ values: marked(7), count: 7, visible: 6, full: 1, shape: { height: 2, width: 3 } });
  const bytes = encodePng(picture);
  const read = decode(bytes, { checkCrc: true });
  assert.deepEqual([read.width, read.height, read.channels, read.depth], [picture.width, picture.height, 1, 8]);
  assert.deepEqual(Uint8Array.from(read.data), picture.pixels);
  assert.deepEqual(encodePng(picture), bytes);
  const coloured = blankPicture(3, 2, [1, 2, 3]);
  assert.deepEqual(Uint8Array.from(decode(encodePng(coloured)).data), coloured.pixels);
});

test('a grid has a place for every tile, no empty row, and is never a long ribbon', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 64 }), (count, side) => {
    const grid = gridFor(count, { height: side, width: side });
    assert.ok(grid.columns * grid.rows >= count);
    assert.ok((grid.rows - 1) * grid.columns < count);
    assert.ok(count < 12 || Math.max(grid.columns / grid.rows, grid.rows / grid.columns) <= 2.5, `${grid.columns} x ${grid.rows} for ${count}`);
    assert.ok(grid.scale >= 1 && Number.isInteger(grid.scale));
  }), { seed: 11, numRuns: 300 });
  assert.deepEqual(gridFor(100, { height: 28, width: 28 }), { columns: 10, rows: 10, scale: 2, borderPx: 2 });
  assert.deepEqual(gridFor(16, { height: 4, width: 4 }), { columns: 4, rows: 4, scale: 16, borderPx: 2 });
});

test('only squares of side 4 or more are taken for pictures without being told', () => {
  assert.deepEqual(squareShape(784), { height: 28, width: 28 });
  assert.deepEqual(squareShape(16), { height: 4, width: 4 });
  for (const visible of [1, 4, 9, 15, 17, 783, 785]) assert.equal(squareShape(visible), null);
});

test('data without a shape becomes a strip: a row a sample, a column a unit, numbered', () => {
  const values = Float64Array.from({ length: 3 * 12 }, (_, at) => (at % 12 === 0 ? 1 : 0));
  const picture = sampleMosaic({ values, count: 3, visible: 12, full: 1, shape: null });
  const left = 8 + 12;
  const top = 10 + 12;
  for (let row = 0; row < 3; row++) {
    assert.deepEqual(pixel(picture, left + 5, top + row * 20 + 5), [255]);
    assert.deepEqual(pixel(picture, left + 25, top + row * 20 + 5), [0]);
  }
  // The first label is a 0: its corner is lit, its middle is not.
  assert.deepEqual(pixel(picture, left, 6), [255]);
  assert.deepEqual(pixel(picture, left + 3, 6 + 5), [40]);
});

test('a strip of very many units stays within a screen or has one pixel a unit', () => {
  const picture = sampleMosaic({ values: new Float64Array(2 * 2000), count: 2, visible: 2000, full: 1, shape: null });
  assert.ok(picture.width >= 2000 && picture.width < 2100);
});

test('filters are the columns of W: blue below zero, white at zero, orange above', () => {
  const weights = [-2, 0, 0, 4, 1, 0, 0, 0]; // visible 4, hidden 2: unit 0 has -2, 0, 1, 0; unit 1 has 0, 4, 0, 0
  const filters = { weights, visible: 4, hidden: 2, shape: { height: 2, width: 2 }, most: 10 };
  const own = filterMosaic({ ...filters, scale: 'tile' }, { columns: 2, scale: 1 });
  assert.equal(own.channels, 3);
  assert.deepEqual(pixel(own, 1, 1), [12, 74, 150]);
  assert.deepEqual(pixel(own, 2, 1), [255, 255, 255]);
  assert.deepEqual(pixel(own, 1, 2), [216, 159, 130], 'half of the scale of unit 0');
  assert.deepEqual(pixel(own, 5, 1), [176, 62, 4]);
  const common = filterMosaic({ ...filters, scale: 'common' }, { columns: 2, scale: 1 });
  assert.deepEqual(pixel(common, 1, 1), [134, 165, 203], 'half of the scale of all');
  assert.deepEqual(pixel(common, 5, 1), [176, 62, 4]);
});

test('one odd weight does not bleach its filter, and a filter of zeros is white', () => {
  const weights = new Float64Array(400 * 2).fill(0);
  for (let row = 0; row < 400; row++) weights[row * 2] = row === 7 ? 1000 : 1;
  const picture = filterMosaic({ weights, visible: 400, hidden: 2, shape: { height: 20, width: 20 }, most: 2, scale: 'tile' }, { columns: 2, scale: 1 });
  assert.deepEqual(pixel(picture, 1, 1), [176, 62, 4]);
  assert.deepEqual(pixel(picture, 22, 1), [255, 255, 255]);
});

test('of many filters an evenly spaced choice is drawn, and the caption says so', () => {
  assert.deepEqual(filterUnits(500, 5), [0, 100, 200, 300, 400]);
  assert.deepEqual(filterUnits(3, 5), [0, 1, 2]);
  fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 200 }), (hidden, most) => {
    const units = filterUnits(hidden, most);
    assert.equal(new Set(units).size, Math.min(hidden, most));
    assert.ok(units.every((unit) => unit >= 0 && unit < hidden));
  }), { seed: 12 });
  assert.match(filterCaption({ hidden: 500, most: 100, scale: 'tile' }), /100 of 500 hidden units, evenly spaced.*scale of its own/);
  assert.match(filterCaption({ hidden: 16, most: 100, scale: 'common' }), /all 16 hidden units.*one symmetric scale/);
});

test('a preview puts two rows of cells on a line, and as many samples beside each other as fit', () => {
  const samples = { values: [0, 1, 1, 1, 0.5, 0, ...marked(1)], count: 2, visible: 6, full: 1, shape: { height: 3, width: 2 } };
  assert.equal(previewSamples(samples, { widthCharacters: 4, colours: false }), '▒█\n░ \n');
  assert.equal(previewSamples(samples, { widthCharacters: 5, colours: false }).split('\n')[0], '▒█ ▒ ');
  assert.equal(previewSamples(samples, { widthCharacters: 1, colours: false }), '');
  assert.equal(previewSamples({ ...samples, shape: null }, { widthCharacters: 80, colours: false }), '');
  const coloured = previewSamples(samples, { widthCharacters: 2, colours: true });
  assert.ok(coloured.startsWith('\u001b[38;5;232;48;5;255m▀\u001b[38;5;255;48;5;255m▀\u001b[0m\n'));
});
