// Gathers what a run directory holds and writes its report.html. Reads files that the journal wrote; a line that cannot be read is left out.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompiledJob } from '../../ebm/job.ts';
import type { RunEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import type { Journal } from '../../platform/journal/journal.ts';
import { renderReport } from '../report/report.ts';
import type { ReportInput, ReportOutcome, ReportPicture, ReportSample } from '../report/input.ts';

export const SAMPLES_FOLDER = 'samples';

export interface ReportFacts {
  readonly job: CompiledJob;
  readonly jobDigest: string;
  /** As the user names it, and where it is. */
  readonly directory: string;
  readonly outcome: RunOutcome;
  readonly evaluated: Extract<RunEvent, { readonly kind: 'evaluated' }> | null;
  readonly data: ReportPicture | null;
  readonly filters: ReportPicture | null;
  readonly warnings: readonly string[];
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly residentBytesMax: number;
}

export async function writeReport(journal: Journal, facts: ReportFacts): Promise<void> {
  const { job, jobDigest, directory, outcome, evaluated } = facts;
  const finished = outcome.kind === 'finished' ? outcome : null;
  const input: ReportInput = {
    job, directory, outcome: reportOutcome(outcome),
    results: {
      updates: outcome.update, rollbacks: outcome.rollbacks, branch: outcome.branch, seconds: outcome.seconds,
      testLogLikelihood: finished?.testLogLikelihood ?? evaluated?.testLogLikelihood ?? null,
      logPartition: finished?.logPartition ?? evaluated?.logPartition ?? null,
      ...(evaluated === null ? {} : { validationLogLikelihood: evaluated.validationLogLikelihood, standardErrors: evaluated.standardErrors }),
      samplesPerSecond: finished?.samplesPerSecond ?? null, residentBytesMax: facts.residentBytesMax,
    },
    digests: { job: jobDigest, parameters: finished?.parameters ?? null, chains: finished?.chains ?? null, ledger: finished?.ledger ?? null },
    metrics: await jsonLines(join(directory, 'metrics.jsonl')),
    ledger: await jsonLines(join(directory, 'ledger.jsonl')),
    samples: await samplesOf(directory),
    data: facts.data, filters: facts.filters, warnings: facts.warnings, engine: facts.engine, versions: facts.versions, writtenAt: null,
  };
  await journal.writeArtefact('report.html', new TextEncoder().encode(renderReport(input)));
}

function reportOutcome(outcome: RunOutcome): ReportOutcome {
  return outcome.kind === 'failed' ? { kind: 'failed', code: outcome.code, message: outcome.message } : { kind: outcome.kind };
}

async function jsonLines(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [{ ...value }] : [];
    } catch {
      return [];
    }
  });
}

async function samplesOf(directory: string): Promise<readonly ReportSample[]> {
  const folder = join(directory, SAMPLES_FOLDER);
  const names = (await readdir(folder).catch((): string[] => [])).filter((name) => /^\d+\.png$/.test(name));
  const samples = await Promise.all(names.map(async (name) => ({ update: Number.parseInt(name, 10), png: await readFile(join(folder, name)) })));
  return samples.sort((a, b) => a.update - b.update);
}
