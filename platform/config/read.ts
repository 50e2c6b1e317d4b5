// From a job's text (YAML or JSON, with --set values laid over it) to a JobSpec: the first of the two stages of compiling.
// Everything wrong is reported at once. The second stage, which needs the data, is compile.ts.
import { createReadStream } from 'node:fs';
import { crossFindings } from './checks.ts';
import { ConfigError, JOB_FORMAT_VERSION, type BoltzmannSpec, type ConfigProblem, type JobSpec } from './config.ts';
import { filledContinuous } from './continuous.ts';
import { parseSource, type SourceDocument } from './document.ts';
import { jobFields } from './fields.ts';
import { JOB_LIMITS } from './limits.ts';
import { applyOverrides } from './overrides.ts';
import { findings, type Finding } from './problems.ts';
import { CONDITIONAL_DEFAULTS, jobSchema, STANDING_AIS, type JobInput } from './schema.ts';
import { deepFreeze, isSection, shown, valueAt } from './values.ts';

/** A job that is a value already (the library, a stored run), without lines. */
export function specFromValue(value: unknown, overrides: readonly string[] = [], source = 'the job'): JobSpec {
  return specFrom({ value, lineOf: () => null }, overrides, source);
}

/**
 * Reads a job's text. `source` names it in messages, for example the file's path.
 * Throws ConfigError with every problem.
 */
export function parseJob(text: string, overrides: readonly string[] = [], source = 'the job'): JobSpec {
  if (Buffer.byteLength(text) > JOB_LIMITS.fileBytesMax) {
    throw unreadable(source, `has more than ${JOB_LIMITS.fileBytesMax} bytes, which no job file needs`, 'a YAML or JSON job file');
  }
  const parsed = parseSource(text);
  if (parsed.kind === 'malformed') {
    throw new ConfigError('job-invalid', source, parsed.problems.map((problem) => ({ path: '', argument: null, accepted: null, nearest: null, ...problem })));
  }
  return specFrom(parsed.document, overrides, source);
}

/** Reads a job file. Throws ConfigError. */
export async function readJob(path: string, overrides: readonly string[] = []): Promise<JobSpec> {
  let text: string;
  try {
    text = await readBounded(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'is a folder'
      : code === 'EACCES' ? 'may not be read by this user' : `cannot be read (${String(code ?? error)})`;
    throw unreadable(path, reason, 'a YAML or JSON job file, for example examples/mnist-rbm.yaml', error);
  }
  return parseJob(text, overrides, path);
}

/** One byte more than a job may have at most, so that a device or the wrong file is not read to its end first. */
async function readBounded(path: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of createReadStream(path, { end: JOB_LIMITS.fileBytesMax })) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString('utf8');
}

function unreadable(source: string, message: string, accepted: string, cause?: unknown): ConfigError {
  return new ConfigError('job-unreadable', source, [{ path: '', line: null, argument: null, message, accepted, nearest: null }], cause);
}

/** Throws if the value was written in a format that this program does not know, before anything else in it is looked at. */
export function refuseNewer(value: unknown, source: string, line: number | null = null): void {
  const version = valueAt(value, 'formatVersion');
  if (typeof version !== 'number' || version <= JOB_FORMAT_VERSION) return;
  throw new ConfigError('job-too-new', source, [{
    path: 'formatVersion', line, argument: null, nearest: null,
    message: `${shown(version)} was written by a newer ebm; this one reads formats up to ${JOB_FORMAT_VERSION}`,
    accepted: `${JOB_FORMAT_VERSION}, or a newer ebm`,
  }]);
}

function specFrom(document: SourceDocument, overrides: readonly string[], source: string): JobSpec {
  refuseNewer(document.value, source, document.lineOf('formatVersion'));
  const table = jobFields();
  if (!isSection(document.value)) {
    const required = [...table.values()].filter((field) => field.required && field.kind !== 'section').map((field) => field.path);
    throw unreadable(source, `${document.value === null ? 'is empty' : `holds ${shown(document.value)}`} where a job belongs`, `a section with at least ${required.join(' and ')}`);
  }
  const { root, origins, problems } = applyOverrides(document.value, overrides, table);
  const result = jobSchema.safeParse(root);
  const refused = result.success ? [] : findings(result.error.issues, root, table);
  const crossed = crossFindings(root).filter((finding) => !refused.some((other) => other.path === finding.path));
  const all = [...problems, ...[...refused, ...crossed].map((finding) => located(finding, document, origins))];
  if (all.length > 0 || !result.success) throw new ConfigError('job-invalid', source, inOrder(all));
  return deepFreeze(filled(result.data));
}

function located(finding: Finding, document: SourceDocument, origins: ReadonlyMap<string, string>): ConfigProblem {
  const argument = [...origins].filter(([path]) => finding.path === path || finding.path.startsWith(`${path}.`)).pop()?.[1] ?? null;
  return { ...finding, argument, line: argument === null ? document.lineOf(finding.path) : null };
}

function inOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return [...problems].sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
}

function filled(input: JobInput): JobSpec {
  return input.model.kind === 'bernoulli-rbm' ? filledBoltzmann(input, input.model) : filledContinuous(input, input.model);
}

function filledBoltzmann(input: JobInput, model: BoltzmannSpec['model']): BoltzmannSpec {
  const { objective, steps, chains, batch, epochs, updates, staleness, optimiser, average, rollbacks } = input.train;
  const length = updates ?? null;
  const { evaluate } = input;
  const logPartition = evaluate === 'off' ? undefined : evaluate.logPartition;
  return {
    ...input, model,
    data: { ...input.data, binarise: input.data.binarise ?? CONDITIONAL_DEFAULTS.binarise },
    evaluate: evaluate === 'off' ? evaluate : { ...evaluate, logPartition: logPartition === undefined || logPartition.kind === 'quadrature' ? STANDING_AIS : logPartition },
    train: {
      objective: objective === 'cd' ? 'cd' : 'pcd', steps,
      chains: objective === 'cd' ? null : chains ?? CONDITIONAL_DEFAULTS.chains,
      batch,
      epochs: epochs ?? (length === null ? CONDITIONAL_DEFAULTS.epochs : null),
      updates: length,
      optimiser, average, rollbacks,
      staleness: staleness === 1 ? 1 : 0,
    },
  };
}
