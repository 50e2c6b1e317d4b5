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
  const values = new Float32Array(part.length);
  const scale = raw.values instanceof Uint8Array ? 255 : 1;
  for (let i = 0; i < values.length; i += 1) values[i] = part[i]! / scale;
  return { kind: 'floats', rows: to - from, visible: raw.columns, values };
}
