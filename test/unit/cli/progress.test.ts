import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barLine, createProgress, PLAIN_LINE_MS, REDRAW_MS } from '../../../cli/terminal/progress.ts';
import { styleOf } from '../../../cli/terminal/style.ts';
import type { ProgressEvent } from '../../../cli/terminal/events.ts';
import { keptSink } from './support.ts';

const event = (update: number, over: Partial<ProgressEvent> = {}): ProgressEvent => ({
  kind: 'progress', update, updates: 6_000, epoch: update / 600, energyGap: 0.1234, updatesPerSecond: 361.2, samplesPerSecond: 36_120, secondsLeft: 130, ...over,
});
const plain = styleOf(keptSink(), { NO_COLOR: '1' });

test('a bar of 80 columns holds time left, both rates, the energy gap and the last log-likelihood', () => {
  const sink = keptSink(true, 80);
  createProgress({ sink, style: plain, nowMs: () => 0, terminal: true }).training(event(2_520), -92.104);
  assert.equal(sink.text(), ' 42% ###------  2:10 left  361 updates/s  36.1k samples/s  gap 0.123  ll -92.10');
});

test('no line is wider than the terminal, whatever its width', () => {
  for (let width = 10; width <= 200; width += 1) {
    const line = barLine(0.5, ['2 min 10 s left', '361 updates/s', '36.1k samples/s', 'gap 0.123', 'll -92.10'], width, plain);
    assert.ok(line.length <= width, `${line.length} in ${width}`);
  }
});

test('a narrow terminal loses the least wanted figures first', () => {
  assert.equal(barLine(0.5, ['9 s left', '361 updates/s', 'gap 1'], 24, plain), ' 50% ####-----  9 s left');
});

test('100 % is shown at the end and not before', () => {
  assert.match(barLine(0.9999, [], 40, plain), /^ 99%/);
  assert.match(barLine(1, [], 40, plain), /^100%/);
});

test('a terminal that takes Unicode gets a drawn bar, and colours unless NO_COLOR is set', () => {
  const sink = keptSink(true, 40);
  const drawn = barLine(0.5, [], 20, styleOf(sink, { LANG: 'en_US.UTF-8' }));
  assert.match(drawn, /━/);
  assert.match(drawn, /\[32m/);
  assert.doesNotMatch(barLine(0.5, [], 20, styleOf(sink, { LANG: 'en_US.UTF-8', NO_COLOR: '1' })), /\[/);
});

test('a terminal is redrawn in place, at most once in a while', () => {
  const sink = keptSink(true, 60);
  let nowMs = 0;
  const progress = createProgress({ sink, style: plain, nowMs: () => nowMs, terminal: true });
  progress.training(event(1), null);
  progress.training(event(2), null);
  const first = sink.text();
  nowMs = REDRAW_MS;
  progress.training(event(3), null);
  assert.ok(sink.text().startsWith(`${first}\r\u001b[2K`));
  progress.clear();
  assert.ok(sink.text().endsWith('\r\u001b[2K'));
});

test('elsewhere a plain line comes now and then: the first, the last and what the clock allows', () => {
  const sink = keptSink();
  let nowMs = 0;
  const progress = createProgress({ sink, style: plain, nowMs: () => nowMs, terminal: false });
  for (let update = 1; update <= 6_000; update += 1) {
    nowMs += 5;
    progress.training(event(update), null);
  }
  const lines = sink.text().trimEnd().split('\n');
  assert.equal(lines.length, 2 + Math.floor((6_000 * 5 - 5) / PLAIN_LINE_MS));
  assert.equal(lines[0], 'training  0%  update 1 of 6,000  epoch 0.002  2 min 10 s left  361 updates/s  36.1k samples/s  gap 0.123');
  assert.match(lines.at(-1) ?? '', /^training {2}100% {2}update 6,000 of 6,000/);
  assert.doesNotMatch(sink.text(), /[\r\u001b]/);
});

test('a figure that is not known is left out', () => {
  const sink = keptSink();
  createProgress({ sink, style: plain, nowMs: () => 0, terminal: false })
    .training(event(1, { energyGap: null, updatesPerSecond: null, samplesPerSecond: null, secondsLeft: null }), null);
  assert.equal(sink.text(), 'training  0%  update 1 of 6,000  epoch 0.002\n');
});

test('a line that is said above a bar leaves the bar below it', () => {
  const sink = keptSink(true, 60);
  const progress = createProgress({ sink, style: plain, nowMs: () => 0, terminal: true });
  progress.training(event(1), null);
  const bar = sink.text();
  progress.line('warning: mind the gap');
  assert.equal(sink.text(), `${bar}\r\u001b[2Kwarning: mind the gap\n${bar}`);
});

test('other long work shows what it is, how far, its rate and the time left', () => {
  const sink = keptSink();
  createProgress({ sink, style: plain, nowMs: () => 0, terminal: false })
    .working({ kind: 'working', what: 'log-partition', done: 40, total: 100, unit: 'runs', perSecond: 8, secondsLeft: 7.5 });
  assert.equal(sink.text(), 'log-partition  40%  40 of 100 runs  8.00 runs/s  7.5 s left\n');
});
