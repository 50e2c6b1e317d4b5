import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { csvSource } from '../../../platform/data/csv.ts';
import type { RawData } from '../../../platform/data/data.ts';
import { DATA_LIMITS, type DataLimits } from '../../../platform/data/limits.ts';
import { folderWith, refuses } from './fixtures.ts';

async function read(context: TestContext, text: string, limits: DataLimits = DATA_LIMITS): Promise<RawData> {
  const folder = await folderWith(context, { 'a.csv': text });
  return (await csvSource(join(folder, 'a.csv'), limits).read()).training;
}

void test('comma, semicolon and tab separate the same numbers', async (context) => {
  for (const delimiter of [',', ';', '\t']) {
    const raw = await read(context, [[0, 0.25, 1], ['1', '2.5e-1', '.75']].map((row) => row.join(delimiter)).join('\n'));
    assert.deepEqual([raw.rows, raw.columns, raw.shape, ...raw.values], [2, 3, null, 0, 0.25, 1, 1, 0.25, 0.75]);
  }
});

void test('a header line, a byte order mark, spaces, quotes, empty lines and Windows line ends change nothing', async (context) => {
  for (const text of ['0,1\n1,0\n', '\uFEFF0,1\n1,0', 'left,right\n0,1\n1,0\n', ',b\n0,1\n1,0\n', '"0","1"\r\n\r\n 1 , 0 \r\n', '\n\n0,1\n1,0']) {
    const raw = await read(context, text);
    assert.deepEqual([raw.rows, raw.columns, ...raw.values], [2, 2, 0, 255, 255, 0], JSON.stringify(text));
  }
});

void test('one column needs no delimiter', async (context) => {
  assert.deepEqual([...(await read(context, 'x\n0\n0.5\n')).values], [0, 0.5]);
});

void test('a compressed file is read as the plain one is', async (context) => {
  const folder = await folderWith(context, { 'a.csv.gz': gzipSync('0,1\n') });
  assert.deepEqual([...(await csvSource(join(folder, 'a.csv.gz')).read()).training.values], [0, 255]);
});

void test('text in a cell is named with line and column', async (context) => {
  const error = await refuses(read(context, 'a,b,c\n0,1,0\n0,zero,1\n'), 'not-a-number', /a\.csv: line 3, column 2: the cell is "zero"; accepted: numbers from 0 to 1, such as 0\.5 or 1e-3\. Write a number there, or remove the row\./);
  assert.deepEqual([error.position, error.value], [{ line: 3, lineColumn: 2 }, 'zero']);
});

void test('line numbers count the lines of the file, empty ones included', async (context) => {
  await refuses(read(context, 'a,b\r\n\r\n0,1\r\n\r\n0,x\r\n'), 'not-a-number', 'line 5, column 2');
  await refuses(read(context, '0,x\n'), 'not-a-number', 'line 1, column 2', 'A header line may hold no numbers at all.');
});

void test('an empty cell, hexadecimal and what JavaScript alone calls a number are refused', async (context) => {
  await refuses(read(context, '0,1\n0,\n'), 'not-a-number', 'line 2, column 2: the cell is empty');
  for (const cell of ['0x1', '1_0', '0b1', 'true', '1e', '--1']) await refuses(read(context, `0,1\n0,${cell}\n`), 'not-a-number', `the cell is "${cell}"`);
});

void test('decimal commas get their own advice', async (context) => {
  await refuses(read(context, '0;1\n0,5;1\n'), 'not-a-number', 'line 2, column 1: the cell is "0,5"', 'Write decimals with a point.');
});

void test('NaN, infinity and numbers outside [0, 1] are named with line and column', async (context) => {
  await refuses(read(context, '0,1\nnan,0\n'), 'not-finite', 'line 2, column 1: the value is nan; accepted: finite numbers from 0 to 1');
  await refuses(read(context, '0,1\n0,1e999\n'), 'not-finite', 'the value is 1e999;');
  await refuses(read(context, '0,1\n0,Infinity\n'), 'not-finite', 'line 2, column 2: the value is Infinity; accepted');
  await refuses(read(context, `0,1\n0,${'9'.repeat(1_000)}\n`), 'not-finite', `the value is ${'9'.repeat(40)};`);
  await refuses(read(context, '0,1\n0,-Inf\n'), 'not-finite', 'line 2, column 2: the value is -Inf;');
  await refuses(read(context, `0,1\n0,7\n${'0,1\n'.repeat(1_000)}`), 'out-of-range', 'line 2, column 2: the value is 7');
  await refuses(read(context, '0,1\n0,255\n'), 'out-of-range', 'line 2, column 2: the value is 255; accepted: numbers from 0 to 1', 'divide by 255');
});

void test('a line of another width is named, with the line it is compared to', async (context) => {
  await refuses(read(context, 'a,b,c\n0,1,0\n0,1\n'), 'width-mismatch', 'line 3: the line has 2 columns, and line 1 has 3 (the header)', 'separated by comma');
  await refuses(read(context, '0;1\n0;1;1\n'), 'width-mismatch', 'line 2: the line has 3 columns, and line 1 has 2;', 'separated by semicolon');
});

void test('a header alone, or empty lines alone, are zero rows', async (context) => {
  await refuses(read(context, 'a,b\n'), 'no-rows', 'there are 0 rows');
  await refuses(read(context, '\n\n\n'), 'no-rows', 'there are 0 rows');
});

void test('a quote that is never closed is named with its line', async (context) => {
  await refuses(read(context, '0,1\n0,"1\n1,1\n'), 'damaged', /line \d: the text is not valid CSV \(Quote Not Closed/, 'Check the quotes in this line.');
});

void test('a file beyond the limits stops there', async (context) => {
  await refuses(read(context, '0\n1\n0\n', { ...DATA_LIMITS, rowsMax: 2 }), 'too-large', 'there are 3 rows; accepted: at most 2 rows');
  await refuses(read(context, '0,1,1\n', { ...DATA_LIMITS, columnsMax: 2 }), 'too-large', 'there are 3 columns');
  await refuses(read(context, `0,${'1'.repeat(300)}`, { ...DATA_LIMITS, csvRecordBytesMax: 100 }), 'damaged', 'Max Record Size');
});

void test('rows beyond one block of memory keep their order', async (context) => {
  const columns = 1000;
  const line = (row: number): string => Array.from({ length: columns }, (_, column) => ((row + column) % 7 === 0 ? '1' : '0')).join(',');
  const raw = await read(context, Array.from({ length: 1100 }, (_, row) => line(row)).join('\n'));
  assert.equal(raw.rows, 1100);
  assert.equal(raw.values.findIndex((value, index) => value !== ((Math.floor(index / columns) + (index % columns)) % 7 === 0 ? 255 : 0)), -1);
});

void test('for a model over real numbers any number that float32 holds is read as it is', async (context) => {
  const limits = { ...DATA_LIMITS, isAnyNumber: true };
  assert.deepEqual([...(await read(context, '-1.5,2e3\n0,7\n', limits)).values], [-1.5, 2000, 0, 7]);
  for (const cell of ['1e40', 'inf', 'nan']) await assert.rejects(read(context, `0,1\n${cell},1\n`, limits));
});
