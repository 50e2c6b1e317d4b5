// job.json of a run directory: the compiled job and its digest, written once, read by resume, verify and everything that uses a run.
// Owns the text; writing it to disk is the journal's.
import type { CompiledJob, DataFacts } from '../../ebm/job.ts';
import * as z from 'zod';
import { compileJob } from './compile.ts';
import { ConfigError } from './config.ts';
import { jobDigest } from './digest.ts';
import { parseSource } from './document.ts';
import { JOB_LIMITS } from './limits.ts';
import { refuseNewer, specFromValue } from './read.ts';
import { isSection, valueAt } from './values.ts';

/** The text of job.json. */
export function jobFileText(job: CompiledJob): string {
  const { formatVersion, ...rest } = job;
  return `${JSON.stringify({ formatVersion, digest: jobDigest(job), ...rest }, null, 2)}\n`;
}

const rows = z.int().min(0).max(JOB_LIMITS.rowsMax);
const factsSchema = z.strictObject({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  trainingRows: rows, validationRows: rows, testRows: rows,
  visible: z.int().min(1).max(JOB_LIMITS.weightsMax),
});

/** Reads job.json. Throws ConfigError: `job-too-new`, or `job-damaged` if it is not what was written. */
export function readJobFile(text: string, source = 'job.json'): CompiledJob {
  const parsed = parseSource(text);
  const value = parsed.kind === 'parsed' ? parsed.document.value : null;
  if (!isSection(value)) throw damaged(source, 'is not a job that ebm wrote');
  refuseNewer(value, source);
  const { digest, facts: stored, ...described } = value;
  const facts = factsSchema.safeParse(stored);
  if (!facts.success) throw damaged(source, 'does not say what the data was (facts)');
  const job = compileJob(specFromValue(lengthOnce(described), [], source), facts.data satisfies DataFacts);
  if (jobDigest(job) !== digest || job.train.updates !== valueAt(value, 'train.updates')) {
    throw damaged(source, `was changed after it was written: its digest is ${jobDigest(job)} and it says ${String(digest)}`);
  }
  return job;
}

function lengthOnce(described: Record<string, unknown>): Record<string, unknown> {
  const { train } = described;
  return isSection(train) && typeof train['epochs'] === 'number' ? { ...described, train: { ...train, updates: null } } : described;
}

function damaged(source: string, message: string): ConfigError {
  return new ConfigError('job-damaged', source, [{
    path: '', line: null, argument: null, message, accepted: 'the file as ebm wrote it; start a new run to train with other settings', nearest: null,
  }]);
}
