// Rows as they are, for continuous models: the same source, split as bits are, and nothing drawn.
import type { DataSettings } from '../../ebm/job.ts';
import type { Range } from '../../engine/engine.ts';
import type { RawData, SourceData } from './data.ts';
import { checkSplit } from './prepare.ts';

/** Row-major [rows * visible]. Bytes are byte / 255. */
export interface FloatSet { readonly kind: 'floats'; readonly rows: number; readonly visible: number; readonly values: Float32Array }

export interface PreparedFloats { readonly training: FloatSet; readonly validation: FloatSet | null; readonly test: FloatSet | null }

/** Throws `split`. */
export function prepareFloats({ training, test }: SourceData, settings: DataSettings): PreparedFloats {
  const trainingRows = checkSplit(training, settings);
  return {
    training: floatRows(training, { from: 0, to: trainingRows }), test: test === null ? null : floatRows(test, { from: 0, to: test.rows }),
    validation: settings.validation === 0 ? null : floatRows(training, { from: trainingRows, to: training.rows }),
  };
}

/** Rows of a table as float32. */
export function floatRows(raw: RawData, { from, to }: Range): FloatSet {
  const part = raw.values.subarray(from * raw.columns, to * raw.columns);
  const values = new Float32Array(new SharedArrayBuffer(part.length * Float32Array.BYTES_PER_ELEMENT)); // engines on threads take them without a copy
  if (part instanceof Uint8Array) fillFromBytes(part, values);
  else values.set(part);
  return { kind: 'floats', rows: to - from, visible: raw.columns, values };
}

/** Byte / 255 of each, rounded once. A loop of its own, over one kind of array, and without a division: there are tens of millions. */
function fillFromBytes(bytes: Uint8Array, into: Float32Array): void {
  const parts = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
  for (let i = 0; i < bytes.length; i += 1) into[i] = parts[bytes[i]!]!;
}
