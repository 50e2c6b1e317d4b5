// job.json of a run directory: the compiled job, its digest (of what determines the bits), and a digest of the job's own text, so that
// a file that was changed by hand is noticed before anything is computed with it.
import { join } from 'node:path';
import type { AnyJob } from '../../ebm/job.ts';
import { readWhole } from '../store/durable.ts';
import { StorageError } from '../store/errors.ts';
import { systemCode, type Files } from '../store/files.ts';
import { canonicalJson, digestOf, type Json } from './canonical.ts';
import { LIMITS } from './limits.ts';

export const JOB_NAME = 'job.json';
export const RUN_FORMAT_VERSION = 1;

/** `digest`: of what determines the run's bits, `sha256:`. */
export interface RunJob { readonly job: AnyJob; readonly digest: string }

const contentOf = (job: unknown): string => digestOf(canonicalJson(job as Json));

export function encodeJob({ job, digest }: RunJob): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ formatVersion: RUN_FORMAT_VERSION, digest, content: contentOf(job), job }, null, 2)}\n`);
}

/** Throws StorageError: not-a-run, newer-format or damaged. */
export async function readJob(files: Files, directory: string): Promise<RunJob> {
  const path = join(directory, JOB_NAME);
  const bytes = await readWhole(files, path, LIMITS.jobBytesMax).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'EISDIR') throw error;
    throw new StorageError({
      code: 'not-a-run', path: directory, what: `this is not a run directory: it has no ${JOB_NAME}`, cause: error,
      remedy: 'Give the directory that `ebm train` wrote (its last line names it).',
    });
  });
  return decodeJob(bytes, path);
}

/** The document that stands at a path. Throws StorageError: newer-format or damaged. */
export function decodeJob(bytes: Uint8Array, path: string): RunJob {
  const damaged = (what: string, cause?: unknown): StorageError => new StorageError({
    code: 'damaged', path, what, remedy: 'Put the original back, or start a new run; to train longer, use `ebm resume DIR --set train.epochs=N`.', cause,
  });
  let value: Partial<{ readonly formatVersion: unknown; readonly digest: unknown; readonly content: unknown; readonly job: unknown }> | null;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes)) as typeof value;
  } catch (error) {
    throw damaged('it is not JSON', error);
  }
  const version = value?.formatVersion;
  if (typeof version === 'number' && version > RUN_FORMAT_VERSION) {
    throw new StorageError({ code: 'newer-format', path, what: `it has format version ${version}, this program reads up to ${RUN_FORMAT_VERSION}`, remedy: 'Use a newer ebm-fleet.' });
  }
  if (version !== RUN_FORMAT_VERSION || typeof value?.digest !== 'string' || typeof value.job !== 'object' || value.job === null) throw damaged('it is not the job of a run');
  if (contentOf(value.job) !== value.content) throw damaged('it was changed after the run had started');
  return { job: value.job as AnyJob, digest: value.digest };
}
