import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeText, html, scriptJson, trusted } from '../../../cli/report/html.ts';
import { formatBytes, formatCount, formatFixed, formatNumber, formatPercent, formatSeconds, formatWithError } from '../../../cli/report/numbers.ts';
import { axisFor, worthwhileRange } from '../../../cli/report/scale.ts';

test('text in a template is escaped, HTML is not, null is nothing', () => {
  assert.equal(html`<p title="${'"a" & b'}">${'<b>'}${trusted('<i>')}${null}${[html`<br>`, 'x', 3]}</p>`.text, '<p title="&quot;a&quot; &amp; b">&lt;b&gt;<i><br>x3</p>');
});

test('characters that are none in HTML, or turn the direction of writing, are shown as replaced', () => {
  assert.equal(escapeText('a\u0000b\u001bc\u202ed\ud800e\tf\ng'), 'a\ufffdb\ufffdc\ufffdd\ufffde\tf\ng');
  assert.equal(escapeText('\u{1f600} é 数'), '\u{1f600} é 数');
});

test('escaped text has no character that could begin or end anything', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    assert.ok(!/[<>"'`]/.test(escapeText(text)));
  }), { seed: 41 });
});

test('JSON in a script element reads back and cannot end it', () => {
  const hostile = { '</script><script>alert(1)//': ['<!--', ']]>', '\u2028\u2029', '&lt;', "'\"\\"] };
  const { text } = scriptJson(hostile);
  assert.ok(!/[<>&\u2028\u2029]/.test(text));
  assert.deepEqual(JSON.parse(text), hostile);
});

test('numbers have a true minus, grouped thousands and four digits that count', () => {
  const shown = [0, -0, 1, -86.1234, 0.05, 0.0001, 0.00001234, 1234.5, -1234567, 1e15, -2.5e300, 0.123456, 99.999, NaN, Infinity, null].map(formatNumber);
  assert.deepEqual(shown, ['0', '0', '1', '−86.12', '0.05', '0.0001', '1.23e-5', '1,235', '−1,234,567', '1e15', '−2.5e300', '0.1235', '100', 'unknown', 'unknown', 'unknown']);
  assert.deepEqual([formatFixed(-0.001, 2), formatFixed(-1.005, 1), formatCount(null), formatCount(60_000)], ['0.00', '−1.0', 'unknown', '60,000']);
});

test('a value has the decimals that its error allows', () => {
  assert.equal(formatWithError(-86.1234, 0.214), '−86.12 ± 0.21');
  assert.equal(formatWithError(-86.1234, 3.7), '−86.1 ± 3.7');
  assert.equal(formatWithError(-86.1234, 41), '−86 ± 41');
  assert.equal(formatWithError(-86.1234, 0.00004), '−86.123 ± 0.000');
  assert.equal(formatWithError(-86.1234, null), '−86.12');
  assert.equal(formatWithError(-86.1234, 0), '−86.12 ± 0.00');
});

test('shares, bytes and times are in units that people use', () => {
  assert.deepEqual([0.431, 0.032, 1].map(formatPercent), ['43 %', '3.2 %', '100 %']);
  assert.deepEqual([0, 999, 1500, 312_000_000, 4.2e12, null].map(formatBytes), ['0 B', '999 B', '1.5 kB', '312 MB', '4.2 TB', 'unknown']);
  assert.deepEqual([0, 42.34, 131.4, 3599.6, 7500, null].map(formatSeconds), ['0.0 s', '42.3 s', '2 min 11 s', '1 h 0 min', '2 h 5 min', 'unknown']);
});

test('an axis holds its range and has a few round ticks inside', () => {
  fc.assert(fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.double({ min: 0, max: 1e9, noNaN: true }), (from, range) => {
    const axis = axisFor(from, from + range, 5);
    assert.ok(axis.from <= from && axis.to >= from + range && axis.to > axis.from);
    assert.ok(axis.ticks.length >= 1 && axis.ticks.length <= 6, `${axis.ticks.length} ticks`);
    const slack = (axis.to - axis.from) * 1e-6;
    assert.ok(axis.ticks.every((tick) => tick >= axis.from - slack && tick <= axis.to + slack));
  }), { seed: 42, numRuns: 500 });
  assert.deepEqual(axisFor(0, 6000, 5), { from: 0, to: 6000, ticks: [0, 2000, 4000, 6000], decimals: 0 });
  assert.equal(axisFor(0, 0.05, 5).decimals, 2);
});

test('a range leaves out a few values far away, and only those', () => {
  const calm = Array.from({ length: 200 }, (_, at) => Math.sin(at));
  assert.equal(worthwhileRange(calm).beyond, 0);
  const wild = [...calm, 1e6, -1e9];
  const { from, to, beyond } = worthwhileRange(wild);
  assert.ok(from >= -4 && to <= 4 && beyond === 2);
  assert.deepEqual(worthwhileRange([1, 1e6]), { from: 1, to: 1e6, beyond: 0 }, 'of two values none is far away');
  assert.ok(Number.isFinite(worthwhileRange([1e308, -1e308]).to * 2));
});
