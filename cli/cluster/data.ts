// `ebm data push`, `ebm data list` and `ebm data remove`: what they ask the coordinator, and how they tell the answer.
import { listDatasets, removeDataset } from '../../platform/datasets/client.ts';
import type { DatasetRow } from '../../platform/datasets/messages.ts';
import { isDatasetDigest } from '../../platform/datasets/names.ts';
import { packDataset } from '../../platform/datasets/read.ts';
import { rowOf } from '../../platform/datasets/rows.ts';
import type { ClusterOptions, DataPushOptions, DataRemoveOptions } from '../commands/actions.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { bytes as bytesText, count } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { answered, knownDigests, push, wireOf, wrongDigest } from './datasets.ts';
import { connected } from './jobs.ts';

export function dataPush(options: DataPushOptions, output: Output): Promise<ExitCode> {
  return connected<ExitCode>(options, output, async ({ bytes }) => {
    await knownDigests(wireOf(bytes, options.signal)); // is anybody there? to read and pack data takes long
    const pack = await packDataset({ source: options.path, binarise: 'none' }, process.cwd());
    const sentBytes = await push(bytes, pack, { output, signal: options.signal });
    const row = rowOf(pack.digest, pack.bytes.length, pack.head);
    const was = sentBytes === 0 ? ', which was there already' : '';
    output.result({ kind: 'pushed', ...row, sentBytes }, `${pack.digest}\n${sentence(row)}${was}`);
    return 0;
  });
}

export function dataList(options: ClusterOptions, output: Output): Promise<ExitCode> {
  return connected<ExitCode>(options, output, async ({ bytes }) => {
    const rows = await answered(listDatasets(wireOf(bytes, options.signal)));
    output.table([
      { title: 'data set' }, { title: 'rows', align: 'right' }, { title: 'test rows', align: 'right' }, { title: 'shape' }, { title: 'values' }, { title: 'bytes', align: 'right' },
      { title: 'jobs' },
    ], rows.map((row) => ({
      record: { kind: 'dataset', ...row },
      cells: [row.digest, count(row.training.rows), row.test === null ? '-' : count(row.test.rows), shapeText(row), row.training.encoding, bytesText(row.bytes), row.jobs.join(' ')],
    })), 'There are no data sets: `ebm data push PATH` brings one.');
    return 0;
  });
}

export function dataRemove(options: DataRemoveOptions, output: Output): Promise<ExitCode> {
  return connected<ExitCode>(options, output, async ({ bytes }) => {
    const { digest } = options;
    const wire = wireOf(bytes, options.signal);
    const removedBytes = isDatasetDigest(digest) ? await answered(removeDataset(wire, digest)) : null;
    if (removedBytes === null) throw wrongDigest(digest, await knownDigests(wire));
    output.result({ kind: 'removed', digest, bytes: removedBytes }, `${digest} is gone: ${bytesText(removedBytes)}`);
    return 0;
  });
}

function sentence(row: Omit<DatasetRow, 'jobs'>): string {
  const test = row.test === null ? '' : ` and ${count(row.test.rows)} test rows`;
  return `${count(row.training.rows)} rows${test} of ${shapeText(row)}, ${row.training.encoding}, ${bytesText(row.bytes)}`;
}

function shapeText({ columns, shape }: Pick<DatasetRow, 'columns' | 'shape'>): string {
  return shape === null ? count(columns) : `${shape.height} x ${shape.width}`;
}
