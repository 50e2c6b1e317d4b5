// A data set as a row of a list: what its head says, by name.
import type { PackHead, PackPart } from './head.ts';
import type { DatasetRow } from './messages.ts';

export function rowOf(digest: string, bytes: number, { training, test }: PackHead): Omit<DatasetRow, 'jobs'> {
  return { digest, bytes, columns: training.columns, shape: training.shape, training: partOf(training), test: test === null ? null : partOf(test) };
}

function partOf({ rows, encoding, hasLabels }: PackPart): DatasetRow['training'] {
  return { rows, encoding, labels: hasLabels };
}
