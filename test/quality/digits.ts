// Judges pictures of digits as issue 5 asks: by a classifier that was trained on real ones. By hand:
//   node dist/test/quality/digits.js samples.npy ...
// prints a row of docs/quality.md's table for each file of at least 256 rows of 784 numbers, of which the first 256 are judged, after rows for real
// test images and for two kinds of noise: a classifier has to choose among digits whatever it is shown, so its confidence alone says little.
import { pathToFileURL } from 'node:url';
import { fillUniforms } from '../../ebm/continuous/noise.ts';
import { floatRows } from '../../platform/data/floats.ts';
import { DATA_LIMITS } from '../../platform/data/limits.ts';
import { npySource } from '../../platform/data/npy.ts';
import { CLASSES, openDigitClassifier, PIXELS, type DigitClassifier } from './digit-classifier.ts';

export const JUDGED = 256;
export const BAR = { testError: 0.02, confidence: 0.8, classes: 9 } as const;
/** A class is present if so many samples are said to be of it, each with more than this confidence. */
const PRESENT = { samples: 3, confidence: 0.5 } as const;

export interface Judgement {
  /** Mean over the samples of the likeliest class's probability. */
  readonly confidence: number;
  /** Samples of each class that count for it [CLASSES]. */
  readonly counts: readonly number[];
  readonly present: number;
  readonly passes: boolean;
}

/** `pixels` [samples * PIXELS]. */
export function judge(classifier: DigitClassifier, pixels: Float32Array): Judgement {
  const { classes, confidences } = classifier.classify(pixels);
  const counts = Array.from({ length: CLASSES }, (_, digit) => classes.filter((found, row) => found === digit && confidences[row]! > PRESENT.confidence).length);
  const confidence = confidences.reduce((sum, value) => sum + value, 0) / confidences.length;
  const present = counts.filter((count) => count >= PRESENT.samples).length;
  return { confidence, counts, present, passes: classifier.testError < BAR.testError && confidence > BAR.confidence && present >= BAR.classes };
}

/** The first test images. */
export function realDigits({ test }: DigitClassifier): Float32Array {
  return test.pixels.slice(0, JUDGED * PIXELS);
}

/** Uniform numbers in (0, 1). */
export function noise(): Float32Array {
  const uniforms = new Float64Array(JUDGED * PIXELS);
  fillUniforms([1, 0], { ids: { from: 0, to: JUDGED }, numbers: PIXELS, halfStep: 0, word3: 0 }, uniforms);
  return Float32Array.from(uniforms);
}

/** Real digits' pixels in places of chance, the same for all: their brightnesses, without their shapes. */
export function shuffledDigits(classifier: DigitClassifier): Float32Array {
  const places = [...noise().subarray(0, PIXELS).entries()].sort(([, a], [, b]) => a - b).map(([place]) => place);
  const pixels = realDigits(classifier);
  return pixels.map((_, i) => pixels[i - (i % PIXELS) + places[i % PIXELS]!]!);
}

/** Throws where the file has fewer rows, or of another size. */
export async function samplesOf(path: string): Promise<Float32Array> {
  const { training } = await npySource(path, { ...DATA_LIMITS, isAnyNumber: true }).read();
  if (training.columns !== PIXELS || training.rows < JUDGED) throw new RangeError(`${path} has ${training.rows} rows of ${training.columns} numbers: at least ${JUDGED} of ${PIXELS} are needed`);
  return floatRows(training, { from: 0, to: JUDGED }).values;
}

export const TABLE_HEAD = '| 256 samples | mean confidence | classes present | of each digit, 0 to 9 | passes |\n|---|---|---|---|---|';

export function rowOf(what: string, { confidence, counts, present, passes }: Judgement): string {
  return `| ${what} | ${confidence.toFixed(3)} | ${present} | ${counts.join(' ')} | ${passes ? 'yes' : 'no'} |`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const classifier = await openDigitClassifier();
  console.log(`test error ${(100 * classifier.testError).toFixed(2)} %\n\n${TABLE_HEAD}`);
  console.log(rowOf('real test images', judge(classifier, realDigits(classifier))));
  console.log(rowOf('their pixels shuffled', judge(classifier, shuffledDigits(classifier))));
  console.log(rowOf('uniform noise', judge(classifier, noise())));
  for (const path of process.argv.slice(2)) console.log(rowOf(path, judge(classifier, await samplesOf(path))));
}
