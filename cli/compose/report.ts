// Gathers what a run has left and writes its report.html. A line that cannot be read is left out.
import type { AnyJob } from '../../ebm/job.ts';
import type { RunEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import type { Journal } from '../../platform/journal/journal.ts';
import type { Traces, TracesPlace } from '../../platform/journal/traces.ts';
import { renderReport } from '../report/report.ts';
import { REPORT_LIMITS, type ReportInput, type ReportOutcome, type ReportPicture, type ReportSample } from '../report/input.ts';
import { thinEvenly } from '../report/thin.ts';

export const SAMPLES_FOLDER = 'samples';

export interface ReportFacts {
  readonly job: AnyJob;
  readonly jobDigest: string;
  readonly place: TracesPlace;
  readonly outcome: RunOutcome;
  readonly evaluated: Extract<RunEvent, { readonly kind: 'evaluated' }> | null;
  readonly data: ReportPicture | null;
  readonly filters: ReportPicture | null;
  readonly strip: ReportPicture | null;
  readonly warnings: readonly string[];
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly residentBytesMax: number;
}

export async function writeReport(journal: Journal, facts: ReportFacts): Promise<void> {
  const { job, jobDigest, place, outcome, evaluated } = facts;
  const finished = outcome.kind === 'finished' ? outcome : null;
  const traces = await place.read();
  const input: ReportInput = {
    job, directory: place.name, outcome: reportOutcome(outcome),
    results: {
      updates: outcome.update, rollbacks: outcome.rollbacks, branch: outcome.branch, seconds: outcome.seconds,
      testLogLikelihood: finished?.testLogLikelihood ?? evaluated?.testLogLikelihood ?? null,
      logPartition: finished?.logPartition ?? evaluated?.logPartition ?? null,
      ...(evaluated === null ? {} : { validationLogLikelihood: evaluated.validationLogLikelihood, standardErrors: evaluated.standardErrors }),
      samplesPerSecond: finished?.samplesPerSecond ?? null, residentBytesMax: facts.residentBytesMax,
    },
    digests: { job: jobDigest, parameters: finished?.parameters ?? null, chains: finished?.chains ?? null, ledger: finished?.ledger ?? null },
    metrics: jsonLines(traces.metrics), ledger: jsonLines(traces.ledger), ...await samplesOf(traces),
    data: facts.data, filters: facts.filters, strip: facts.strip, warnings: facts.warnings, engine: facts.engine, versions: facts.versions, writtenAt: null,
  };
  await journal.writeArtefact('report.html', new TextEncoder().encode(renderReport(input)));
}

function reportOutcome(outcome: RunOutcome): ReportOutcome {
  return outcome.kind === 'failed' ? { kind: 'failed', code: outcome.code, message: outcome.message } : { kind: outcome.kind };
}

/** Each line that is a JSON object. */
export function jsonLines(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [{ ...value }] : [];
    } catch {
      return [];
    }
  });
}

/** Those that a report shows: a long run has more than fit into memory. */
async function samplesOf(traces: Traces): Promise<Pick<ReportInput, 'samples' | 'samplesLeftOut'>> {
  const names = (await traces.names(SAMPLES_FOLDER)).filter((name) => /^\d+\.png$/.test(name)).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const chosen = thinEvenly(names, REPORT_LIMITS.sampleFramesMax);
  const samples = await Promise.all(chosen.map(async (name): Promise<readonly ReportSample[]> => {
    const png = await traces.artefact(`${SAMPLES_FOLDER}/${name}`);
    return png === null ? [] : [{ update: Number.parseInt(name, 10), png }];
  }));
  return { samples: samples.flat(), samplesLeftOut: names.length - chosen.length };
}
