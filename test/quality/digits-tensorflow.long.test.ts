// The judge of drawn digits works: it knows real ones, and takes neither noise nor shuffled pixels for them. About a minute where its weights are not kept yet.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openDigitClassifier, type DigitClassifier } from './digit-classifier.ts';
import { BAR, judge, noise, realDigits, rowOf, shuffledDigits, TABLE_HEAD } from './digits.ts';

let classifier: DigitClassifier;
before(async () => {
  classifier = await openDigitClassifier();
  console.log(TABLE_HEAD);
});

test('the classifier gets less than 2 % of the test images wrong', () => {
  assert.ok(classifier.testError < BAR.testError, `${classifier.testError}`);
});

test('real digits pass', () => {
  const judgement = judge(classifier, realDigits(classifier));
  console.log(rowOf('real test images', judgement));
  assert.ok(judgement.passes && judgement.confidence > 0.95 && judgement.present === 10);
});

for (const [what, pixels] of [['noise', noise], ['shuffled pixels', () => shuffledDigits(classifier)]] as const) {
  test(`${what} does not pass`, () => {
    const judgement = judge(classifier, pixels());
    console.log(rowOf(what, judgement));
    assert.ok(!judgement.passes);
  });
}

test('digits of one class alone do not pass, however sure it is of them', () => {
  const { test: { pixels, labels } } = classifier;
  const ones = Float32Array.from([...labels.entries()].filter(([, label]) => label === 1).slice(0, 256).flatMap(([row]) => [...pixels.subarray(row * 784, (row + 1) * 784)]));
  const judgement = judge(classifier, ones);
  assert.ok(judgement.confidence > BAR.confidence && !judgement.passes);
});
