// workers and drain: the fleet, as people see it.
import type { WorkerRow } from '../../platform/cluster/messages.ts';
import type { ClusterOptions, DrainOptions } from '../commands/actions.ts';
import type { ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { connected } from './jobs.ts';
import { askJobs as ask } from './job-service.ts';

function tell(rows: readonly WorkerRow[], output: Output): ExitCode {
  output.table([{ title: 'worker' }, { title: 'state' }, { title: 'job' }, { title: 'threads', align: 'right' }, { title: 'engine' }, { title: 'reason' }], rows.map((row) => ({
    record: { kind: 'worker', ...row }, cells: [row.worker, row.state, row.job ?? '', String(row.threads), row.engine, row.reason ?? ''],
  })), 'There are no workers: start one with `ebm worker`.');
  return 0;
}

export function workers(options: ClusterOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async ({ bytes }) => {
    const rows: WorkerRow[] = [];
    for (let after = ''; ;) {
      const answer = await ask(bytes, 'workers', { after });
      rows.push(...answer.workers);
      const last = answer.workers.at(-1);
      if (!answer.more || last === undefined) return tell(rows, output);
      after = last.worker;
    }
  });
}

export function drain(options: DrainOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async ({ bytes }) => tell([(await ask(bytes, 'drain', { worker: options.worker })).worker], output));
}
